using Salus.Fhir.Paths;

namespace Salus.Fhir.Views;

/// <summary>A ViewDefinition as it was written (https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition.html). Immutable.</summary>
internal sealed record ViewDefinition
{
    public string? Name { get; init; }

    public string? Url { get; init; }

    public string? Status { get; init; }

    public string Resource { get; init; } = "";

    public IReadOnlyDictionary<string, PathValue> Constants { get; init; } = new Dictionary<string, PathValue>();

    public IReadOnlyList<ViewSelect> Selects { get; init; } = [];

    public IReadOnlyList<PathText> Where { get; init; } = [];
}

/// <summary>How a select goes from its parent's focus to its own.</summary>
internal enum Iteration : byte
{
    /// <summary>It does not.</summary>
    None,
    ForEach,
    ForEachOrNull,
    Repeat,
}

/// <summary>One select, of the view, nested or a branch of a union.</summary>
internal sealed record ViewSelect(string Place)
{
    public Iteration Iteration { get; init; }

    /// <summary>The path to iterate over; several only for repeat.</summary>
    public IReadOnlyList<PathText> Iterated { get; init; } = [];

    public IReadOnlyList<DefinedColumn> Columns { get; init; } = [];

    public IReadOnlyList<ViewSelect> Selects { get; init; } = [];

    public IReadOnlyList<ViewSelect> Unions { get; init; } = [];
}

/// <summary>One column as it was written.</summary>
/// <param name="Type">The declared type, without the address of its definition; null when it has none.</param>
/// <param name="SqlType">The value of the tag <c>ansi/type</c>; null when it has none.</param>
internal sealed record DefinedColumn(string Place, string Name, PathText Path, string? Type, string? SqlType, bool Collection);

/// <summary>A FHIRPath expression and where it stands.</summary>
internal readonly record struct PathText(string Place, string Text);
