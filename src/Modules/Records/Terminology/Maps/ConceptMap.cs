namespace Salus.Records.Terminology.Maps;

/// <summary>A concept map as it is defined (http://hl7.org/fhir/R4/conceptmap.html).</summary>
/// <param name="Source">The value set that it maps from; null when not stated.</param>
/// <param name="Target">The value set that it maps to.</param>
internal sealed record ConceptMap(string? Url, string? Version, string Status, string? Source, string? Target, IReadOnlyList<MapGroup> Groups)
{
    public string Canonical => (Url ?? "(without url)") + (Version is null ? "" : $"|{Version}");
}

/// <summary>The mappings from one code system to another.</summary>
internal sealed record MapGroup(string? Source, string? Target, IReadOnlyList<MapElement> Elements, Unmapped? Unmapped);

internal sealed record MapElement(string Code, string? Display, IReadOnlyList<MapTarget> Targets);

/// <summary>What a code means elsewhere.</summary>
/// <param name="Code">Null where nothing matches.</param>
/// <param name="DependsOn">Holds only when all of these are given.</param>
/// <param name="Products">What else results.</param>
internal sealed record MapTarget(string? Code, string? Display, string Equivalence, IReadOnlyList<MapDependency> DependsOn, IReadOnlyList<MapDependency> Products);

internal sealed record MapDependency(string Property, string? System, string Value, string? Display);

/// <summary>What to do with a code that no element has.</summary>
/// <param name="Mode"><c>provided</c>, <c>fixed</c> or <c>other-map</c>.</param>
internal sealed record Unmapped(string Mode, string? Code, string? Display, string? Url);
