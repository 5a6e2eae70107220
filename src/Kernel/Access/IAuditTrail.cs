using Npgsql;

namespace Salus.Kernel;

/// <summary>The append-only trail of who did what. What it took cannot be lost any more, changed or removed.</summary>
public interface IAuditTrail
{
    /// <summary>Completes when the entries are durable. An answer with data of patients goes out after that.</summary>
    ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct);

    /// <summary>An access begins whose entry comes with its end: whoever knows how many are on their way brings them to disk together. Dispose it when nothing more comes of it.</summary>
    /// <param name="known">The entry, where all of it is known beforehand but how the access ends: then the wait for the disk is over when the answer is there.</param>
    AuditNotice Begin(AuditEntry? known) => new PlainNotice(this);

    /// <summary>Adds statements that write the entries to a transaction, which commits them together with what they are about, or neither.</summary>
    void AddTo(NpgsqlBatch batch, IReadOnlyList<AuditEntry> entries);
}

/// <summary>An access that has begun. One that ends without data of patients needs no <see cref="FinishAsync"/>. For one request, not for several threads.</summary>
public abstract class AuditNotice : IDisposable
{
    /// <summary>Brings what is known to disk, perhaps on this thread: call it when the work has begun whose end the caller would wait for otherwise.</summary>
    public abstract void Push();

    /// <summary>Completes when the access is durable; the answer goes out after that. How it ended is durable then too, or, where nothing but that was open, a moment later.</summary>
    /// <param name="entry">The whole entry, in place of the one that was known.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public abstract ValueTask FinishAsync(AuditEntry entry);

    /// <summary>It is not on its way any more.</summary>
    public abstract void Dispose();
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

// Where nothing is won by knowing that an access has begun.
internal sealed class PlainNotice(IAuditTrail trail) : AuditNotice
{
    public override void Push()
    {
    }

    public override ValueTask FinishAsync(AuditEntry entry) => trail.WriteAsync([entry], CancellationToken.None);

    public override void Dispose()
    {
    }
}
