using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Conditional;

/// <summary>The criteria of a conditional write, understood: <c>If-None-Exist</c> of a create, the query of an update, patch or delete, or the same of a bundle entry.</summary>
/// <param name="Type">The type that is searched and written.</param>
/// <param name="Query">The criteria as they were sent, for messages.</param>
/// <param name="Place">The header or element that they stand in, for messages.</param>
/// <param name="Request">The criteria alone: each of them is decided by the matching resource itself.</param>
internal sealed record MatchCriteria(TypeDefinition Type, string Query, string Place, SearchRequest Request)
{
    /// <summary>The most resources that may match; 1 but for a delete of several.</summary>
    public int Most { get; init; } = 1;

    /// <summary>Whether it is the condition of a create, which leaves alone what it finds.</summary>
    public bool IsCreate => Place.EndsWith("If-None-Exist", StringComparison.Ordinal) || Place.EndsWith("ifNoneExist", StringComparison.Ordinal);

    /// <summary>Two with the same key ask for the same resource. Two with different keys may do so too.</summary>
    public string Key => $"{Type.Name}?{Query}";

    /// <summary>The same failure, at the place of the condition.</summary>
    public static Failure At(string place, Failure failure) => failure with { Problems = [.. failure.Problems.Select(p => p with { Path = place })] };

    /// <summary>The criteria, narrowed to resources whose current version is newer than a time; each commit has a time of its own, later than all before.</summary>
    /// <param name="after">Null for no bound.</param>
    public SearchRequest Changed(DateTime? after, int count)
    {
        var narrowed = new SearchRequest(Request.Type) { Count = count, Address = Request.Address };
        narrowed.Criteria.AddRange(Request.Criteria);
        if (after is { } time)
        {
            narrowed.Criteria.Add(new Criterion(null, "_lastUpdated", "", [FormattableString.Invariant($"gt{time:yyyy-MM-ddTHH:mm:ss.ffffff}Z")]));
        }

        return narrowed;
    }
}

/// <summary>What conditions found when the log ended at <paramref name="Head"/>: of each all its matches.</summary>
internal sealed record MatchLook(LogHead Head, IReadOnlyList<IReadOnlyList<ExistingResource>> All)
{
    /// <summary>Of each its one match, the first of several, or null for none.</summary>
    public IReadOnlyList<ExistingResource?> Found { get; } = [.. All.Select(a => a.Count == 0 ? null : a[0])];
}

/// <summary>A current version in the record.</summary>
internal sealed record ExistingResource(string Id, int Version, DateTimeOffset At, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whose it is, by logical ids.</summary>
    public IReadOnlyCollection<string> Patients { get; init; } = [];
}
