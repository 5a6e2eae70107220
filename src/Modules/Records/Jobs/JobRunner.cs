using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Jobs;

/// <summary>
/// Works on the jobs that are noted, a piece of each in turn, and removes the files of those that are cancelled or too old. Each kind has a lane of its own, so
/// that a source that is slow to answer holds up no export.
/// </summary>
internal sealed class JobRunner(IEnumerable<IJobKind> kinds, JobTable jobs, JobSignal signal, IObjectStore store, TimeProvider time, ILogger<JobRunner> log) : BackgroundService
{
    // Jobs of this process wake it at once; those of other processes, and what has become too old, are seen within a second.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // Jobs that could not go on, and when: the others are worked on meanwhile.
    private readonly ConcurrentDictionary<string, long> resting = new(StringComparer.Ordinal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(kinds.Select(kind => LaneAsync(ct => RoundAsync(kind, ct), stoppingToken)).Append(LaneAsync(RemoveAsync, stoppingToken)));

    private Task LaneAsync(Func<CancellationToken, Task<bool>> round, CancellationToken stop) => new WorkLoop(time, (e, _) => RecordsLog.JobsPaused(log, e), Poll, Poll).RunAsync(async ct =>
    {
        var next = signal.Next;
        if (!await round(ct))
        {
            await Task.WhenAny(next, Task.Delay(Poll, time, ct));
        }
    }, stop);

    /// <summary>A piece of every job of a kind; false when there was nothing to do.</summary>
    private async Task<bool> RoundAsync(IJobKind kind, CancellationToken ct)
    {
        var worked = false;
        var running = await jobs.RunningAsync(kind.Name, ct);
        await kind.KeepAsync(running);
        foreach (var job in running)
        {
            worked |= !Rests(job) && await WorkAsync(kind, job, ct);
        }

        return worked;
    }

    private bool Rests(Job job)
    {
        if (resting.TryGetValue(job.Id, out var since) && time.GetElapsedTime(since) < Poll)
        {
            return true;
        }

        resting.TryRemove(job.Id, out _);
        return false;
    }

    private async Task<bool> WorkAsync(IJobKind kind, Job job, CancellationToken ct)
    {
        try
        {
            if (job.Caller.Permit == Permit.Nothing)
            {
                await jobs.FailAsync(job, "Who asked for it may not do anything here any more: the account or app is gone, locked, or lost its right.", ct);
                return true;
            }

            return await kind.RunAsync(job, ct);
        }
        catch (Exception e) when (Failures.IsOfTheWork(e) || e is IOException)
        {
            // A database that is away comes back; a disk that is full or a text that cannot be read does not by itself.
            RecordsLog.JobFailed(log, e, kind.Name, job.Id[..8]);
            RecordsMeter.JobsFailed.Add(1, new KeyValuePair<string, object?>("kind", kind.Name));
            await jobs.FailAsync(job, e is IOException ? $"A file could not be read or written: {e.Message}" : "Salus could not do this because of an error of its own; the log has the details.", ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            RecordsLog.JobsPaused(log, e);
            resting[job.Id] = time.GetTimestamp();
        }

        return false;
    }

    private async Task<bool> RemoveAsync(CancellationToken ct)
    {
        foreach (var over in await jobs.OverAsync(ct))
        {
            await foreach (var file in store.ListAsync(JobFile.ObjectName(over, ""), ct))
            {
                await store.DeleteAsync(file.Name, ct);
            }

            await jobs.RemoveAsync(over, ct);
            resting.TryRemove(over.Id, out _);
        }

        return false;
    }
}
