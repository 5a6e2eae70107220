using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>A value of a series; the time is 0 where there is none.</summary>
internal readonly record struct Measured(long Time, int Value, SampleFlags Flags)
{
    public bool Implausible => (Flags & SampleFlags.Implausible) != 0;
}

/// <summary>
/// The two newest values of a series: enough to say which one counts. A plausible one does, and an implausible one that the one before it confirms: implausible too, towards the same side, and
/// not further away than the metric's values stay fresh. An implausible one that is not confirmed leaves the one before it standing.
/// </summary>
internal sealed class SeriesEnd(Series series, MetricMonitor metric)
{
    public const long Day = 24 * 3_600_000L;

    public Series Series => series;

    public MetricMonitor Metric => metric;

    public Measured Newest { get; private set; }

    public Measured Before { get; private set; }

    public PatientMonitor Patient => metric.Patient;

    /// <summary>Takes a value, in any order. The flow lets a series have one value of a time.</summary>
    public void Take(Measured value)
    {
        if (value.Time > Newest.Time)
        {
            (Newest, Before) = (value, Newest);
        }
        else if (value.Time > Before.Time && value.Time < Newest.Time)
        {
            Before = value;
        }
    }

    public bool IsOver(long now) => Newest.Time < now - Day;

    /// <summary>Whether the newest one counts by itself or confirmed.</summary>
    public bool NewestCounts(long now) => !Newest.Implausible || Confirmed(now);

    /// <summary>What the series gives to scores.</summary>
    public Vital Vital(long now)
    {
        if (IsOver(now))
        {
            return default;
        }

        var counts = NewestCounts(now) ? Newest : HasBefore(now) && !Before.Implausible ? Before : default;
        return counts.Time == 0
            ? new(Newest.Value, Newest.Time, VitalKind.Implausible)
            : new(counts.Value, counts.Time, now - counts.Time > metric.StaleAfter ? VitalKind.Stale : VitalKind.Fresh);
    }

    private bool HasBefore(long now) => Before.Time > 0 && Before.Time >= now - Day;

    private bool Confirmed(long now) =>
        HasBefore(now) && Before.Implausible && Newest.Time - Before.Time <= metric.StaleAfter && IsHigh(Newest, metric.Metric) == IsHigh(Before, metric.Metric);

    private static bool IsHigh(Measured value, Metric metric) => value.Value > metric.Plausible.High * Sample.Scale;
}
