using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>
/// NEWS2 of the whole hours of the last day: of the means of what was measured in each, of consciousness of the worst, with today's facts. A value counts in later hours as long as it is fresh.
/// A function of the buckets alone: it is the same whenever and wherever it is made.
/// </summary>
internal static class News2Trend
{
    /// <summary>The hour before the present one and those before it, as far as there are buckets of half an hour also when a device's clock is ahead: older ones may be there or not.</summary>
    public const int Hours = 22;

    public const long Hour = 3_600_000;

    /// <summary>Oldest first; null for an hour of which nothing is known. Empty where NEWS2 does not apply or nothing came at all.</summary>
    /// <param name="hour">The present hour, counted since 1970.</param>
    public static IReadOnlyList<int?> Of(IReadOnlyList<MetricMonitor> metrics, PatientFacts facts, long hour)
    {
        var trend = new int?[Hours];
        for (var i = 0; i < Hours; i++)
        {
            trend[i] = At(metrics, facts, hour - Hours + i, hour - Hours);
        }

        return Array.TrueForAll(trend, v => v is null) ? [] : trend;
    }

    private static int? At(IReadOnlyList<MetricMonitor> metrics, PatientFacts facts, long hour, long oldest)
    {
        var end = (hour + 1) * Hour;
        var vitals = new Vital[metrics.Count == 0 ? 0 : metrics[^1].Metric.Number + 1];
        foreach (var metric in metrics)
        {
            var from = hour;
            while (from > oldest && (hour - from + 1) * Hour <= metric.StaleAfter && metric.Hour(from).Count == 0)
            {
                from--;
            }

            if (metric.Hour(from) is { Count: > 0 } bucket)
            {
                var value = metric.Metric == Vitals.Consciousness ? bucket.Max : (int)(bucket.Sum / bucket.Count);
                vitals[metric.Metric.Number] = new Vital(value, (from + 1) * Hour, VitalKind.Fresh);
            }
        }

        return (int?)News2.Of(new ScoreInput(end, facts, vitals)).Value;
    }
}
