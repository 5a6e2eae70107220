using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>Stored samples in memory, as the journal and the blocks give them: commits are numbered from 1 over all partitions.</summary>
internal sealed class TestJournal(IReadOnlyList<Sample[]> commits, Ward ward) : ISamplePast
{
    private readonly int[] partitions = [.. Course.Patients.Select(Ward.PartitionOf).Distinct()];

    public IReadOnlyList<Sample[]> Commits => commits;

    /// <summary>Partitions that have no snapshot: nothing was ever committed there.</summary>
    public int Untouched => Partitions.Count - partitions.Length;

    /// <summary>The oldest commit that is in the journal still.</summary>
    public long Oldest { get; set; } = 1;

    /// <summary>The last commit that a reader sees.</summary>
    public int Upto { get; set; } = commits.Count;

    /// <summary>Happens once for each partition, while somebody reads it.</summary>
    public Action<int>? Meanwhile { get; set; }

    public int SinceReads { get; private set; }

    public int AfterReads { get; private set; }

    /// <summary>What a commit has of a partition.</summary>
    public Sample[] Of(int seq, int partition) => [.. commits[seq - 1].Where(s => ward.SeriesOf(s).Partition == partition)];

    public ValueTask<IAsyncEnumerable<PastSamples>?> AfterAsync(int partition, long seq, CancellationToken ct)
    {
        if (seq + 1 < Oldest)
        {
            return new((IAsyncEnumerable<PastSamples>?)null);
        }

        AfterReads++;
        return new(ReadAsync(partition, (int)seq, 0));
    }

    public IAsyncEnumerable<PastSamples> SinceAsync(int partition, long time, CancellationToken ct)
    {
        // Nothing to count for partitions that have nothing: they are asked for all the same.
        SinceReads++;
        return ReadAsync(partition, 0, time);
    }

    private async IAsyncEnumerable<PastSamples> ReadAsync(int partition, int after, long time)
    {
        await Task.Yield();
        // From blocks the commit is not known, and the order is another one.
        for (var commit = Upto; commit > after; commit--)
        {
            if (commit == (after + Upto) / 2)
            {
                Meanwhile?.Invoke(partition);
            }

            yield return new(0, Of(commit, partition).Where(s => s.Time >= time).ToArray());
        }

        yield return new(Upto, default);
    }
}
