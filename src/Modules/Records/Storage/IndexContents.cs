using Salus.Fhir.Definitions;
using Salus.Fhir.Search;

namespace Salus.Records.Storage;

/// <summary>Which index content of a search parameter: its values, or what one of its modifiers compares. Each has a number of its own.</summary>
internal enum Facet : byte
{
    /// <summary>What the parameter itself compares.</summary>
    Value,

    /// <summary><c>:of-type</c> of a token: identifiers with their type.</summary>
    OfType,

    /// <summary><c>:identifier</c> of a reference.</summary>
    Identifier,

    /// <summary><c>:text</c> of a token or reference: what people read beside it.</summary>
    Text,

    /// <summary>A canonical reference with its version: <c>url|version</c>.</summary>
    Version,
}

/// <summary>The contents of the index, and since which version of the extractor each is as it is now.</summary>
internal static class IndexContents
{
    /// <summary>The version of what this Salus extracts. Greater, with <see cref="Since"/>, whenever a resource gives other index rows than before: then resources are indexed again.</summary>
    public const int Version = 4;

    /// <summary>How many facets there are.</summary>
    public const int Facets = 5;

    /// <summary>The facets that a parameter has.</summary>
    public static IEnumerable<Facet> Of(ResourceParameter parameter) => parameter.Type switch
    {
        SearchType.Token => [Facet.Value, Facet.OfType, Facet.Text],
        SearchType.Reference => [Facet.Value, Facet.Identifier, Facet.Text, Facet.Version],
        _ => [Facet.Value],
    };

    /// <summary>The name of a facet in <c>records.parameter</c>.</summary>
    public static string Name(ResourceParameter parameter, Facet facet) => facet switch
    {
        Facet.OfType => $"{parameter.Code}:of-type",
        Facet.Identifier => $"{parameter.Code}:identifier",
        Facet.Text => $"{parameter.Code}:text",
        Facet.Version => $"{parameter.Code}:version",
        _ => parameter.Code,
    };

    /// <summary>The version of the extractor that first gave the content as it is now; 0 when there is none to index.</summary>
    public static int Since(ResourceParameter parameter, Facet facet) => (facet, parameter.Type) switch
    {
        (Facet.Value, _) when IsNarrative(parameter) => 2,
        (Facet.Value, _) when parameter.Definition.Expression is null || parameter.Kind() is CompositeKind.Whole or CompositeKind.Either => 0,
        // Before it, a comparator with an escape ("\u003C") counted as none.
        (Facet.Value, SearchType.Quantity or SearchType.Composite) => 3,
        (Facet.Value, SearchType.Special) => 2,
        (Facet.Value, _) => 1,
        (Facet.Text, _) when IsUnion(parameter) => 0,
        // Which every type has, and hardly anybody searches by: with it comes whose patients a resource is, and its label.
        (Facet.Text, _) when parameter.Code == "_security" => 4,
        (Facet.Text or Facet.Version, _) => parameter.Definition.Expression is null ? 0 : 3,
        _ => 2,
    };

    /// <summary>
    /// Whether it finds what two other parameters of the type find together (<c>combo-code</c>: <c>code</c> and <c>component-code</c>): its texts are asked of these and not stored a second time.
    /// </summary>
    public static bool IsUnion(ResourceParameter parameter) =>
        parameter is { Type: SearchType.Token, Definition.Url: "http://hl7.org/fhir/SearchParameter/Observation-combo-code" or "http://hl7.org/fhir/SearchParameter/Observation-combo-value-concept" };

    /// <summary>Whether it finds words and has no expression: <c>_text</c> those of the narrative, <c>_content</c> those of all strings.</summary>
    public static bool IsNarrative(ResourceParameter parameter) => parameter is { Code: "_text" or "_content", Definition.Expression: null };
}
