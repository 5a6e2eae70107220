using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>Turns FHIR's primitives and Quantity into System values (http://hl7.org/fhir/R4/fhirpath.html#types).</summary>
internal static class SystemValue
{
    /// <summary>The System value of a scalar element; anything else as it is. A text that its type does not allow stays an element.</summary>
    internal static PathValue Of(in PathValue value)
    {
        if (value.Kind != PathKind.Element)
        {
            return value;
        }

        var element = value.Element;
        if (!element.HasValue)
        {
            return value;
        }

        return element.Type switch
        {
            { Kind: TypeKind.Primitive } type => Scalar(element, type.Primitive) ?? value,
            { Kind: TypeKind.Complex } type when element.Kind == JsonKind.Object && type.Is("Quantity") => Quantity(element) ?? value,
            _ => value,
        };
    }

    /// <summary>What it costs to read or compare a value, in steps: 64 bytes of text are one.</summary>
    internal static int Cost(in PathValue value) => value.Kind switch
    {
        PathKind.String => 1 + (value.Text.Length / 64),
        PathKind.Element when value.Element is { Kind: JsonKind.String } text => 1 + (text.RawUtf8.Length / 64),
        _ => 1,
    };

    private static PathValue? Scalar(Element element, PrimitiveKind kind)
    {
        switch (kind)
        {
            case PrimitiveKind.Boolean:
                return element.Kind is JsonKind.True or JsonKind.False ? PathValue.Of(element.Kind == JsonKind.True) : null;
            case PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt:
                return int.TryParse(element.RawUtf8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? PathValue.Of(integer) : null;
            case PrimitiveKind.Decimal:
                return TryDecimal(element.RawUtf8, out var number) ? PathValue.Of(number) : null;
            case PrimitiveKind.Date:
                return FhirDateTime.TryRead(element.Text, out var date) ? PathValue.Of(date, PathKind.Date) : null;
            case PrimitiveKind.DateTime or PrimitiveKind.Instant:
                return FhirDateTime.TryRead(element.Text, out var dateTime) ? PathValue.Of(dateTime, PathKind.DateTime) : null;
            case PrimitiveKind.Time:
                return FhirDateTime.TryReadTime(element.Text, out var time) ? PathValue.Of(time, PathKind.Time) : null;
            default:
                return element.Kind == JsonKind.String ? PathValue.Of(element.AsString()!) : null;
        }
    }

    private static PathValue? Quantity(Element element)
    {
        if (!TryDecimal(element.Child("value"u8).RawUtf8, out var number) || element.Child("comparator"u8).HasValue)
        {
            return null;
        }

        var ucum = element.Child("system"u8).Text.SequenceEqual("http://unitsofmeasure.org"u8);
        var unit = (ucum ? element.Child("code"u8).AsString() : null) ?? element.Child("unit"u8).AsString() ?? "1";
        return PathValue.OfQuantity(number, unit, calendar: false);
    }

    /// <summary>Reads a JSON number exactly; false when it does not fit a decimal.</summary>
    internal static bool TryDecimal(ReadOnlySpan<byte> text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
}
