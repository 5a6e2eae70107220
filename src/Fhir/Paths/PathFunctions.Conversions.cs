using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>Conversions (http://hl7.org/fhirpath/N1/#conversion). What cannot be converted gives nothing.</summary>
internal static partial class PathFunctions
{
    [GeneratedRegex(@"^(?<number>[+-]?\d+(\.\d+)?)\s*('(?<code>[^']+)'|(?<word>year|month|week|day|hour|minute|second|millisecond)s?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex QuantityText();

    private static void AddConversions(Dictionary<string, PathFunction> all)
    {
        Conversion(all, "Boolean", PathKind.Boolean, ToBoolean);
        Conversion(all, "Integer", PathKind.Integer, ToInteger);
        Conversion(all, "Decimal", PathKind.Decimal, ToDecimal);
        Conversion(all, "String", PathKind.String, static value => value.Kind == PathKind.Element ? default : PathValue.Of(value.ToString()));
        Conversion(all, "Date", PathKind.Date, static value => ToTime(value, PathKind.Date));
        Conversion(all, "DateTime", PathKind.DateTime, static value => ToTime(value, PathKind.DateTime));
        Conversion(all, "Time", PathKind.Time, static value => ToTime(value, PathKind.Time));
        AddQuantity(all);
    }

    private static void Conversion(Dictionary<string, PathFunction> all, string type, PathKind kind, Func<PathValue, PathValue> convert)
    {
        all["to" + type] = new(0, 0, StaticType.Of(kind), (call, into) =>
        {
            if (call.Single is { Kind: not PathKind.None } value && convert(value) is { Kind: not PathKind.None } result)
            {
                into.Add(result);
            }
        });
        all["convertsTo" + type] = Condition(0, call => call.Single is { Kind: not PathKind.None } value ? convert(value).Kind != PathKind.None : null);
    }

    // A unit may be named: then the quantity is converted to it.
    private static void AddQuantity(Dictionary<string, PathFunction> all)
    {
        all["toQuantity"] = new(0, 1, StaticType.Of(PathKind.Quantity), static (call, into) => Add(into, ToQuantity(call, "toQuantity"))) { ArgumentsTake = Kinds.String };
        all["convertsToQuantity"] = new(0, 1, StaticType.Boolean, static (call, into) =>
        {
            if (call.Single.Kind != PathKind.None)
            {
                into.Add(PathValue.Of(ToQuantity(call, "convertsToQuantity").Kind != PathKind.None));
            }
        })
        {
            ArgumentsTake = Kinds.String,
        };
    }

    private static PathValue ToQuantity(in PathCall call, string name)
    {
        var value = ToQuantity(call.Single);
        if (value.Kind == PathKind.None || call.Arguments.Length == 0)
        {
            return value;
        }

        return StringArguments(call, name, 1) is [var unit] ? Units.InUnit(value, unit) : default;
    }

    private static PathValue ToBoolean(PathValue value)
    {
        switch (value.Kind)
        {
            case PathKind.Boolean:
                return value;
            case PathKind.Integer or PathKind.Decimal when value.Decimal is 0 or 1:
                return PathValue.Of(value.Decimal == 1);
            case PathKind.String:
                return value.Text.ToLowerInvariant() switch
                {
                    "true" or "t" or "yes" or "y" or "1" or "1.0" => PathValue.Of(true),
                    "false" or "f" or "no" or "n" or "0" or "0.0" => PathValue.Of(false),
                    _ => default,
                };
            default:
                return default;
        }
    }

    private static PathValue ToInteger(PathValue value) => value.Kind switch
    {
        PathKind.Integer => value,
        PathKind.Boolean => PathValue.Of(value.Boolean ? 1 : 0),
        PathKind.String when int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => PathValue.Of(number),
        _ => default,
    };

    private static PathValue ToDecimal(PathValue value) => value.Kind switch
    {
        PathKind.Decimal => value,
        PathKind.Integer => PathValue.Of(value.Decimal),
        PathKind.Boolean => PathValue.Of(value.Boolean ? 1.0m : 0.0m),
        PathKind.String when SystemValue.TryDecimal(Encoding.UTF8.GetBytes(value.Text), out var number) => PathValue.Of(number),
        _ => default,
    };

    private static PathValue ToTime(PathValue value, PathKind kind)
    {
        switch (value.Kind)
        {
            case var same when same == kind:
                return value;
            case PathKind.Date when kind == PathKind.DateTime:
                return PathValue.Of(value.Time, kind);
            case PathKind.DateTime when kind == PathKind.Date:
                var time = value.Time;
                var midnight = time.WallClock - (((time.WallClock % FhirDateTime.Day) + FhirDateTime.Day) % FhirDateTime.Day);
                return PathValue.Of(new FhirDateTime(midnight, (TimePrecision)Math.Min((byte)time.Precision, (byte)TimePrecision.Day), 0, null), kind);
            case PathKind.String when kind == PathKind.Time:
                return FhirDateTime.TryReadTime(Encoding.UTF8.GetBytes(value.Text), out var ofDay) ? PathValue.Of(ofDay, kind) : default;
            case PathKind.String when FhirDateTime.TryRead(Encoding.UTF8.GetBytes(value.Text), out var read):
                return ToTime(PathValue.Of(read, PathKind.DateTime), kind);
            default:
                return default;
        }
    }

    private static PathValue ToQuantity(PathValue value)
    {
        switch (value.Kind)
        {
            case PathKind.Quantity:
                return value;
            case PathKind.Integer or PathKind.Decimal:
                return PathValue.OfQuantity(value.Decimal, "1", calendar: false);
            case PathKind.Boolean:
                return PathValue.OfQuantity(value.Boolean ? 1.0m : 0.0m, "1", calendar: false);
            case PathKind.String when QuantityText().Match(value.Text) is { Success: true } match
                && decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.Number, CultureInfo.InvariantCulture, out var number):
                return match.Groups["word"].Success
                    ? PathValue.OfQuantity(number, match.Groups["word"].Value, calendar: true)
                    : PathValue.OfQuantity(number, match.Groups["code"].Success ? match.Groups["code"].Value : "1", calendar: false);
            default:
                return default;
        }
    }
}
