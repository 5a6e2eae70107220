namespace Salus.Records.GraphQl;

/// <summary>What went wrong with fields while the others were answered. For one request.</summary>
internal sealed class ErrorList(QueryDocument document)
{
    /// <summary>Of thousands alike, a hundred say it.</summary>
    private const int Most = 100;

    private readonly List<GraphQlError> errors = [];

    public IReadOnlyList<GraphQlError> All => errors;

    /// <summary>The types of which something was not allowed.</summary>
    public SortedSet<string> Forbidden { get; } = new(StringComparer.Ordinal);

    public void Add(PlannedField field, PathStep? path, string code, string message)
    {
        if (errors.Count < Most)
        {
            errors.Add(GraphQlError.At(field.Node, document.Source, code, message) with { Path = path });
        }
    }
}
