namespace Salus.Access.BreakGlass;

/// <summary>A record that somebody opened by break-glass.</summary>
/// <param name="Patient">The logical id of the patient.</param>
/// <param name="EndedAt">When it was given back before its time; null when it was not.</param>
internal sealed record Opening(Guid Id, Guid Account, string Patient, string Reason, DateTimeOffset StartedAt, DateTimeOffset Until, DateTimeOffset? EndedAt)
{
    /// <summary>Who, as it was then.</summary>
    public string AccountName { get; init; } = "";

    /// <summary>Their roles, as they were then.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>How often the audit trail says that they then used the record of the patient, up to now; null where it was not counted.</summary>
    public long? Accesses { get; init; }

    /// <summary>What the privacy officer said; null while nobody did.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Whether it opens the record at a time.</summary>
    public bool IsActive(DateTimeOffset now) => EndedAt is null && now < Until;
}

/// <summary>A judgement of an opening.</summary>
/// <param name="Word"><c>justified</c>, <c>unjustified</c> or <c>unclear</c>.</param>
internal sealed record Verdict(string Word, string Comment, Guid By, string ByName, DateTimeOffset At)
{
    public static readonly IReadOnlyList<string> Words = ["justified", "unjustified", "unclear"];
}
