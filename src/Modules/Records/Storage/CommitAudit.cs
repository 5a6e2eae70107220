using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>What the audit trail says of a commit: one entry for each version, which goes into the same transaction.</summary>
internal sealed class CommitAudit(IAuditTrail trail, Catalog catalog)
{
    /// <summary>The trail, which adds the rows to the transaction.</summary>
    public IAuditTrail Trail { get; } = trail;

    /// <summary>The entries of all sets that hold.</summary>
    /// <param name="current">The rows as the commit leaves them, without those of new ids.</param>
    public List<AuditEntry> Entries(IEnumerable<(WriteSet Set, Outcome<Committed[]> Outcome)> results, IReadOnlyDictionary<ResourceName, CurrentRow> current)
    {
        var entries = new List<AuditEntry>();
        foreach (var (set, outcome) in results)
        {
            if (!outcome.Failed(out _))
            {
                entries.AddRange(set.Writes.Select((w, i) => Entry(set.Caller, w, outcome.Value[i], current)));
            }
        }

        return entries;
    }

    // Whose it was and whose it is: what went from one patient to another concerns both, and so does a deletion.
    private AuditEntry Entry(Caller caller, PendingWrite write, Committed committed, IReadOnlyDictionary<ResourceName, CurrentRow> current) => new(caller, Kind(write))
    {
        Type = write.Type.Name,
        Id = write.Id,
        Version = committed.Version,
        Patients = current.GetValueOrDefault(new ResourceName(caller.Tenant, catalog.Number(write.Type), write.Id)).Patients ?? write.Index.Belonging.Patients,
    };

    private static AuditKind Kind(PendingWrite write) => write.Operation == FeedOperation.Delete ? AuditKind.Delete : write.Version == 1 ? AuditKind.Create : AuditKind.Update;
}
