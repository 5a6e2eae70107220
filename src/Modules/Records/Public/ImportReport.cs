namespace Salus.Records;

/// <summary>Numbers of one resource type.</summary>
/// <param name="Type">Resource type; <c>(unreadable)</c> for text that is no FHIR resource.</param>
/// <param name="In">Resources read from the sources.</param>
/// <param name="Stored">Of these, acknowledged by the record.</param>
/// <param name="Searchable">Of these, found by a search for their id after the acknowledgement.</param>
public sealed record ImportCount(string Type, long In, long Stored, long Searchable)
{
    /// <summary>True when nothing is missing.</summary>
    public bool Equal => In == Stored && Stored == Searchable;
}

/// <summary>Something of a source that is not in the record.</summary>
/// <param name="File">Its file; a member of an archive as <c>archive.tar.gz!member</c>.</param>
/// <param name="Line">Line of an NDJSON file, from 1; null otherwise.</param>
/// <param name="Entry">Index of the entry in its bundle, from 0; null when it is not in one.</param>
/// <param name="Type">Its type, when it could be read. A refused transaction is a Bundle.</param>
/// <param name="Id">The id that the source gives it, if any.</param>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Resources">How many resources are missing because of it: those of a whole transaction, else 1; 0 for what is no resource, such as a DELETE.</param>
public sealed record ImportRejection(string File, int? Line, int? Entry, string? Type, string? Id, string Reason, int Resources);

/// <summary>How an import ended.</summary>
public sealed record ImportReport
{
    /// <summary>Per type, in alphabetical order, what an interrupted earlier run of the same import did included.</summary>
    public required IReadOnlyList<ImportCount> Counts { get; init; }

    /// <summary>The first rejections, at most <see cref="MaxListed"/>.</summary>
    public required IReadOnlyList<ImportRejection> Rejected { get; init; }

    /// <summary>All rejections; each may stand for several resources.</summary>
    public required long RejectedCount { get; init; }

    /// <summary>What a person should know: skipped files, continued or restarted imports. At most one per kind and path.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>Null, or why it ended before the sources did, such as a server that is away.</summary>
    public string? Stopped { get; init; }

    /// <summary>True when the caller cancelled it.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Resources that this run dealt with, without an earlier run's.</summary>
    public required long Resources { get; init; }

    /// <summary>How long this run took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The most rejections that a report lists.</summary>
    public const int MaxListed = 50;

    /// <summary>True when it reached the end, and in = stored = searchable for every type, and nothing was rejected.</summary>
    public bool Complete => !Interrupted && Stopped is null && RejectedCount == 0 && Counts.All(c => c.Equal);
}
