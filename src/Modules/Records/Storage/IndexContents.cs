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
}

/// <summary>The contents of the index, and since which version of the extractor each is as it is now.</summary>
internal static class IndexContents
{
    /// <summary>The version of what this Salus extracts. Greater, with <see cref="Since"/>, whenever a resource gives other index rows than before: then resources are indexed again.</summary>
    public const int Version = 3;

    /// <summary>How many facets there are.</summary>
    public const int Facets = 3;

    /// <summary>The facets that a parameter has.</summary>
    public static IEnumerable<Facet> Of(ResourceParameter parameter) => parameter.Type switch
    {
        SearchType.Token => [Facet.Value, Facet.OfType],
        SearchType.Reference => [Facet.Value, Facet.Identifier],
        _ => [Facet.Value],
    };

    /// <summary>The name of a facet in <c>records.parameter</c>.</summary>
    public static string Name(ResourceParameter parameter, Facet facet) => facet switch
    {
        Facet.OfType => $"{parameter.Code}:of-type",
        Facet.Identifier => $"{parameter.Code}:identifier",
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
        _ => 2,
    };

    /// <summary>Whether it is <c>_text</c>, which finds words of the narrative and has no expression.</summary>
    public static bool IsNarrative(ResourceParameter parameter) => parameter is { Code: "_text", Definition.Expression: null };
}
