using Npgsql;

namespace Salus.Kernel;

/// <summary>The append-only trail of who did what. What it took cannot be lost any more, changed or removed.</summary>
public interface IAuditTrail
{
    /// <summary>Completes when the entries are durable. An answer with data of patients goes out after that.</summary>
    ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct);

    /// <summary>
    /// Begins to record an access of which everything is known beforehand but how it ends, so that the wait for the disk is over when the answer is there. Null where the trail does not
    /// take it: then <see cref="WriteAsync"/> does.
    /// </summary>
    AuditNotice? Announce(AuditEntry entry) => null;

    /// <summary>Adds statements that write the entries to a transaction, which commits them together with what they are about, or neither.</summary>
    void AddTo(NpgsqlBatch batch, IReadOnlyList<AuditEntry> entries);
}

/// <summary>An access that was announced to the trail. One that ends without data of patients needs no <see cref="FinishAsync"/>.</summary>
public abstract class AuditNotice
{
    /// <summary>Brings it to disk on this thread, unless somebody does already: call it when the work has begun whose end the caller would wait for otherwise.</summary>
    public abstract void Push();

    /// <summary>Completes when the access is durable; the answer goes out after that. How it ended is durable then too, or, where nothing but that was open, a moment later.</summary>
    /// <param name="entry">The whole entry, in place of the one that was announced.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public abstract ValueTask FinishAsync(AuditEntry entry);
}

/// <summary>Keeps nothing. For programs without a server, such as the check of a stored record, and for tests of modules that do not look at the trail.</summary>
public sealed class NoAuditTrail : IAuditTrail
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void AddTo(NpgsqlBatch batch, IReadOnlyList<AuditEntry> entries)
    {
    }
}
