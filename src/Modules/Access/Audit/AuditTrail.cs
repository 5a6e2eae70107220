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
    public AuditNotice? Announce(AuditEntry entry)
    {
        if (journal.IsLate)
        {
            return null;
        }

        try
        {
            var row = AuditRow.Of(entry, time.GetUtcNow());
            return new Notice(this, entry, row, Append(AuditRecordKind.Announced, row));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who cannot announce cannot write either, and is told then.
            return null;
        }
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

    private void Push() => journal.Push();

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

    private async ValueTask FinishAsync(Notice notice, AuditEntry entry)
    {
        try
        {
            // Who, what and whose is on disk with the announcement. It stays there as long as its file is not given up, which the record behind it in the same file prevents.
            if (Tells(notice.Entry, entry) && journal.TryEnd(notice.Place, new AuditEnd(notice.Row.Id, entry.Outcome, entry.Version)))
            {
                AuditMeter.Pending.Add(1);
                await journal.DurableAsync(notice.Place);
                return;
            }

            await journal.DurableAsync(Append(AuditRecordKind.Entry, AuditRow.Of(entry, time.GetUtcNow()) with { Id = notice.Row.Id, At = notice.Row.At }));
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

    private sealed class Notice(AuditTrail trail, AuditEntry entry, AuditRow row, AuditPlace place) : AuditNotice
    {
        public AuditEntry Entry => entry;

        public AuditRow Row => row;

        public AuditPlace Place => place;

        public override void Push() => trail.Push();

        public override ValueTask FinishAsync(AuditEntry whole) => trail.FinishAsync(this, whole);
    }
}
