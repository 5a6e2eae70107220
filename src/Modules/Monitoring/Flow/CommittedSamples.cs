using System.Buffers;

namespace Salus.Monitoring.Flow;

/// <summary>The samples of a commit, in order of their partitions, in an array that goes back to its pool when everybody is done with it.</summary>
internal sealed class CommittedSamples
{
    private readonly Sample[] samples;
    private readonly int[] ends = new int[Partitions.Count];
    private int users = 1;

    private CommittedSamples(Sample[] samples) => this.samples = samples;

    /// <summary>The row of the journal that they are in; 0 until they have one.</summary>
    public long Seq { get; set; }

    /// <summary>Those of a partition, in the order in which they came.</summary>
    public ReadOnlySpan<Sample> Of(int partition)
    {
        var start = partition == 0 ? 0 : ends[partition - 1];
        return samples.AsSpan(start, ends[partition] - start);
    }

    /// <param name="counts">How many there are of each partition.</param>
    public static CommittedSamples Sort(List<Sample> all, ReadOnlySpan<int> counts, Func<Sample, int> partition)
    {
        var sorted = new CommittedSamples(ArrayPool<Sample>.Shared.Rent(all.Count));
        var next = new int[Partitions.Count];
        var sum = 0;
        for (var i = 0; i < next.Length; i++)
        {
            next[i] = sum;
            sum += counts[i];
            sorted.ends[i] = sum;
        }

        foreach (var sample in all)
        {
            sorted.samples[next[partition(sample)]++] = sample;
        }

        return sorted;
    }

    /// <summary>So many more will call <see cref="Done"/>.</summary>
    public void Share(int more) => Interlocked.Add(ref users, more);

    public void Done()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            ArrayPool<Sample>.Shared.Return(samples);
        }
    }
}
