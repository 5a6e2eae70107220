using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Live;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Cluster;

/// <summary>
/// Tells the other processes of the states of this one's patients, of each the newest and at most ten times a second, and takes over what they tell: so every process can show every patient. What is
/// lost on the way is told again with the next change, and to who has just come.
/// </summary>
internal sealed class ClusterNews(SampleOwner owner, MonitorBook book, LiveFollowers followers, AlertChanges alerts, IEnumerable<IPartitionQueues> all, TimeProvider time, ILogger<ClusterNews> log)
    : BackgroundService, IPatientObserver
{
    private const int MostStates = 200;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IPartitionQueues? queues = all.FirstOrDefault();
    private readonly int[] epochs = new int[Partitions.Count];
    private readonly Lock turn = new();
    private Dictionary<(Tenant, string), ToldState> waiting = [];
    private NewsKind kind;

    /// <inheritdoc/>
    public void Changed(PatientState state)
    {
        if (owner.Clustered && owner.Epoch(Partitions.Of(state.Tenant, state.Patient)) is not 0 and var epoch)
        {
            lock (turn)
            {
                waiting[(state.Tenant, state.Patient)] = new ToldState(epoch, state);
            }
        }
    }

    /// <summary>Asks the others for everything: this process has just begun to hear them.</summary>
    public void Ask()
    {
        lock (turn)
        {
            kind |= NewsKind.Hello;
        }
    }

    /// <summary>Takes what a process told.</summary>
    public void Hear(ReadOnlyMemory<byte> news)
    {
        try
        {
            var (from, said, states) = NewsFormat.Read(news);
            if (from == owner.Id)
            {
                return;
            }

            states.ForEach(Take);
            if (said.HasFlag(NewsKind.Hello))
            {
                book.All.ToList().ForEach(Changed);
            }

            if (said.HasFlag(NewsKind.Alerts))
            {
                alerts.Wake();
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            MonitoringLog.NewsUnread(log, e);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => !owner.Clustered || queues is null ? Task.CompletedTask : new WorkLoop(time, (e, _) => MonitoringLog.NewsUnsent(log, e), Pause, Pause).RunAsync(
        async ct =>
        {
            await Task.Delay(Pace, time, ct);
            if (queues.IsReady)
            {
                await TellAsync(queues);
            }
        },
        stoppingToken);

    private async Task TellAsync(IPartitionQueues queues)
    {
        ToldState[] states;
        NewsKind said;
        lock (turn)
        {
            (states, said) = ([.. waiting.Values], kind | (alerts.Took() ? NewsKind.Alerts : NewsKind.None));
            (waiting, kind) = ([], NewsKind.None);
        }

        foreach (var portion in states.Chunk(MostStates))
        {
            await queues.TellAsync(NewsFormat.Write(owner.Id, said, portion));
            said = NewsKind.None;
        }

        if (said != NewsKind.None)
        {
            await queues.TellAsync(NewsFormat.Write(owner.Id, said, []));
        }
    }

    // Of two that claim a partition, the later one is right; of its own this process knows best.
    private void Take(ToldState told)
    {
        var partition = Partitions.Of(told.State.Tenant, told.State.Patient);
        if (owner.Holds(partition) || told.Epoch < Volatile.Read(ref epochs[partition]))
        {
            return;
        }

        Volatile.Write(ref epochs[partition], told.Epoch);
        book.Put(told.State);
        followers.Changed(told.State);
    }
}
