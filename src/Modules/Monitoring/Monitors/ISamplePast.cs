using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Monitors;

/// <summary>Samples that are stored.</summary>
/// <param name="Seq">The commit of the journal up to which, with this portion, everything asked for has come; 0 while that cannot be said. The last portion says it, and may be empty.</param>
/// <param name="Samples">In any order; of the partition that was asked for.</param>
internal readonly record struct PastSamples(long Seq, ReadOnlyMemory<Sample> Samples);

/// <summary>
/// The stored samples of a partition, for monitors that begin. Every sample comes exactly once. What is committed while it is read may be left out: the
/// observer is told of it, and knows by the seq of the last portion which of these it has.
/// </summary>
internal interface ISamplePast
{
    /// <summary>All samples of the commits after one. Null when the journal does not go back so far: what was after it stands in blocks, without its commit.</summary>
    ValueTask<IAsyncEnumerable<PastSamples>?> AfterAsync(int partition, long seq, CancellationToken ct);

    /// <summary>All samples that were measured at a time or later (milliseconds since 1970 UTC), from wherever they are stored.</summary>
    IAsyncEnumerable<PastSamples> SinceAsync(int partition, long time, CancellationToken ct);
}
