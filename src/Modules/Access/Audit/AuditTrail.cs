using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>
/// Writes the trail. Entries of writes go into the transaction of the write. All others go into a journal beside the key, and the answer goes out when they are
/// on disk there; the database has them later (<see cref="AuditShipping"/>). They do not wait for a commit in PostgreSQL, which a read has no other need of.
/// </summary>
internal sealed class AuditTrail(AuditKey key, AuditJournal journal, AuditShipping shipping, TimeProvider time, ILogger<AuditTrail> log) : BackgroundService, IAuditTrail
{
    /// <inheritdoc/>
    /// <exception cref="IOException">They could not be written.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        if (entries.Count == 0)
        {
            return;
        }

        try
        {
            AuditPlace last = default;
            foreach (var row in Rows(entries))
            {
                last = Append(AuditRecordKind.Entry, row);
            }

            await journal.DurableAsync(last);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AccessLog.AuditNotWritten(log, entries.Count, e);
            throw e as IOException ?? new IOException("The audit trail cannot be written.", e);
        }
    }

    /// <inheritdoc/>
    public AuditNotice Begin(AuditEntry? known)
    {
        if (known is not null && !journal.IsLate)
        {
            try
            {
                var row = AuditRow.Of(known, time.GetUtcNow());
                return new Notice(this, journal, (known, row, Append(AuditRecordKind.Announced, row)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Who cannot announce cannot write either, and is told then.
            }
        }

        return new Notice(this, journal, null);
    }

    /// <inheritdoc/>
    public void AddTo(NpgsqlBatch batch, IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count > 0)
        {
            batch.BatchCommands.Add(AuditInsert.Command(Rows(entries), key.Value));
        }
    }

    /// <summary>Brings what an earlier process could not into the database, then begins.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await shipping.CatchUpAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => shipping.RunAsync(stoppingToken);

    private AuditPlace Append(AuditRecordKind kind, AuditRow row)
    {
        if (shipping.IsBehind)
        {
            throw new IOException("The database has not taken entries of the audit trail for too long.");
        }

        var place = journal.Append(kind, row);
        if (kind == AuditRecordKind.Entry)
        {
            AuditMeter.Pending.Add(1);
        }

        return place;
    }

    private List<AuditRow> Rows(IReadOnlyList<AuditEntry> entries)
    {
        var now = time.GetUtcNow();
        var rows = new List<AuditRow>(entries.Count);
        foreach (var entry in entries)
        {
            rows.Add(AuditRow.Of(entry, now));
        }

        return rows;
    }

    // Who, what and whose is on disk with the announcement. It stays there as long as its file is not given up, which the record behind it in the same file prevents.
    private async ValueTask FinishAsync(AuditEntry announced, AuditRow row, AuditPlace place, AuditEntry entry)
    {
        try
        {
            if (Tells(announced, entry) && journal.TryEnd(place, new AuditEnd(row.Id, entry.Outcome, entry.Version)))
            {
                AuditMeter.Pending.Add(1);
                await journal.DurableAsync(place);
                return;
            }

            await journal.DurableAsync(Append(AuditRecordKind.Entry, AuditRow.Of(entry, time.GetUtcNow()) with { Id = row.Id, At = row.At }));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AccessLog.AuditNotWritten(log, 1, e);
            throw e as IOException ?? new IOException("The audit trail cannot be written.", e);
        }
    }

    // Whether nothing was missing but how it ended.
    private static bool Tells(AuditEntry announced, AuditEntry entry) =>
        announced.Caller == entry.Caller && announced.Kind == entry.Kind && announced.Type == entry.Type && announced.Id == entry.Id && announced.Query == entry.Query && announced.Detail == entry.Detail
        && announced.Patients.SequenceEqual(entry.Patients);

    private sealed class Notice : AuditNotice
    {
        private readonly AuditTrail trail;
        private readonly AuditJournal journal;
        private readonly (AuditEntry Entry, AuditRow Row, AuditPlace Place)? known;
        private bool left;

        public Notice(AuditTrail trail, AuditJournal journal, (AuditEntry Entry, AuditRow Row, AuditPlace Place)? known)
        {
            (this.trail, this.journal, this.known) = (trail, journal, known);
            journal.Enter();
        }

        public override void Push()
        {
            if (known is not null)
            {
                journal.Push();
            }
        }

        public override async ValueTask FinishAsync(AuditEntry whole)
        {
            await (known is var (entry, row, place) && !left ? trail.FinishAsync(entry, row, place, whole) : trail.WriteAsync([whole], CancellationToken.None));
            Dispose();
        }

        public override void Dispose()
        {
            if (!left)
            {
                left = true;
                journal.Leave();
            }
        }
    }
}
