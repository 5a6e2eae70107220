using Salus.Access.Audit;

namespace Salus.Access;

/// <summary>Proves that the audit trail is whole: <c>salus audit verify</c>. Reads only; the database has to be started, nothing else.</summary>
public sealed class AuditCheck
{
    private readonly AuditVerification verification;

    internal AuditCheck(AuditVerification verification) => this.verification = verification;

    /// <summary>Checks every row, its place in the chain, the chain, the seals, and the files beside the key; or what belongs to one day.</summary>
    /// <param name="day">The day (UTC) on which the rows were linked; null for all.</param>
    public Task<AuditVerdict> RunAsync(DateOnly? day, CancellationToken ct) => verification.RunAsync(day, ct);
}

/// <summary>What a verification found.</summary>
/// <param name="Checked">Rows that were looked at.</param>
/// <param name="Open">How many of them were not linked yet; they are the newest.</param>
/// <param name="FirstBad">The first thing that is wrong; null when nothing is.</param>
public sealed record AuditVerdict(long Checked, long Open, AuditFault? FirstBad)
{
    /// <summary>Whether the trail is whole.</summary>
    public bool Ok => FirstBad is null;
}

/// <summary>What is wrong with the trail.</summary>
/// <param name="Id">The row; null when it is about a segment or a day.</param>
/// <param name="At">The row's time, or the begin of the day; null when neither is known.</param>
/// <param name="Reason">For people.</param>
public sealed record AuditFault(Guid? Id, DateTimeOffset? At, string Reason);
