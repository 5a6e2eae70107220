using System.Collections.Concurrent;

namespace Salus.Kernel.Metrics;

/// <summary>What a value means to Prometheus.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,
    /// <summary>A gauge that changes are added to.</summary>
    UpDown,
    /// <summary>A gauge whose last reading counts.</summary>
    Gauge,
    /// <summary>A distribution.</summary>
    Histogram,
}

/// <summary>
/// All series of one metric name. Recording does not allocate once a combination of labels was seen. At most <see cref="SeriesLimit"/> combinations
/// are kept; what comes after goes into one series whose label values are <c>other</c>, so that no caller can fill the memory.
/// </summary>
internal sealed class MetricFamily(MetricName name, MetricKind kind, string help, double[] bounds)
{
    public const int SeriesLimit = 100;
    private const string Other = "other";

    private readonly ConcurrentDictionary<TagSet, MetricSeries> byTags = new(TagSet.Comparer);
    private readonly Dictionary<string, MetricSeries> byLabels = new(StringComparer.Ordinal);
    private readonly Lock adding = new();
    private MetricSeries? overflow;

    public MetricName Name => name;

    public MetricKind Kind => kind;

    public string Help => help;

    public double[] Bounds => bounds;

    /// <summary>The series in the order of their labels, the overflow last.</summary>
    public IReadOnlyList<MetricSeries> Series()
    {
        lock (adding)
        {
            var ordered = byLabels.Values.OrderBy(s => s.Labels, StringComparer.Ordinal);
            return overflow is null ? [.. ordered] : [.. ordered, overflow];
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool observed) =>
        Find(tags).Record(value, kind, observed, bounds);

    /// <summary>Forgets what observed instruments said at the last reading: what is gone there is gone here.</summary>
    public void BeginReading()
    {
        foreach (var series in Series())
        {
            series.BeginReading();
        }
    }

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var known) ? known : Add(tags);

    private MetricSeries Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The same labels in another order are the same series.
        var labels = MetricLabels.Render(tags, null);
        lock (adding)
        {
            if (!byLabels.TryGetValue(labels, out var series))
            {
                if (byLabels.Count >= SeriesLimit)
                {
                    return overflow ??= new MetricSeries(MetricLabels.Render(tags, Other), bounds.Length);
                }

                series = byLabels[labels] = new MetricSeries(labels, bounds.Length);
            }

            if (byTags.Count < 4 * SeriesLimit)
            {
                byTags.TryAdd(new TagSet(tags.ToArray()), series);
            }

            return series;
        }
    }
}
