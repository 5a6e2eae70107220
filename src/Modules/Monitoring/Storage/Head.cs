using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>An encoded run of samples of one series.</summary>
/// <param name="Oldest">The least time in it, milliseconds since 1970 UTC.</param>
/// <param name="Newest">The greatest time in it.</param>
internal sealed record Run(ReadOnlyMemory<byte> Data, int Count, long Oldest, long Newest);

/// <summary>What a series has that is not in blocks, at a moment.</summary>
/// <param name="Closed">What is being stored; it is in blocks once <see cref="Until"/> has been flushed.</param>
/// <param name="Open">What came after.</param>
/// <param name="Until">Up to which row of the journal <paramref name="Closed"/> goes.</param>
internal readonly record struct HeadView(Run? Closed, Run? Open, long Until)
{
    /// <summary>The runs that are not in blocks for who sees in the database that the partition is flushed up to a row of the journal.</summary>
    public IEnumerable<Run> Beyond(long flushed) => (IEnumerable<Run>)[.. Closed is { } c && flushed < Until ? [c] : Array.Empty<Run>(), .. Open is { } o && flushed <= Until ? [o] : Array.Empty<Run>()];
}

/// <summary>
/// The samples of a series that are in the journal and not in blocks yet: an open run, and one that is being stored. One thread at a time changes it, whoever has the turn of
/// <see cref="HeadTable"/>; any may look.
/// </summary>
/// <param name="stored">The newest time in blocks; <see cref="long.MinValue"/> for none.</param>
/// <param name="flushed">Up to which row of the journal the partition is in blocks or about to be.</param>
internal sealed class Head(Series series, long stored, long flushed)
{
    private readonly Lock gate = new();
    private SampleEncoder open = new();
    private long oldest = long.MaxValue;
    private long newest = stored;
    private long newestInBlocks = stored;
    private HashSet<long>? times;
    private (SampleEncoder.Mark Position, long Oldest, long Newest)? before;

    // What readers see: no more than what is durable.
    private Run? published;
    private Run? closed;
    private long until = flushed;

    public Series Series => series;

    /// <summary>The newest time of the series, in here or in blocks; <see cref="long.MinValue"/> for none.</summary>
    public long Newest => Volatile.Read(ref newest);

    /// <summary>How many samples are in it and durable.</summary>
    public int Count => (published?.Count ?? 0) + (closed?.Count ?? 0);

    /// <summary>True when only the blocks can tell whether a sample of this time is there already.</summary>
    public bool MayBeInBlocks(long time) => time <= newestInBlocks && !Has(time);

    /// <summary>Adds a sample whose time is not in blocks; false when it is here already. It is not durable until <see cref="Publish"/>.</summary>
    /// <param name="first">True for the first one since the last <see cref="Publish"/> or <see cref="TakeBack"/>.</param>
    public bool Add(Sample sample, out bool first)
    {
        first = false;
        if (sample.Time <= newest && Has(sample.Time))
        {
            return false;
        }

        if (before is null)
        {
            first = true;
            before = (open.Position, oldest, newest);
        }

        open.Add(sample.Time, sample.Value, sample.Flags);
        times?.Add(sample.Time);
        oldest = Math.Min(oldest, sample.Time);
        newest = Math.Max(newest, sample.Time);
        return true;
    }

    /// <summary>What was added is durable.</summary>
    public void Publish()
    {
        before = null;
        lock (gate)
        {
            published = new Run(open.Written, open.Count, oldest, NewestOpen);
        }
    }

    /// <summary>What was added since the last <see cref="Publish"/> is not durable, and goes.</summary>
    public void TakeBack()
    {
        if (before is { } was)
        {
            // Readers have runs of this buffer, whose bytes must not change: what comes now goes into another.
            open = open.CopyTo(was.Position);
            (oldest, newest, times, before) = (was.Oldest, was.Newest, null, null);
        }
    }

    /// <summary>Ends the open run, to be stored; null when there is nothing. None may be on its way.</summary>
    /// <param name="seq">The last row of the journal that is in it.</param>
    public Run? Close(long seq)
    {
        lock (gate)
        {
            (closed, published, until) = (published, null, seq);
        }

        if (closed is not null)
        {
            open = new SampleEncoder();
            (oldest, times) = (long.MaxValue, null);
        }

        return closed;
    }

    /// <summary>The run that was ended is in blocks.</summary>
    public void Stored()
    {
        newestInBlocks = Math.Max(newestInBlocks, closed?.Newest ?? long.MinValue);
        times = null;
        lock (gate)
        {
            closed = null;
        }
    }

    /// <summary>The runs at this moment: the one being stored, and the open one.</summary>
    public HeadView Look()
    {
        lock (gate)
        {
            return new(closed, published, until);
        }
    }

    // Of the open run: "newest" is of the blocks as well.
    private long NewestOpen => open.Count == 0 ? long.MinValue : newest;

    private bool Has(long time)
    {
        if (open.Count == 0 && closed is null)
        {
            return false;
        }

        // Made when samples first come out of order; most series never do.
        times ??= Times();
        return times.Contains(time);
    }

    private HashSet<long> Times()
    {
        var found = new HashSet<long>();
        foreach (var data in (ReadOnlySpan<ReadOnlyMemory<byte>>)[open.Written, closed?.Data ?? ReadOnlyMemory<byte>.Empty])
        {
            if (!data.IsEmpty)
            {
                var decoder = new SampleDecoder(data.Span);
                while (decoder.Next(out var point))
                {
                    found.Add(point.Time);
                }
            }
        }

        return found;
    }
}
