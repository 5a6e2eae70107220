using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Scores;

/// <summary>What scores are made of: of each metric the newest value that counts, or why none does, and what is known of the patient. Immutable; use it on the thread that gave it.</summary>
/// <param name="now">The moment, in milliseconds since 1970 UTC: it decides what is stale.</param>
/// <param name="vitals">By the metrics' numbers; what is not there is missing.</param>
internal sealed class ScoreInput(long now, PatientFacts facts, Vital[] vitals)
{
    /// <summary>Labs count for a day: SOFA takes the values of 24 hours (Vincent et al. 1996).</summary>
    public static readonly TimeSpan LabLife = TimeSpan.FromHours(24);

    public long Now => now;

    public PatientFacts Facts => facts;

    public Vital this[Metric metric] => metric.Number < vitals.Length ? vitals[metric.Number] : default;

    /// <summary>Of two metrics that measure the same the newer one that counts, at the same time the first; when none counts, what is nearest to it.</summary>
    public Vital Newest(Metric first, Metric second)
    {
        var (a, b) = (this[first], this[second]);
        return a.Kind != b.Kind ? (a.Kind > b.Kind ? a : b) : b.Time > a.Time ? b : a;
    }

    public Vital this[Lab lab]
    {
        get
        {
            if (!facts.Labs.TryGetValue(lab, out var found))
            {
                return default;
            }

            return new(found.Value, found.Time, now - found.Time > (long)LabLife.TotalMilliseconds ? VitalKind.Stale : VitalKind.Fresh);
        }
    }
}

/// <summary>The metrics that scores name.</summary>
internal static class Vitals
{
    public static readonly Metric HeartRate = MetricSet.Default["heart-rate"];
    public static readonly Metric PulseRate = MetricSet.Default["pulse-rate"];
    public static readonly Metric RespiratoryRate = MetricSet.Default["respiratory-rate"];
    public static readonly Metric OxygenSaturation = MetricSet.Default["oxygen-saturation"];
    public static readonly Metric Systolic = MetricSet.Default["systolic"];
    public static readonly Metric Diastolic = MetricSet.Default["diastolic"];
    public static readonly Metric MeanPressure = MetricSet.Default["mean-pressure"];
    public static readonly Metric ArterialSystolic = MetricSet.Default["arterial-systolic"];
    public static readonly Metric ArterialDiastolic = MetricSet.Default["arterial-diastolic"];
    public static readonly Metric ArterialMean = MetricSet.Default["arterial-mean"];
    public static readonly Metric Temperature = MetricSet.Default["temperature"];
    public static readonly Metric InspiredOxygen = MetricSet.Default["inspired-oxygen"];
    public static readonly Metric OxygenFlow = MetricSet.Default["oxygen-flow"];
    public static readonly Metric Consciousness = MetricSet.Default["consciousness"];
    public static readonly Metric ComaScore = MetricSet.Default["coma-score"];
}
