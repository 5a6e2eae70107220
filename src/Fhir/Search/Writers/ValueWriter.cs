using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Search.Writers;

/// <summary>Adds the search values of one element, which has a value, for one parameter.</summary>
internal delegate void ValueWriter(Element element, ResourceParameter parameter, SearchValues into);

/// <summary>
/// Finds the writer for a kind of parameter and a type of element, by the tables of http://hl7.org/fhir/R4/search.html.
/// </summary>
internal sealed class ValueWriters(FhirDefinitions definitions, Utf8Strings strings)
{
    private readonly TokenWriter tokens = new(definitions, strings);
    private readonly StringWriter texts = new(definitions);
    private readonly ReferenceWriter references = new(definitions, strings);
    private readonly DateWriter dates = new(definitions);
    private readonly NumberWriter numbers = new(definitions);
    private readonly QuantityWriter quantities = new(definitions, strings);
    private readonly PositionWriter positions = new(definitions);

    internal TokenWriter Tokens => tokens;

    /// <summary>Null when such an element has no value for such a parameter.</summary>
    internal ValueWriter? Find(SearchType search, TypeDefinition type, ElementDefinition? element) => search switch
    {
        SearchType.Token => tokens.For(type, element),
        SearchType.String => texts.For(type),
        SearchType.Reference => references.For(type),
        SearchType.Date => dates.For(type),
        SearchType.Number => numbers.For(type),
        SearchType.Quantity => quantities.For(type),
        SearchType.Uri => UriWriter.For(type),
        SearchType.Special => positions.For(type),
        _ => null,
    };
}

/// <summary>Definition indices of named elements, so that a writer finds its fields without comparing names.</summary>
internal static class Fields
{
    /// <summary>The text of a JSON string; empty for anything else, whatever the resource puts there.</summary>
    internal static ReadOnlySpan<byte> StringText(this Element element) => element.Kind == JsonKind.String ? element.Text : default;

    internal static int Of(FhirDefinitions definitions, string type, ReadOnlySpan<byte> jsonName) =>
        definitions.Type(type)?.Find(jsonName)?.Index ?? throw new InvalidOperationException($"{type} has no element {System.Text.Encoding.UTF8.GetString(jsonName)}.");
}
