using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Search.Writers;

/// <summary>Number values (http://hl7.org/fhir/R4/search.html#number). What does not fit a decimal is left out.</summary>
internal sealed class NumberWriter(FhirDefinitions definitions)
{
    private readonly int rangeLow = Fields.Of(definitions, "Range", "low"u8);
    private readonly int rangeHigh = Fields.Of(definitions, "Range", "high"u8);
    private readonly int quantityValue = Fields.Of(definitions, "Quantity", "value"u8);

    internal ValueWriter? For(TypeDefinition type) => type.Name switch
    {
        "integer" or "positiveInt" or "unsignedInt" or "decimal" => Number,
        "Range" => Range,
        _ => null,
    };

    private static void Number(Element element, ResourceParameter parameter, SearchValues into)
    {
        if (SystemValue.TryDecimal(element.RawUtf8, out var number))
        {
            into.Numbers.Add(new NumberValue(parameter, number, number));
        }
    }

    private void Range(Element range, ResourceParameter parameter, SearchValues into)
    {
        var hasLow = SystemValue.TryDecimal(range.Property(rangeLow).Property(quantityValue).RawUtf8, out var low);
        var hasHigh = SystemValue.TryDecimal(range.Property(rangeHigh).Property(quantityValue).RawUtf8, out var high);
        if (hasLow || hasHigh)
        {
            into.Numbers.Add(new NumberValue(parameter, hasLow ? low : decimal.MinValue, hasHigh ? high : decimal.MaxValue));
        }
    }
}
