using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>
/// The only writer of samples. Those of concurrent requests go into the journal together: one COPY and one flush to disk for all of them. A request is answered after that flush;
/// then the observers have their turn.
/// </summary>
internal sealed class FlowWriter(SampleFlow flow, HeadTable heads, JournalReplay replay, JournalWriter journal, SampleOwner owner, StoredTimes stored, Handover handover, Database database, DiskSpace disk, ILogger<FlowWriter> log)
    : BackgroundService
{
    private const int CommitSize = 50_000;

    // Between the beginnings of two commits: a commit costs the database a row for each partition, however few samples it has. The first after a quiet time does not wait.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    // How long a request waits for a commit before it that does not come to an end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly CommitGroup group = new(heads);
    private bool failing;

    /// <summary>Reads the journal before anything new comes; clustered, that is done for each partition when it comes.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!owner.Clustered)
        {
            await replay.RunAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The machine's clock, not the one that tests may stop: nothing that is stored depends on it.
        var begun = Stopwatch.GetTimestamp() - Stopwatch.Frequency;
        try
        {
            while (await flow.Queue.WaitToReadAsync(stoppingToken))
            {
                if (Pace - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } rest && flow.Waiting < CommitSize)
                {
                    await Task.Delay(rest, stoppingToken);
                }

                begun = Stopwatch.GetTimestamp();
                await StepAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            flow.Close();
            while (flow.Queue.TryPeek(out _))
            {
                await StepAsync();
            }
        }
    }

    private async Task StepAsync()
    {
        while (flow.Queue.TryPeek(out var next) && (group.Size == 0 || group.Size + next.Samples.Length <= CommitSize))
        {
            flow.Queue.TryRead(out next);
            if (next!.Partition is { } partition && !owner.Holds(partition))
            {
                flow.Complete(next, FlowFailures.Moved(partition));
                continue;
            }

            group.Add(next);
        }

        if (group.Requests.Count == 0)
        {
            return;
        }

        var failure = await WatchAsync(CommitAsync());
        foreach (var request in group.Requests)
        {
            flow.Complete(request, failure is null ? new Taken(request.Stored, request.Samples.Length - request.Stored) : failure);
        }

        var samples = group.Samples;
        group.Clear();
        if (samples is not null)
        {
            await handover.PutAsync(samples);
        }
    }

    private async Task<Failure?> CommitAsync()
    {
        if (owner.Lost)
        {
            return FlowFailures.Overtaken();
        }

        if (disk.Full)
        {
            return FlowFailures.DiskFull();
        }

        await heads.Turn.WaitAsync();
        var begun = Stopwatch.GetTimestamp();
        try
        {
            group.Put(await stored.FindAsync(group.Late()));
            if (group.Samples is { } samples)
            {
                // A number is used once, also when the commit fails: it may have come to the disk all the same.
                samples.Seq = ++heads.Seq;
                await journal.WriteAsync(samples.Seq, samples);
            }

            group.Publish();
            FlowMeter.Commits.Add(1, new KeyValuePair<string, object?>("result", "stored"));
            FlowMeter.CommitTime.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            FlowMeter.Samples.Add(group.Requests.Sum(r => (long)r.Stored));
            Well();
            return null;
        }
        catch (Exception e)
        {
            group.TakeBack();
            FlowMeter.Commits.Add(1, new KeyValuePair<string, object?>("result", "failed"));
            return SampleOwner.Says(e) ? await RefusedAsync() : Failed(e);
        }
        finally
        {
            heads.Turn.Release();
        }
    }

    // Of what is in the group only some partitions may be gone: those that are not come again.
    private async Task<Failure> RefusedAsync()
    {
        try
        {
            await owner.CheckAsync(CancellationToken.None);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return FlowFailures.Away();
        }

        return owner.Clustered ? FlowFailures.Again() : FlowFailures.Overtaken();
    }

    private Failure Failed(Exception e)
    {
        if (!failing)
        {
            MonitoringLog.CommitFailed(log, e);
        }

        failing = true;
        if (!DatabaseFault.Is(e))
        {
            return FlowFailures.OfSalus();
        }

        if (e is not PostgresException)
        {
            database.Broken();
        }

        return disk.Full ? FlowFailures.DiskFull() : FlowFailures.Away();
    }

    private void Well()
    {
        if (failing)
        {
            MonitoringLog.CommitsAgain(log);
        }

        failing = false;
    }

    // A database that hangs holds up the group that is in it. Those that wait behind are told so in bounded time; nothing of them has been sent.
    private async Task<Failure?> WatchAsync(Task<Failure?> committing)
    {
        await ((Task)committing).WaitAsync(Glance).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!committing.IsCompleted)
        {
            while (flow.Queue.TryPeek(out var waiting) && Environment.TickCount64 - waiting.Since > Patience.TotalMilliseconds)
            {
                flow.Queue.TryRead(out _);
                flow.Complete(waiting, FlowFailures.NoAnswer());
            }

            await ((Task)committing).WaitAsync(Glance).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await committing;
    }
}
