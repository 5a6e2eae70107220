using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.Kafka;

/// <summary>
/// A member of the consumer group, from joining to leaving. One thread polls; what it gets is worked on by others, and an offset is committed when everything up to it is durable.
/// While as much is in work as may be, the partitions are paused: the process stays in the group and fetches nothing.
/// </summary>
internal sealed class VitalsReader : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    // What is in work for a partition that goes to another process; the brokers wait longer (max.poll.interval.ms, 5 minutes).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    // Shorter jams are waited out: to pause throws away what was fetched ahead.
    private static readonly TimeSpan Jam = TimeSpan.FromSeconds(1);

    private readonly Cluster cluster;
    private readonly TelemetryInlet inlet;
    private readonly MessageWork work;
    private readonly KafkaOptions options;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly WorkRoom room;
    private readonly Dictionary<TopicPartition, PartitionLine> lines = [];
    private readonly CancellationTokenSource giveUp = new();
    private readonly Quiet quiet;
    private Error? fatal;
    private bool paused;
    private volatile bool steady;

    public VitalsReader(Cluster cluster, TelemetryInlet inlet, MessageWork work, KafkaOptions options, TimeProvider time, ILogger log)
    {
        (this.cluster, this.inlet, this.work, this.options, this.time, this.log) = (cluster, inlet, work, options, time, log);
        room = new WorkRoom(options.MostInWork, options.MostMegabytes * 1024L * 1024);
        quiet = new Quiet(time, TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether the group knows this member and its coordinator answers; as of a second ago.</summary>
    public bool IsSteady => steady;

    /// <summary>Runs on the calling thread until it is stopped, another process takes the samples, or the client cannot go on.</summary>
    /// <exception cref="KafkaException">The client cannot go on: a new one has to be made.</exception>
    public void Run(CancellationToken stop)
    {
        using var consumer = Build();
        try
        {
            consumer.Subscribe(options.VitalsTopic);
            while (!stop.IsCancellationRequested && !inlet.Overtaken && fatal is null)
            {
                Balance(consumer);
                if (Next(consumer) is { } message)
                {
                    Begin(consumer, message);
                }

                Store(consumer);
            }
        }
        finally
        {
            steady = false;
            // Waits for what is in work, commits what is durable, and tells the group.
            consumer.Close();
        }

        if (fatal is not null)
        {
            throw new KafkaException(fatal);
        }
    }

    public void Dispose()
    {
        giveUp.Cancel();
        foreach (var line in lines.Values)
        {
            line.Dispose();
        }

        giveUp.Dispose();
    }

    private IConsumer<byte[]?, byte[]?> Build() => new ConsumerBuilder<byte[]?, byte[]?>(cluster.Consumer())
        .SetPartitionsAssignedHandler((_, partitions) => partitions.ForEach(p => lines[p] = new PartitionLine(p, giveUp.Token)))
        .SetPartitionsRevokedHandler((consumer, partitions) => HandOver(consumer, partitions))
        .SetPartitionsLostHandler((_, partitions) => partitions.ForEach(p => Forget(p.TopicPartition)))
        .SetStatisticsHandler((_, json) => Observe(ClusterState.IsSteady(json)))
        .SetErrorHandler((_, error) => Hear(error))
        .SetLogHandler((_, m) => KafkaLog.Library(log, m.Facility, m.Message))
        .Build();

    private ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(Poll);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // Such as a topic that is not there yet or may not be read: it is asked for again by itself.
            Hear(e.Error);
            return null;
        }
    }

    // Fetches nothing while there is no room, and goes on when half of it is free.
    private void Balance(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!paused && room.IsFull)
        {
            var since = time.GetTimestamp();
            while (room.IsFull && time.GetElapsedTime(since) < Jam)
            {
                room.WaitForLeave(Poll);
            }

            paused = room.IsFull;
        }

        if (paused && room.IsRoomy)
        {
            paused = false;
            consumer.Resume(consumer.Assignment);
        }
        else if (paused)
        {
            // Again and again: partitions may have come.
            consumer.Pause(consumer.Assignment);
        }
    }

    private void Begin(IConsumer<byte[]?, byte[]?> consumer, ConsumeResult<byte[]?, byte[]?> message)
    {
        if (!lines.TryGetValue(message.TopicPartition, out var line))
        {
            return;
        }

        LookForGap(consumer, line, message.Offset.Value);
        var entry = line.Add(message.Offset.Value, work.Size(message.Message));
        room.Enter(entry.Size);
        var token = line.Revoked;
        _ = Task.Run(() => WorkAsync(message, entry, token), CancellationToken.None);
    }

    private async Task WorkAsync(ConsumeResult<byte[]?, byte[]?> message, Entry entry, CancellationToken ct)
    {
        var done = false;
        try
        {
            done = await work.FinishAsync(message, ct);
        }
        finally
        {
            entry.End(done);
            room.Leave(entry.Size);
        }
    }

    private void Store(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var line in lines.Values)
        {
            if (line.Advance() is { } offset)
            {
                consumer.StoreOffset(new TopicPartitionOffset(line.Partition, offset));
            }
        }
    }

    // On the polling thread, before the group gives the partitions to others: the client commits what is stored by then.
    private void HandOver(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartitionOffset> partitions)
    {
        var going = partitions.Select(p => lines.GetValueOrDefault(p.TopicPartition)).OfType<PartitionLine>().ToList();
        var since = time.GetTimestamp();
        while (going.Any(l => l.IsBusy) && time.GetElapsedTime(since) < Patience && !work.IsHeld)
        {
            room.WaitForLeave(Poll);
        }

        Store(consumer);
        going.ForEach(l => Forget(l.Partition));
    }

    private void Forget(TopicPartition partition)
    {
        if (lines.Remove(partition, out var line))
        {
            line.Revoke();
            line.Dispose();
        }
    }

    // The cluster removes what is older than its retention, read or not. Markers of transactions and compaction leave gaps as well, above the first offset that is there.
    private void LookForGap(IConsumer<byte[]?, byte[]?> consumer, PartitionLine line, long offset)
    {
        try
        {
            line.Next ??= consumer.Committed([line.Partition], Patience)[0].Offset is { IsSpecial: false } committed ? committed.Value : offset;
            if (offset > line.Next && consumer.QueryWatermarkOffsets(line.Partition, Patience).Low.Value is var low && low > line.Next)
            {
                KafkaMeter.Missed.Add(low - line.Next.Value);
                KafkaLog.Missed(log, low - line.Next.Value, line.Partition.Topic, line.Partition.Partition.Value, line.Next.Value);
            }
        }
        catch (KafkaException e)
        {
            Hear(e.Error);
        }
    }

    private void Hear(Error error)
    {
        if (error.IsFatal)
        {
            fatal = error;
        }
        else if (quiet.Over(error.Code.ToString()))
        {
            KafkaLog.Trouble(log, cluster.Address, $"{error.Code}: {error.Reason}");
        }
    }

    private void Observe(bool now)
    {
        if (now && !steady)
        {
            KafkaLog.Consuming(log, options.VitalsTopic, cluster.Address);
        }

        steady = now;
    }
}
