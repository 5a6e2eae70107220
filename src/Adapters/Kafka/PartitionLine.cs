using Confluent.Kafka;

namespace Salus.Kafka;

/// <summary>A message that is in work.</summary>
/// <param name="Size">Bytes.</param>
internal sealed record Entry(long Offset, int Size)
{
    private volatile bool ended;
    private volatile bool done;

    /// <summary>Nothing is done with it any more.</summary>
    public bool Ended => ended;

    /// <summary>It is durable, or a dead letter.</summary>
    public bool Done => done;

    /// <param name="isDone">False when it was given up: then it has to come again.</param>
    public void End(bool isDone)
    {
        done = isDone;
        ended = true;
    }
}

/// <summary>
/// The messages of a partition that are in work, in their order. They come to an end in any order; what may be committed is only what has nothing unfinished before it.
/// Belongs to the thread that reads.
/// </summary>
internal sealed class PartitionLine(TopicPartition partition, CancellationToken stop) : IDisposable
{
    private readonly Queue<Entry> entries = new();
    private readonly CancellationTokenSource revoked = CancellationTokenSource.CreateLinkedTokenSource(stop);

    public TopicPartition Partition => partition;

    /// <summary>Cancelled when the partition is another's: what is not durable then is for that one.</summary>
    public CancellationToken Revoked => revoked.Token;

    /// <summary>The offset that is expected next; null when that is not known.</summary>
    public long? Next { get; set; }

    /// <summary>Whether anything is in work.</summary>
    public bool IsBusy => entries.Any(e => !e.Ended);

    /// <summary>Takes a message into the line.</summary>
    public Entry Add(long offset, int size)
    {
        var entry = new Entry(offset, size);
        entries.Enqueue(entry);
        Next = offset + 1;
        return entry;
    }

    /// <summary>The offset from which on somebody else would have to read, when it is further than at the last call; null else.</summary>
    public long? Advance()
    {
        long? done = null;
        // What was given up stays, and everything behind it.
        while (entries.TryPeek(out var first) && first.Done)
        {
            done = entries.Dequeue().Offset + 1;
        }

        return done;
    }

    /// <summary>Gives up what is not done.</summary>
    public void Revoke() => revoked.Cancel();

    public void Dispose() => revoked.Dispose();
}
