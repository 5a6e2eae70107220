using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>What a caller may do with resources of several types, as one condition on rows: see <see cref="AccessCondition"/>.</summary>
internal sealed class AccessOfTypes(IReadOnlyList<(string Type, AccessCondition Condition)> types, AccessWords? words) : IRowCondition
{
    /// <summary>Nothing is held back, of no type.</summary>
    public static AccessOfTypes Everything { get; } = new([], null);

    /// <summary>Whether nothing is held back: then there is no condition.</summary>
    public bool Always => words is null;

    /// <summary>Whether any resource of a type may be reached.</summary>
    public bool Has(string type) => Always || types.Any(t => t.Type == type);

    /// <inheritdoc/>
    public async ValueTask<string> OfCurrentAsync(SqlText sql, string row, CancellationToken ct)
    {
        if (words is null)
        {
            return "";
        }

        var any = new List<string>();
        foreach (var group in types.GroupBy(t => t.Condition.Same, StringComparer.Ordinal))
        {
            any.Add($"({Types(sql, row, group)}{await group.First().Condition.OfCurrentAsync(sql, row, ct)})");
        }

        return any.Count == 0 ? " and false" : $" and ({string.Join(" or ", any)})";
    }

    /// <summary>The same on a version, a row of <c>records.log</c>, beside that on the row of <c>records.current</c>.</summary>
    public string OfVersion(SqlText sql, string log, string current)
    {
        if (words is null)
        {
            return "";
        }

        var any = types.GroupBy(t => t.Condition.Same, StringComparer.Ordinal).Select(g => $"({Types(sql, log, g)}{g.First().Condition.OfVersion(sql, log, current)})").ToList();
        return any.Count == 0 ? " and false" : $" and ({string.Join(" or ", any)})";
    }

    private string Types(SqlText sql, string row, IEnumerable<(string Type, AccessCondition Condition)> group) => $"{row}.type = any({sql.Add(group.Select(t => words!.Number(t.Type)).ToArray())})";
}
