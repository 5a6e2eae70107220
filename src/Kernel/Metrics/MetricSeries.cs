namespace Salus.Kernel.Metrics;

/// <summary>The numbers of one combination of labels.</summary>
internal sealed class MetricSeries(string labels, int bounds)
{
    // One place more than bounds: what is above the last of them.
    private readonly long[] buckets = bounds == 0 ? [] : new long[bounds + 1];
    private readonly Lock change = new();
    private double sum;
    private bool observed;
    private bool seen;

    public string Labels => labels;

    public void Record(double value, MetricKind kind, bool observes, double[] bounds)
    {
        lock (change)
        {
            observed |= observes;
            seen = true;
            sum = kind == MetricKind.Gauge ? value : sum + value;
            if (kind == MetricKind.Histogram)
            {
                var place = Array.BinarySearch(bounds, value);
                buckets[place < 0 ? ~place : place]++;
            }
        }
    }

    public void BeginReading()
    {
        lock (change)
        {
            if (observed)
            {
                seen = false;
                sum = 0;
            }
        }
    }

    /// <summary>Sum (or value) and bucket counts, not cumulative; null when an observed instrument no longer names this series.</summary>
    public (double Sum, long[] Buckets)? Read()
    {
        lock (change)
        {
            return seen ? (sum, (long[])buckets.Clone()) : null;
        }
    }
}
