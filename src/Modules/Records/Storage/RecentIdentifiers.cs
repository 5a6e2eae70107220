using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>An identifier as it is found by: of which type, and its value in capitals, whatever its system.</summary>
internal readonly record struct IdentifierName(Tenant Tenant, int Parameter, string Value);

/// <summary>
/// The identifiers in the last commits of this process. Nearly every conditional create asks for an identifier; where none of these is it, and no other
/// process wrote between, the database need not be asked again at the commit. Only the committer uses it.
/// </summary>
internal sealed class RecentIdentifiers
{
    private const int MaxPositions = 10_000;
    private const int MaxNames = 50_000;

    private readonly Queue<(long Before, HashSet<IdentifierName> Names)> commits = new();
    private long last = -1;
    private int count;

    /// <summary>Adds what a commit wrote between two positions.</summary>
    public void Add(long before, long after, IEnumerable<WriteSet> sets)
    {
        if (before != last)
        {
            // Somebody else wrote, or a commit's answer was lost: what lies before the gap says nothing any more.
            commits.Clear();
            count = 0;
        }

        var names = In(sets);
        commits.Enqueue((before, names));
        count += names.Count;
        last = after;
        while (count > MaxNames || (commits.Count > 1 && commits.Peek().Before < last - MaxPositions))
        {
            count -= commits.Dequeue().Names.Count;
        }
    }

    /// <summary>True when what was committed after one position up to another is known here, and a condition cannot match any of it.</summary>
    public bool Exclude(WriteCondition condition, long after, long upTo) =>
        condition.Identifiers is { } asked && upTo == last && commits.TryPeek(out var first) && first.Before <= after
        && !commits.Any(c => asked.Any(c.Names.Contains));

    /// <summary>The identifiers of what sets write.</summary>
    public static HashSet<IdentifierName> In(IEnumerable<WriteSet> sets)
    {
        var names = new HashSet<IdentifierName>();
        foreach (var set in sets)
        {
            foreach (var write in set.Writes)
            {
                foreach (var token in write.Values.Tokens)
                {
                    if (token.Parameter.Code == "identifier")
                    {
                        names.Add(new IdentifierName(set.Caller.Tenant, token.Parameter.Index, Lexeme.Clean(token.Code).ToUpperInvariant()));
                    }
                }
            }
        }

        return names;
    }
}
