using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>
/// The heads of all series. Whoever holds the turn may change heads: the writer for a commit, the flusher for the moment in which it closes the heads of a partition. Finding them
/// is safe for all threads.
/// </summary>
internal sealed class HeadTable(SeriesBook book) : IDisposable
{
    private readonly Part[] parts = [.. Enumerable.Range(0, Partitions.Count).Select(_ => new Part())];
    private readonly Lock growing = new();
    private Head?[] heads = new Head?[256];
    private long samples;

    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>The last row of the journal; only with the turn.</summary>
    public long Seq { get; set; }

    /// <summary>About how many samples are not in blocks yet.</summary>
    public long Samples => Interlocked.Read(ref samples);

    /// <summary>The head of a series, made when it has none.</summary>
    /// <exception cref="KeyNotFoundException">There is no such series.</exception>
    public Head Of(int series) => Find(series) ?? Make(book[series]);

    public Head? Find(int series)
    {
        var all = Volatile.Read(ref heads);
        return (uint)series < (uint)all.Length ? Volatile.Read(ref all[series]) : null;
    }

    /// <summary>Notes samples that came, or with a negative number that went into blocks.</summary>
    public void Count(long more) => Interlocked.Add(ref samples, more);

    /// <summary>What a partition has to store, up to now: that of an attempt that failed, else its open runs, closed. Needs the turn.</summary>
    public Closing Close(int partition)
    {
        var part = parts[partition];
        lock (part)
        {
            if (part.Pending is null)
            {
                part.Flushed = Seq;
                part.Pending = new Closing(Seq, [.. part.Heads.Where(h => h.Close(Seq) is not null)]);
            }

            return part.Pending;
        }
    }

    /// <summary>What was closed is in blocks. Needs the turn.</summary>
    public void Stored(int partition, Closing closing)
    {
        var part = parts[partition];
        lock (part)
        {
            if (!ReferenceEquals(part.Pending, closing))
            {
                // The partition went and came back meanwhile.
                return;
            }

            foreach (var head in closing.Heads)
            {
                Count(-head.Look().Closed!.Count);
                head.Stored();
            }

            part.Pending = null;
        }
    }

    /// <summary>What the series of a partition have that is not in blocks. Needs the turn, where it is to be of the moment of a commit.</summary>
    public IReadOnlyList<(int Series, HeadView View)> Views(int partition)
    {
        var part = parts[partition];
        lock (part)
        {
            return [.. part.Heads.Select(h => (h.Series.Number, h.Look()))];
        }
    }

    /// <summary>When this process gets a partition: up to which row of the journal it is in blocks. What was kept of it from before goes. Needs the turn.</summary>
    public void Begin(int partition, long seq)
    {
        var part = parts[partition];
        lock (part)
        {
            foreach (var head in part.Heads)
            {
                Count(-head.Count);
                Put(head.Series.Number, null);
            }

            part.Heads.Clear();
            (part.Flushed, part.Pending) = (seq, null);
        }
    }

    /// <summary>Adds samples that are in the journal; gives how many are new. A commit whose answer was lost may be there, and the same samples sent again behind it. Needs the turn.</summary>
    public long Put(List<Sample> durable)
    {
        var put = 0;
        foreach (var sample in durable)
        {
            var head = Of(sample.Series);
            if (head.Add(sample, out _))
            {
                put++;
            }

            head.Publish();
        }

        Count(put);
        return put;
    }

    public void Dispose() => Turn.Dispose();

    private Head Make(Series series)
    {
        var part = parts[series.Partition];
        lock (part)
        {
            if (Find(series.Number) is { } made)
            {
                return made;
            }

            var head = new Head(series, book.StoredUntil(series.Number), part.Flushed);
            part.Heads.Add(head);
            Put(series.Number, head);
            return head;
        }
    }

    private void Put(int number, Head? head)
    {
        lock (growing)
        {
            if (number >= heads.Length)
            {
                var more = heads;
                Array.Resize(ref more, Math.Max(number + 1, heads.Length * 2));
                Volatile.Write(ref heads, more);
            }

            Volatile.Write(ref heads[number], head);
        }
    }

    private sealed class Part
    {
        public List<Head> Heads { get; } = [];

        public long Flushed { get; set; }

        public Closing? Pending { get; set; }
    }
}

/// <summary>The closed runs of a partition, to be stored.</summary>
/// <param name="Seq">The last row of the journal that is in them.</param>
internal sealed record Closing(long Seq, IReadOnlyList<Head> Heads);
