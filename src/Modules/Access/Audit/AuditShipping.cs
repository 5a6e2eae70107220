using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>
/// Brings the rows of the journal into the database, in large groups. While entries come faster than <see cref="Busy"/> it waits, so that requests have the
/// processor: not longer than <see cref="Longest"/>, not beyond <see cref="MuchBytes"/>, and not when somebody wants to see the trail.
/// </summary>
internal sealed class AuditShipping(Database database, AuditKey key, AuditJournal journal, TimeProvider time, ILogger<AuditShipping> log)
{
    private const int MostRows = 5000;
    private const int MostRead = 2 * 1024 * 1024;
    private const long MuchBytes = 256L * 1024 * 1024;
    private const long MostBytes = 1024L * 1024 * 1024;
    // Entries in a second. So many and fewer cost less than a twentieth of a processor.
    private const double Busy = 1000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Accesses that began in the oldest file, and whose end was not brought yet.
    private readonly Dictionary<Guid, AuditRow> announced = [];
    private TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int asking;
    private bool over;
    private long level;
    private long looked;
    private long since;
    private double rate;

    /// <summary>Whether so much waits that nothing more may be promised.</summary>
    public bool IsBehind => journal.Files.Bytes > MostBytes;

    /// <summary>What processes that are no more left behind.</summary>
    /// <exception cref="CannotStartException">A later version of Salus wrote it.</exception>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        try
        {
            await BringAsync(ct);
        }
        catch (InvalidDataException e)
        {
            throw new CannotStartException($"The audit trail in {key.Folder} cannot be brought into the database: {e.Message} Start the version that ran before once more.", e);
        }
    }

    private async Task BringAsync(CancellationToken ct)
    {
        PrivateFolder.Make(key.Folder);
        var left = new AuditLeftBehind(key.Folder);
        var paths = new List<string>();
        foreach (var (path, rows) in left.Read())
        {
            await InsertAllAsync(rows, ct);
            paths.Add(path);
        }

        await InsertAllAsync([.. left.Unfinished], ct);
        paths.ForEach(File.Delete);
    }

    /// <summary>Completes when the database has what the journal has now.</summary>
    public async Task UpToNowAsync(CancellationToken ct)
    {
        if (journal.End() is not { } end)
        {
            return;
        }

        Interlocked.Increment(ref asking);
        try
        {
            while (!over && !end.File.Broken && !end.IsShipped)
            {
                var next = Volatile.Read(ref progress).Task;
                Volatile.Read(ref asked).TrySetResult();
                await next.WaitAsync(ct);
            }
        }
        finally
        {
            Interlocked.Decrement(ref asking);
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        (looked, since) = (time.GetTimestamp(), time.GetTimestamp());
        while (!stop.IsCancellationRequested)
        {
            await StepAsync(stop);
            await Task.WhenAny(asked.Task, Task.Delay(Gather, time, stop));
            asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        // What comes at the end is tried once; otherwise the files stay, for the next start.
        journal.Files.Close();
        await StepAsync(stop);
        over = true;
        Told();
    }

    // As much as there is, as long as nothing speaks against it.
    private async Task StepAsync(CancellationToken stop)
    {
        try
        {
            journal.Files.Prepare();
            while (!IsBusy(stop) && await PortionAsync())
            {
            }
        }
        catch (Exception e) when (DatabaseFault.Is(e) || e is InvalidOperationException or UnauthorizedAccessException)
        {
            AccessLog.AuditNotShipped(log, journal.Files.Bytes, e);
            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsBusy(CancellationToken stop)
    {
        var (entries, before, seconds) = (journal.Entries, level, time.GetElapsedTime(looked).TotalSeconds);
        if (seconds > Gather.TotalSeconds / 2)
        {
            (level, looked) = (entries, time.GetTimestamp());
            rate = (entries - before) / seconds;
        }

        return rate > Busy && !stop.IsCancellationRequested && Volatile.Read(ref asking) == 0 && journal.Files.Bytes < MuchBytes && time.GetElapsedTime(since) < Longest;
    }

    // False when there was nothing.
    private async Task<bool> PortionAsync()
    {
        // What the database has is always durable here as well.
        if (journal.End() is { File.Broken: false } end)
        {
            await journal.DurableAsync(end);
        }

        if (journal.Files.Oldest() is not { } oldest)
        {
            since = time.GetTimestamp();
            return false;
        }

        var (file, until, whole) = oldest;
        if (file.Shipped < until)
        {
            var (rows, next) = Read(file, until);
            await InsertAsync(rows, CancellationToken.None);
            file.Shipped = next;
            foreach (var row in rows)
            {
                announced.Remove(row.Id);
            }

            AuditMeter.Pending.Add(-rows.Count);
        }
        else if (whole)
        {
            // What is not ended here is whole in a later file, or was not answered.
            announced.Clear();
            journal.Files.Release();
        }
        else
        {
            since = time.GetTimestamp();
            return false;
        }

        Told();
        return true;
    }

    private (List<AuditRow> Rows, int End) Read(AuditJournalFile file, int until)
    {
        for (var most = MostRead; ; most = int.MaxValue)
        {
            var bytes = file.Read(file.Shipped, Math.Min(until - file.Shipped, most));
            var content = bytes;
            var rows = new List<AuditRow>();
            while (rows.Count < MostRows && AuditJournalFile.TryRead(ref content, file.Salt, out var kind, out var form))
            {
                Take(kind, form, rows);
            }

            if (content.Length < bytes.Length)
            {
                return (rows, file.Shipped + bytes.Length - content.Length);
            }

            if (bytes.Length == until - file.Shipped)
            {
                throw new InvalidOperationException($"A journal of the audit trail does not hold what was written into it.");
            }
        }
    }

    private void Take(AuditRecordKind kind, ReadOnlySpan<byte> form, List<AuditRow> rows)
    {
        switch (kind)
        {
            case AuditRecordKind.Announced:
                var row = AuditForm.Read(form);
                announced[row.Id] = row;
                break;
            case AuditRecordKind.Ended:
                var end = AuditEnd.Read(form);
                rows.Add(end.Of(announced[end.Id]));
                break;
            default:
                rows.Add(AuditForm.Read(form));
                break;
        }
    }

    private async Task InsertAllAsync(List<AuditRow> rows, CancellationToken ct)
    {
        foreach (var portion in rows.Chunk(MostRows))
        {
            await InsertAsync(portion, ct);
        }
    }

    // Rows that come twice, because the end of their transaction was not heard of, stand there once.
    private async Task InsertAsync(IReadOnlyList<AuditRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            await using var owner = await database.Owner.OpenConnectionAsync(ct);
            await AuditCopy.WriteAsync(owner, rows, key.Value, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await using var batch = database.Source.CreateBatch();
            batch.BatchCommands.Add(AuditInsert.Command(rows, key.Value));
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private void Told() => Interlocked.Exchange(ref progress, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
