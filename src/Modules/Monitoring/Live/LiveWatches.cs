using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Live;

/// <summary>What one connection of the hub follows. A task for each, which waits for the client: what it is slow to take waits in the <see cref="LiveFollower"/>. Not for several threads.</summary>
internal sealed class LiveWatches(HubCallerContext connection, ISingleClientProxy client, LiveFeed feed, TimeProvider time, ILogger log)
{
    /// <summary>What one connection follows at most.</summary>
    private const int Most = 16;

    private readonly Dictionary<LiveSubject, Watch> all = [];

    /// <summary>Begins to follow; in the place of what was followed before under the same name.</summary>
    public async Task<Failure?> BeginAsync(LiveViewer viewer, LiveSubject subject, HashSet<string> patients, long after)
    {
        await LeaveAsync(subject);
        if (all.Count == Most)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"One connection follows {Most} wards and patients at most. Leave one first, or open another connection.");
        }

        var stop = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionAborted);
        all[subject] = new Watch(stop, Task.Run(() => TellAsync(viewer, subject, patients, after, stop.Token), CancellationToken.None));
        return null;
    }

    /// <summary>Follows one of them no more.</summary>
    public async Task LeaveAsync(LiveSubject subject)
    {
        if (all.Remove(subject, out var watch))
        {
            await EndAsync(watch);
        }
    }

    /// <summary>The connection has ended.</summary>
    public Task LeaveAsync() => Task.WhenAll(all.Values.Select(EndAsync));

    private static async Task EndAsync(Watch watch)
    {
        await watch.Stop.CancelAsync();
        await watch.Task;
        watch.Stop.Dispose();
    }

    private async Task TellAsync(LiveViewer viewer, LiveSubject subject, HashSet<string> patients, long after, CancellationToken stop)
    {
        try
        {
            await foreach (var news in feed.ReadAsync(viewer, subject, patients, after, stop))
            {
                await TellAsync(subject, news);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It has left.
        }
        catch (Exception e)
        {
            // The client comes back, and resumes.
            MonitoringLog.WatchFailed(log, e);
            connection.Abort();
        }
    }

    // Each call waits until the connection has room for it.
    private async Task TellAsync(LiveSubject subject, LiveNews news)
    {
        if (news.Reset)
        {
            await client.SendAsync("reset", new LiveMessage(json => LiveJson.Write(json, subject, null)), CancellationToken.None);
        }

        foreach (var alert in news.Alerts)
        {
            await client.SendAsync("alert", new LiveMessage(alert.Write), CancellationToken.None);
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var state in news.States)
        {
            await client.SendAsync("state", new LiveMessage(json => StateJson.Write(json, state, now)), CancellationToken.None);
        }

        if (news.Gone is { } why)
        {
            await client.SendAsync("gone", new LiveMessage(json => LiveJson.Write(json, subject, why)), CancellationToken.None);
        }
    }

    private sealed record Watch(CancellationTokenSource Stop, Task Task);
}
