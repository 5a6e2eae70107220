using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Access;

namespace Salus.Records.Storage;

/// <summary>
/// The only writer of the record. Write sets of concurrent requests wait in a short queue and go into the database together: one transaction, one
/// statement per table, one flush to disk for all of them. A set is acknowledged after that flush, and fails alone when its own condition does not hold, or its caller may not write it.
/// </summary>
internal sealed class Committer(CommitTransaction transaction, WriteAccess access, DiskSpace disk, IOptions<RecordsOptions> options, ILogger<Committer> log) : BackgroundService
{
    // How long a set waits for a group before it that does not come to an end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly Channel<WriteSet> queue = Channel.CreateBounded<WriteSet>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Commits a set, together with whatever else is waiting. The answer comes after the data is on disk.</summary>
    public async Task<Outcome<Committed[]>> CommitAsync(WriteSet set, CancellationToken ct)
    {
        if (await access.CheckAsync(set, ct) is { } refused)
        {
            return refused;
        }

        try
        {
            await queue.Writer.WriteAsync(set, ct);
        }
        catch (ChannelClosedException)
        {
            return Failures.Stopping();
        }

        // Once queued it may be committed: wait for the truth, even when the client has gone.
        return await set.Done;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<WriteSet>();
        try
        {
            while (await queue.Reader.WaitToReadAsync(stoppingToken))
            {
                Gather(group);
                await WatchAsync(CommitGroupAsync(group));
                group.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            queue.Writer.TryComplete();
            Gather(group);
            while (group.Count > 0)
            {
                await WatchAsync(CommitGroupAsync(group));
                group.Clear();
                Gather(group);
            }
        }
    }

    // A database that hangs holds up the group that is in it. Those that wait behind are told so in bounded time; nothing of them has been sent.
    private async Task WatchAsync(Task committing)
    {
        // Not Task.Delay: it would leave a timer behind for every commit. How the commit itself ended is asked by the last line alone.
        await committing.WaitAsync(Glance).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!committing.IsCompleted)
        {
            RefuseWaiting();
            await committing.WaitAsync(Glance).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await committing;
    }

    private void RefuseWaiting()
    {
        while (queue.Reader.TryPeek(out var waiting) && Environment.TickCount64 - waiting.Since > Patience.TotalMilliseconds)
        {
            queue.Reader.TryRead(out _);
            waiting.Complete(Failures.NoAnswer());
        }
    }

    private void Gather(List<WriteSet> group)
    {
        var writes = 0;
        while (queue.Reader.TryPeek(out var next) && (group.Count == 0 || writes + next.Writes.Count <= options.Value.CommitSize))
        {
            queue.Reader.TryRead(out next);
            writes += next!.Writes.Count;
            group.Add(next);
        }
    }

    private async Task CommitGroupAsync(List<WriteSet> group)
    {
        if (disk.Full)
        {
            group.ForEach(set => set.Complete(Failures.DiskFull()));
            return;
        }

        try
        {
            await transaction.RunAsync(group);
        }
        catch (Exception e) when (group.Count > 1 && !Failures.IsAway(e))
        {
            // One of them holds something that the database or its driver refuses. Each gets its own transaction, so that only that one fails.
            RecordsLog.GroupRefused(log, group.Count, (e as PostgresException)?.SqlState ?? e.GetType().Name);
            foreach (var set in group)
            {
                await CommitGroupAsync([set]);
            }
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            RecordsLog.CommitFailed(log, e, group.Count);
            // A server that found no room for its log of changes has ended, and cannot say why.
            var failure = disk.Full && e is not CommitUnknownException ? Failures.DiskFull() : Failures.OfDatabase(e);
            group.ForEach(set => set.Complete(failure));
        }
        catch (Exception e)
        {
            RecordsLog.CommitFailed(log, e, group.Count);
            group.ForEach(set => set.Complete(new Failure(
                FailureKind.Unavailable, "exception", "Salus could not store this because of an error of its own. Nothing of it was stored; the log has the details.")));
        }
    }
}
