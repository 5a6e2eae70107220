using System.Numerics;

namespace Salus.Bench.Load;

/// <summary>
/// Counts latencies in buckets whose width is below 0.8 % of their value, as HdrHistogram does: 128 buckets for each power of two of nanoseconds. No value is
/// left out and none allocates.
/// </summary>
internal sealed class Latencies
{
    private const int Shift = 7;
    private const int Half = 1 << Shift;
    private readonly long[] buckets = new long[(65 - Shift) * Half];

    public long Count { get; private set; }

    public double MaxMilliseconds => max / 1e6;

    private long max;

    public void Record(TimeSpan latency)
    {
        var nanoseconds = Math.Max(0, (long)latency.TotalNanoseconds);
        buckets[Index(nanoseconds)]++;
        max = Math.Max(max, nanoseconds);
        Count++;
    }

    /// <summary>Milliseconds below or at which that part of all lies (nearest rank): the upper end of the bucket, and never above the maximum.</summary>
    public double Percentile(double part)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        for (var i = 0; i < buckets.Length; i++)
        {
            rank -= buckets[i];
            if (rank <= 0)
            {
                return Math.Min(Upper(i), max) / 1e6;
            }
        }

        return double.NaN;
    }

    // Below 256 ns each nanosecond has a bucket; above, the seven bits after the first one choose it.
    private static int Index(long nanoseconds)
    {
        var power = Math.Max(0, BitOperations.Log2((ulong)nanoseconds | 1) - Shift);
        return (power << Shift) + (int)(nanoseconds >> power);
    }

    private static long Upper(int index)
    {
        var power = Math.Max(0, (index >> Shift) - 1);
        return ((long)(index - (power << Shift)) + 1 << power) - 1;
    }
}
