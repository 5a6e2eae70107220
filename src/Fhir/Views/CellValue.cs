using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Views;

/// <summary>What a value is as each kind of column. False means that it is no such value.</summary>
internal static class CellValue
{
    private const int DateLength = 10;

    /// <summary>True when there is something: a primitive with extensions only has no value.</summary>
    internal static bool Exists(in PathValue value) => value.Kind == PathKind.Element ? value.Element.HasValue : value.Kind != PathKind.None;

    internal static bool Fits(in PathValue value, ColumnKind kind) => kind switch
    {
        ColumnKind.Text => value.Kind != PathKind.Element ? value.Kind is not (PathKind.Quantity or PathKind.Target) : value.Element.Kind is not (JsonKind.Object or JsonKind.Array),
        ColumnKind.Boolean => TryBoolean(value, out _),
        ColumnKind.Integer => TryInteger(value, out var integer) && integer is >= int.MinValue and <= int.MaxValue,
        ColumnKind.Long => TryInteger(value, out _),
        ColumnKind.Decimal => TryDecimal(value, out _),
        ColumnKind.Double => TryDouble(value, out _),
        ColumnKind.Date => TryDays(value, out _),
        ColumnKind.Timestamp => TryMicroseconds(value, out _),
        _ => value.Kind != PathKind.Target,
    };

    internal static bool TryBoolean(in PathValue value, out bool result)
    {
        result = false;
        switch (value.Kind)
        {
            case PathKind.Boolean:
                result = value.Boolean;
                return true;
            case PathKind.Element when value.Element.Kind is JsonKind.True or JsonKind.False:
                result = value.Element.Kind == JsonKind.True;
                return true;
            default:
                return false;
        }
    }

    internal static bool TryInteger(in PathValue value, out long result)
    {
        result = 0;
        switch (value.Kind)
        {
            case PathKind.Integer:
                result = value.Integer;
                return true;
            case PathKind.Decimal when value.Decimal == decimal.Truncate(value.Decimal) && value.Decimal is >= long.MinValue and <= long.MaxValue:
                result = (long)value.Decimal;
                return true;
            case PathKind.Element when value.Element.Kind is JsonKind.Number or JsonKind.String:
                var text = value.Element.Text;
                return Utf8Parser.TryParse(text, out result, out var used) && used == text.Length;
            default:
                return false;
        }
    }

    internal static bool TryDecimal(in PathValue value, out decimal result)
    {
        result = 0;
        switch (value.Kind)
        {
            case PathKind.Integer or PathKind.Decimal:
                result = value.Decimal;
                return true;
            case PathKind.Element when value.Element.Kind == JsonKind.Number:
                return SystemValue.TryDecimal(value.Element.RawUtf8, out result);
            default:
                return false;
        }
    }

    internal static bool TryDouble(in PathValue value, out double result)
    {
        result = 0;
        switch (value.Kind)
        {
            case PathKind.Integer or PathKind.Decimal:
                result = (double)value.Decimal;
                return true;
            case PathKind.Element when value.Element.Kind == JsonKind.Number:
                return double.TryParse(value.Element.RawUtf8, NumberStyles.Float, CultureInfo.InvariantCulture, out result) && double.IsFinite(result);
            default:
                return false;
        }
    }

    internal static bool TryDays(in PathValue value, out int days)
    {
        days = 0;
        if (!TryTime(value, out var time) || time.Precision < TimePrecision.Day)
        {
            return false;
        }

        // A leap second counts as the first of the next minute and stays on the day that is written.
        if (value.Kind == PathKind.Element && time.Precision > TimePrecision.Day)
        {
            FhirDateTime.TryRead(value.Element.Text[..DateLength], out time);
        }

        days = (int)Math.Floor((decimal)time.WallClock / FhirDateTime.Day);
        return true;
    }

    internal static bool TryMicroseconds(in PathValue value, out long microseconds)
    {
        microseconds = 0;
        if (!TryTime(value, out var time) || time.Precision < TimePrecision.Day)
        {
            return false;
        }

        microseconds = time.Low;
        return true;
    }

    internal static string Text(in PathValue value) => value.Kind switch
    {
        PathKind.Element => value.Element.AsString() ?? "",
        PathKind.Decimal => value.Decimal.ToString(CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    internal static string Json(in PathValue value)
    {
        var text = new RowBuffer();
        JsonCell.Write(text, value, ColumnKind.Json);
        return Encoding.UTF8.GetString(text.Written);
    }

    private static bool TryTime(in PathValue value, out FhirDateTime time)
    {
        time = default;
        switch (value.Kind)
        {
            case PathKind.Date or PathKind.DateTime:
                time = value.Time;
                return true;
            case PathKind.Element when value.Element.Kind == JsonKind.String:
                return FhirDateTime.TryRead(value.Element.Text, out time);
            default:
                return false;
        }
    }
}
