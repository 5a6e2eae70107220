using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>The requests that go into one commit. Used again for the next; only by the writer, with the turn.</summary>
internal sealed class CommitGroup(HeadTable heads)
{
    private readonly List<Head> touched = [];
    private readonly List<Sample> stored = [];
    private readonly int[] counts = new int[Partitions.Count];

    public List<TakeRequest> Requests { get; } = [];

    /// <summary>Samples of all requests.</summary>
    public int Size { get; private set; }

    /// <summary>The new ones, in order of their partitions; null when there are none.</summary>
    public CommittedSamples? Samples { get; private set; }

    public void Add(TakeRequest request)
    {
        Requests.Add(request);
        Size += request.Samples.Length;
    }

    /// <summary>Samples that may be in blocks already.</summary>
    public IReadOnlyCollection<(int Series, long Time)> Late()
    {
        HashSet<(int, long)>? late = null;
        foreach (var request in Requests)
        {
            foreach (var sample in request.Samples.Span)
            {
                if (heads.Of(sample.Series).MayBeInBlocks(sample.Time))
                {
                    (late ??= []).Add((sample.Series, sample.Time));
                }
            }
        }

        return late is null ? [] : late;
    }

    /// <summary>Puts the new ones into the heads, not yet to be seen.</summary>
    /// <param name="inBlocks">Those that are in blocks.</param>
    public void Put(IReadOnlySet<(int Series, long Time)> inBlocks)
    {
        foreach (var request in Requests)
        {
            foreach (var sample in request.Samples.Span)
            {
                if ((inBlocks.Count == 0 || !inBlocks.Contains((sample.Series, sample.Time))) && Put(sample))
                {
                    request.Stored++;
                }
            }
        }

        Samples = stored.Count == 0 ? null : CommittedSamples.Sort(stored, counts, s => heads.Of(s.Series).Series.Partition);
    }

    /// <summary>All of it is durable.</summary>
    public void Publish()
    {
        heads.Count(stored.Count);
        foreach (var head in touched)
        {
            head.Publish();
        }

        Forget();
    }

    /// <summary>Nothing of it is durable, as far as is known.</summary>
    public void TakeBack()
    {
        foreach (var head in touched)
        {
            head.TakeBack();
        }

        Samples?.Done();
        Samples = null;
        Forget();
    }

    /// <summary>Empty again, for the next.</summary>
    public void Clear()
    {
        Requests.Clear();
        Size = 0;
        Samples = null;
    }

    private bool Put(Sample sample)
    {
        var head = heads.Of(sample.Series);
        if (!head.Add(sample, out var first))
        {
            return false;
        }

        if (first)
        {
            touched.Add(head);
        }

        stored.Add(sample);
        counts[head.Series.Partition]++;
        return true;
    }

    private void Forget()
    {
        touched.Clear();
        stored.Clear();
        Array.Clear(counts);
    }
}
