using Salus.Records.Operations;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>What an expansion was asked to be like.</summary>
internal sealed record ExpansionRequest
{
    public string? Filter { get; init; }

    public int Offset { get; init; }

    /// <summary>Null for all.</summary>
    public int? Count { get; init; }

    public bool Designations { get; init; }

    /// <summary>Languages (<c>de</c>) or uses (<c>system|code</c>) that designations are wanted of; empty for all.</summary>
    public IReadOnlyList<string> DesignationKinds { get; init; } = [];

    public bool Definition { get; init; }

    public bool ActiveOnly { get; init; }

    /// <summary>Whether codes may stand inside the code they are below.</summary>
    public bool Nested { get; init; }

    public bool SelectableOnly { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string> ExcludedSystems { get; init; } = [];

    public static ExpansionRequest Of(OperationParameters parameters) => new()
    {
        Filter = parameters.Text("filter"),
        Offset = parameters.Number("offset") ?? 0,
        Count = parameters.Number("count"),
        Designations = parameters.Flag("includeDesignations") ?? parameters.Has("designation"),
        DesignationKinds = [.. parameters.Texts("designation")],
        Definition = parameters.Flag("includeDefinition") ?? false,
        ActiveOnly = parameters.Flag("activeOnly") ?? false,
        // A page of a tree is none, and what a filter leaves has gaps.
        Nested = parameters.Flag("excludeNested") != true && !parameters.Has("filter") && !parameters.Has("count") && !parameters.Has("offset"),
        SelectableOnly = parameters.Flag("excludeNotForUI") ?? false,
        Language = parameters.Text("displayLanguage"),
        ExcludedSystems = [.. parameters.Texts("exclude-system")],
    };
}
