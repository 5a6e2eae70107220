using System.Buffers;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Cluster;

/// <summary>The way of checked samples: into this process, or by the queue of their partition to the process that has it. Safe for all threads.</summary>
internal sealed class SampleRoute(SampleOwner owner, SampleFlow flow, SeriesBook book, IEnumerable<IPartitionQueues> all)
{
    private readonly IPartitionQueues? queues = all.FirstOrDefault();

    /// <summary>Whether samples go by the queues of partitions.</summary>
    public bool ByQueue => owner.Clustered;

    /// <summary>Another process takes the samples of all, until this one starts again. Never where processes share them.</summary>
    public bool Overtaken => owner.Lost;

    /// <summary>Whether they would be taken now.</summary>
    public bool IsReady => owner.Clustered ? queues is { IsReady: true } : !owner.Lost;

    /// <summary>Returns when they are durable here, or in the queues of their partitions: there, which of them are duplicates is not known yet, and all count as stored. Fails as <see cref="SampleFlow.TakeAsync"/>.</summary>
    public ValueTask<Outcome<Taken>> TakeAsync(ReadOnlyMemory<Sample> samples, CancellationToken ct) => owner.Clustered ? SendAsync(samples) : flow.TakeAsync(samples, ct);

    private async ValueTask<Outcome<Taken>> SendAsync(ReadOnlyMemory<Sample> samples)
    {
        var confirmed = queues is { IsReady: true } && await queues.PublishAsync(Messages(samples.Span));
        ClusterMeter.Sent.Add(samples.Length, new KeyValuePair<string, object?>("outcome", confirmed ? "confirmed" : "refused"));
        return confirmed ? new Taken(samples.Length, 0) : FlowFailures.BrokerAway();
    }

    private List<PartitionMessage> Messages(ReadOnlySpan<Sample> samples)
    {
        var parts = new List<Sample>?[Partitions.Count];
        foreach (var sample in samples)
        {
            (parts[book[sample.Series].Partition] ??= []).Add(sample);
        }

        var messages = new List<PartitionMessage>();
        for (var partition = 0; partition < parts.Length; partition++)
        {
            if (parts[partition] is { } part)
            {
                var bytes = new ArrayBufferWriter<byte>(8 * part.Count);
                JournalCodec.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(part), bytes);
                messages.Add(new PartitionMessage(partition, bytes.WrittenMemory));
            }
        }

        return messages;
    }
}
