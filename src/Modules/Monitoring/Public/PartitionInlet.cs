using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring;

/// <summary>How a message of a partition ended.</summary>
public enum PartitionOutcome
{
    /// <summary>Its samples are durable: it may be acknowledged.</summary>
    Stored,
    /// <summary>Nothing of it was stored; this process may take it in a moment.</summary>
    Again,
    /// <summary>Another process has the partition: it goes back to the queue.</summary>
    Elsewhere,
    /// <summary>It cannot be read, now or ever.</summary>
    Unreadable,
}

/// <summary>The door for a broker that carries the samples of partitions between the processes that share them. Safe for all threads.</summary>
public sealed class PartitionInlet
{
    /// <summary>Partitions of patients: 64.</summary>
    public const int Count = Partitions.Count;

    private readonly SampleOwner owner;
    private readonly Takeover takeover;
    private readonly ClusterNodes nodes;
    private readonly SeriesBook book;
    private readonly SampleFlow flow;
    private readonly ClusterNews news;

    internal PartitionInlet(SampleOwner owner, Takeover takeover, ClusterNodes nodes, SeriesBook book, SampleFlow flow, ClusterNews news) =>
        (this.owner, this.takeover, this.nodes, this.book, this.flow, this.news) = (owner, takeover, nodes, book, flow, news);

    /// <summary>Whether processes share the partitions.</summary>
    public bool Clustered => owner.Clustered;

    /// <summary>Whether this process has a partition, as far as it knows.</summary>
    public bool Holds(int partition) => owner.Holds(partition);

    /// <summary>Tells the others, through the database, that this process lives and which queues it listens to; gives those that it is to listen to: to its own, and behind
    /// their process to those that it would take over. One that it has and is not to listen to goes back to the process which has come for it. Call it every second.</summary>
    /// <param name="listening">The queues that it listens to.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task<IReadOnlySet<int>> BeatAsync(IReadOnlySet<int> listening, CancellationToken ct) => nodes.BeatAsync(listening, ct);

    /// <summary>Returns when the database answers: ask before listening to anything.</summary>
    /// <exception cref="NpgsqlException">It is away.</exception>
    public Task ReachAsync(CancellationToken ct) => nodes.ReachAsync(ct);

    /// <summary>Tells the others that this process goes.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task LeaveAsync(CancellationToken ct) => nodes.LeaveAsync(ct);

    /// <summary>
    /// Takes partitions over: the broker delivers their messages to this process and to no other. Returns when their patients are scored and judged here; what fails may be begun again.
    /// </summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task GainAsync(IReadOnlyCollection<int> partitions, CancellationToken ct) => takeover.GainAsync(partitions, ct);

    /// <summary>Before a partition is given back: writes down what saves time to the process that gets it.</summary>
    public Task PrepareAsync(int partition, CancellationToken ct) => takeover.PrepareAsync(partition, ct);

    /// <summary>Gives a partition up, when no message of it is in work any more.</summary>
    public void GiveBack(int partition) => takeover.GiveBack(partition);

    /// <summary>What a process told all others (<see cref="IPartitionQueues.TellAsync"/>) comes from here on to <see cref="Hear"/>.</summary>
    public void Hears() => news.Ask();

    /// <summary>Takes what a process told.</summary>
    public void Hear(ReadOnlyMemory<byte> told) => news.Hear(told);

    /// <summary>Returns when the samples of a message are durable, or why they are not. What is there already is dropped.</summary>
    public async ValueTask<PartitionOutcome> TakeAsync(int partition, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        if (!owner.Holds(partition))
        {
            return PartitionOutcome.Elsewhere;
        }

        var samples = new List<Sample>();
        try
        {
            JournalCodec.Read(message.Span, samples);
            await book.LoadAsync(samples.Select(s => s.Series), ct);
        }
        catch (InvalidDataException)
        {
            return PartitionOutcome.Unreadable;
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return PartitionOutcome.Again;
        }

        if (!samples.TrueForAll(s => book.Has(s.Series) && book[s.Series].Partition == partition && s.Time is >= 0 and < UnixTime.End))
        {
            return PartitionOutcome.Unreadable;
        }

        var taken = await flow.TakeAsync(samples.ToArray(), ct, partition);
        if (taken.Failed(out _))
        {
            return owner.Holds(partition) ? PartitionOutcome.Again : PartitionOutcome.Elsewhere;
        }

        ClusterMeter.Duplicates.Add(taken.Value.Duplicates);
        return PartitionOutcome.Stored;
    }
}
