using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>The queues that one connection listens to. Used by one thread, but for <see cref="End"/>, <see cref="Ended"/> and <see cref="NotGained"/>.</summary>
internal sealed class PartitionSession : IDisposable
{
    // For what is in a commit when a partition is given back, or the server stops.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly IChannel channel;
    private readonly IChannel asking;
    private readonly PartitionInlet inlet;
    private readonly RabbitMqOptions options;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Quiet quiet;
    private readonly DeadLetters dead;
    private readonly PartitionGains gains;
    private readonly Dictionary<int, PartitionListener> listeners = [];
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="channel">Of the consumers.</param>
    /// <param name="asking">For questions that close a channel when the answer is no.</param>
    /// <param name="publishing">With confirms, for dead letters.</param>
    public PartitionSession(IChannel channel, IChannel asking, IChannel publishing, PartitionInlet inlet, RabbitMqOptions options, TimeProvider time, ILogger log, CancellationToken ct)
    {
        (this.channel, this.asking, this.inlet, this.options, this.time, this.log) = (channel, asking, inlet, options, time, log);
        quiet = new Quiet(time, Silence);
        dead = new DeadLetters(publishing, options, time, log);
        gains = new PartitionGains(inlet, partition => channel.QueueDeclarePassiveAsync(PartitionTopology.Queue(options, partition), ct), time, ct);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            End(reason.ReplyText);
            return Task.CompletedTask;
        };
    }

    /// <summary>Completes, with the reason, when nothing more can be taken on this connection.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>The partitions whose queues it listens to.</summary>
    public IReadOnlySet<int> Listening => listeners.Keys.ToHashSet();

    public void End(string reason) => ended.TrySetResult(reason);

    /// <summary>A partition could not be taken over; it is tried again.</summary>
    public void NotGained(int partition, Exception e)
    {
        if (quiet.Over("not gained"))
        {
            RabbitMqLog.NotGained(log, e, partition);
        }
    }

    /// <summary>Begins to listen and ends it, as the plan says.</summary>
    public async Task ApplyAsync(IReadOnlySet<int> plan, CancellationToken ct)
    {
        await LeaveAsync(listeners.Keys.Except(plan).ToList(), ct);
        foreach (var partition in plan.Except(listeners.Keys).Order().ToList())
        {
            var listener = new PartitionListener(partition, channel, inlet, gains, dead, this, time, log);
            listeners[partition] = listener;
            await channel.BasicConsumeAsync(PartitionTopology.Queue(options, partition), autoAck: false, listener.Tag, noLocal: false, exclusive: false, arguments: null, listener, ct);
        }
    }

    /// <summary>
    /// Sends a message without samples to each queue that is empty and whose partition this process does not have: who gets it knows that the partition is its own, though no device sends anything.
    /// </summary>
    public async Task KnockAsync(CancellationToken ct)
    {
        foreach (var partition in listeners.Keys.Where(p => !inlet.Holds(p)).ToList())
        {
            var queue = PartitionTopology.Queue(options, partition);
            if ((await asking.QueueDeclarePassiveAsync(queue, ct)).MessageCount == 0)
            {
                await asking.BasicPublishAsync("", queue, mandatory: false, new BasicProperties { Type = PartitionTopology.Knock }, ReadOnlyMemory<byte>.Empty, ct);
            }
        }
    }

    /// <summary>Ends listening to some, lets what is in work come to its end, and gives back what this process has of them.</summary>
    public async Task LeaveAsync(IReadOnlyCollection<int> partitions, CancellationToken ct)
    {
        var leaving = partitions.Where(listeners.ContainsKey).Select(p => listeners[p]).ToList();
        foreach (var listener in leaving)
        {
            if (inlet.Holds(listener.Partition))
            {
                await inlet.PrepareAsync(listener.Partition, ct);
            }

            listener.Close();
            await channel.BasicCancelAsync(listener.Tag, noWait: false, ct);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        foreach (var listener in leaving)
        {
            while (listener.Working > 0 && !limit.IsCancellationRequested && !ended.Task.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), time, CancellationToken.None);
            }

            // What is still in work finds that the partition has gone, and goes back.
            inlet.GiveBack(listener.Partition);
            listeners.Remove(listener.Partition);
        }
    }

    public void Dispose()
    {
        dead.Dispose();
        gains.Dispose();
    }
}
