using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Tests.Alerts;

/// <summary>States and rules as tests need them.</summary>
internal static class Given
{
    public const long Start = 1_790_000_000_000;

    public static AlertRule Rule(string name) => new RuleBook(null!, TimeProvider.System, NullLogger<RuleBook>.Instance).Of(Tenant.Default).First(r => r.Name == name);

    public static long After(double seconds) => Start + (long)(seconds * 1000);

    public static PatientState State(double seconds, params (string Metric, decimal Value)[] values) => State("p1", seconds, null, values);

    public static PatientState State(string patient, double seconds, int? news2, params (string Metric, decimal Value)[] values) => new(
        Tenant.Default, patient, After(seconds),
        [.. values.Select(v => new Reading(MetricSet.Default[v.Metric], (int)(v.Value * Sample.Scale), After(seconds), SampleFlags.None, "d1", null))],
        news2 is { } score ? new ScoreSet([new Score("news2", score, true, null, [new ScorePart("respiratory-rate", Math.Min(score, 3), 30, After(seconds), null)], null)]) : ScoreSet.None);
}
