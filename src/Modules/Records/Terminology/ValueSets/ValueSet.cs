using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>A value set as it is defined (http://hl7.org/fhir/R4/valueset.html#compositions), not yet looked up in any code system.</summary>
internal sealed record ValueSet
{
    public string? Url { get; init; }

    public string? Version { get; init; }

    public string? Name { get; init; }

    public string? Title { get; init; }

    public string Status { get; init; } = "active";

    /// <summary>False leaves inactive codes out; null says nothing.</summary>
    public bool? Inactive { get; init; }

    public IReadOnlyList<Inclusion> Includes { get; init; } = [];

    public IReadOnlyList<Inclusion> Excludes { get; init; } = [];

    /// <summary>The expansion that a value set without a definition carries.</summary>
    public IReadOnlyList<ListedCode>? Expansion { get; init; }

    /// <summary>The definition as JSON, for <c>includeDefinition</c>; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Compose { get; init; }

    public string Canonical => (Url ?? "(without url)") + (Version is null ? "" : $"|{Version}");
}

/// <summary>One include or exclude.</summary>
/// <param name="System">Null when it takes whole value sets only.</param>
/// <param name="Version">Of the system.</param>
/// <param name="Concepts">The codes it lists; empty for all that the filters leave.</param>
/// <param name="Filters">All have to hold.</param>
/// <param name="ValueSets">A code has to be in each of them.</param>
internal sealed record Inclusion(string? System, string? Version, IReadOnlyList<ListedCode> Concepts, IReadOnlyList<PropertyFilter> Filters, IReadOnlyList<string> ValueSets)
{
    private readonly Lazy<HashSet<string>> codes = new(() => Concepts.Select(c => c.Code).ToHashSet(StringComparer.Ordinal));

    /// <summary>Whether it lists this code.</summary>
    public bool Lists(string code) => codes.Value.Contains(code);
}

/// <summary>A condition on a concept (http://hl7.org/fhir/R4/valueset-filter-operator.html).</summary>
internal sealed record PropertyFilter(string Property, string Op, string Value);

/// <summary>A code that a value set lists by itself.</summary>
internal sealed record ListedCode(string System, string Code, string? Display)
{
    public string? Version { get; init; }

    public bool Inactive { get; init; }

    public bool Abstract { get; init; }

    public IReadOnlyList<Designation> Designations { get; init; } = [];
}
