using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Search.Writers;

/// <summary>Quantity values (http://hl7.org/fhir/R4/search.html#quantity), exact as written. What does not fit a decimal is left out.</summary>
internal sealed class QuantityWriter(FhirDefinitions definitions, Utf8Strings strings)
{
    /// <summary>ISO 4217, the system of <c>Money.currency</c>.</summary>
    private const string Currencies = "urn:iso:std:iso:4217";

    private readonly int rangeLow = Fields.Of(definitions, "Range", "low"u8);
    private readonly int rangeHigh = Fields.Of(definitions, "Range", "high"u8);
    private readonly int moneyValue = Fields.Of(definitions, "Money", "value"u8);
    private readonly int moneyCurrency = Fields.Of(definitions, "Money", "currency"u8);
    private readonly QuantityFields quantity = new(definitions, "Quantity");

    internal ValueWriter? For(TypeDefinition type)
    {
        if (type.Is("Quantity"))
        {
            // Age, Duration, ... repeat the elements under definitions of their own.
            var fields = type.Name == "Quantity" ? quantity : new QuantityFields(definitions, type.Name);
            return (element, parameter, into) => Quantity(element, fields, parameter, into);
        }

        return type.Name switch
        {
            "Range" => Range,
            "Money" => Money,
            _ => null,
        };
    }

    private void Quantity(Element element, QuantityFields fields, ResourceParameter parameter, SearchValues into)
    {
        if (!SystemValue.TryDecimal(element.Property(fields.Value).RawUtf8, out var number))
        {
            return;
        }

        var (low, high) = (number, number);
        // Many writers escape '<' and '>' in JSON.
        var comparator = element.Property(fields.Comparator).StringText();
        if (!comparator.IsEmpty)
        {
            (low, high) = comparator[0] == '<' ? (decimal.MinValue, number) : comparator[0] == '>' ? (number, decimal.MaxValue) : (low, high);
        }

        Add(element, fields, low, high, parameter, into);
    }

    private void Range(Element range, ResourceParameter parameter, SearchValues into)
    {
        var (lower, upper) = (range.Property(rangeLow), range.Property(rangeHigh));
        var hasLow = SystemValue.TryDecimal(lower.Property(quantity.Value).RawUtf8, out var low);
        var hasHigh = SystemValue.TryDecimal(upper.Property(quantity.Value).RawUtf8, out var high);
        if (hasLow || hasHigh)
        {
            Add(hasLow ? lower : upper, quantity, hasLow ? low : decimal.MinValue, hasHigh ? high : decimal.MaxValue, parameter, into);
        }
    }

    private void Money(Element money, ResourceParameter parameter, SearchValues into)
    {
        if (SystemValue.TryDecimal(money.Property(moneyValue).RawUtf8, out var amount))
        {
            var currency = Text(money.Property(moneyCurrency));
            into.Quantities.Add(new QuantityValue(parameter, amount, amount, currency is null ? null : Currencies, currency, currency));
        }
    }

    private void Add(Element unit, QuantityFields fields, decimal low, decimal high, ResourceParameter parameter, SearchValues into) =>
        into.Quantities.Add(new QuantityValue(
            parameter, low, high, Text(unit.Property(fields.System)), Text(unit.Property(fields.Code)), Text(unit.Property(fields.Unit))));

    private string? Text(Element element)
    {
        var text = element.StringText();
        return text.IsEmpty ? null : strings.Get(text);
    }

    private sealed class QuantityFields(FhirDefinitions definitions, string type)
    {
        internal int Value { get; } = Fields.Of(definitions, type, "value"u8);

        internal int Comparator { get; } = Fields.Of(definitions, type, "comparator"u8);

        internal int Unit { get; } = Fields.Of(definitions, type, "unit"u8);

        internal int System { get; } = Fields.Of(definitions, type, "system"u8);

        internal int Code { get; } = Fields.Of(definitions, type, "code"u8);
    }
}
