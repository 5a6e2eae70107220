using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>
/// What is known of a patient now: a function of the samples of the last day, whatever order they came in, of the facts and of the time. For one thread at a time.
/// </summary>
internal sealed class PatientMonitor(Tenant tenant, string patient)
{
    private static readonly int Numbers = MetricSet.Default.All[^1].Number + 1;

    private readonly List<MetricMonitor> metrics = [];
    private (long Hour, PatientFacts Facts, IReadOnlyList<int?> News2)? trend;

    public Tenant Tenant => tenant;

    public string Patient => patient;

    /// <summary>By the metrics' numbers.</summary>
    public IReadOnlyList<MetricMonitor> Metrics => metrics;

    /// <summary>Null while they are not known: there are no scores then, because those of a child were wrong.</summary>
    public PatientFacts? Facts { get; set; }

    /// <summary>What models said last.</summary>
    public IReadOnlyList<ModelReading> Models { get; set; } = [];

    /// <summary>When something turns stale or is over by itself: milliseconds since 1970 UTC.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>Whether it is among those of whom samples came.</summary>
    public bool Touched { get; set; }

    public SeriesEnd Add(Series series)
    {
        var place = metrics.FindIndex(m => m.Metric.Number >= series.Metric.Number);
        if (place < 0 || metrics[place].Metric != series.Metric)
        {
            place = place < 0 ? metrics.Count : place;
            metrics.Insert(place, new MetricMonitor(this, series.Metric));
        }

        return metrics[place].Add(series);
    }

    /// <summary>Takes out what is over, and says so. Nothing is left when it has no metrics any more.</summary>
    public void Prune(long now, Action<SeriesEnd> over)
    {
        for (var i = metrics.Count - 1; i >= 0; i--)
        {
            foreach (var end in metrics[i].Ends.Where(e => e.IsOver(now)).ToList())
            {
                metrics[i].Remove(end);
                over(end);
            }

            if (metrics[i].Ends.Count == 0)
            {
                metrics.RemoveAt(i);
            }
        }
    }

    /// <summary>Of a metric in the last hours; null when it did not come.</summary>
    public Window? Window(Metric metric, WindowSpan span, long now) => metrics.Find(m => m.Metric == metric)?.Window(span, now);

    /// <summary>Tells that a value of a time came: the trend is made of whole hours, and stands until the next one unless a value came late.</summary>
    public void Late(long time)
    {
        if (trend is { } made && time / News2Trend.Hour < made.Hour)
        {
            trend = null;
        }
    }

    /// <summary>The state of this moment, scores included.</summary>
    public PatientState Evaluate(long now, Scorer scorer)
    {
        var readings = new List<Reading>(metrics.Count);
        var vitals = new Vital[Numbers];
        Due = long.MaxValue;
        foreach (var metric in metrics)
        {
            if (metric.Reading(now) is not { } reading)
            {
                continue;
            }

            var vital = metric.Vital(now);
            readings.Add(reading);
            vitals[metric.Metric.Number] = vital;
            Expect(reading.IsStale(now) ? reading.Time + SeriesEnd.Day : reading.Time + metric.StaleAfter);
            Expect(vital.Kind == VitalKind.Fresh ? vital.Time + metric.StaleAfter : long.MaxValue);
        }

        foreach (var model in Models)
        {
            Expect(model.IsStale(now) ? model.Until + ModelReading.Shown : model.Until);
        }

        if (Facts is not { } facts)
        {
            return new(tenant, patient, now, readings, ScoreSet.None) { Models = Models };
        }

        foreach (var lab in facts.Labs.Values)
        {
            Expect(lab.Time + (long)ScoreInput.LabLife.TotalMilliseconds is var until && until >= now ? until : long.MaxValue);
        }

        return new(tenant, patient, now, readings, scorer.Of(new ScoreInput(now, facts, vitals))) { Trend = Trend(facts, now / News2Trend.Hour), Models = Models };
    }

    private IReadOnlyList<int?> Trend(PatientFacts facts, long hour)
    {
        if (trend is not { } made || made.Hour != hour || !ReferenceEquals(made.Facts, facts))
        {
            trend = made = (hour, facts, News2Trend.Of(metrics, facts, hour));
        }

        return made.News2;
    }

    // What ends at a time is over a millisecond later.
    private void Expect(long until) => Due = until == long.MaxValue ? Due : Math.Min(Due, until + 1);
}
