using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Tests.Scores;

/// <summary>What scores are made of, written shortly.</summary>
internal static class Inputs
{
    public static readonly long Now = new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static readonly PatientFacts Adult = new() { BirthDate = new DateOnly(1960, 1, 1) };

    /// <summary>Somebody in whom NEWS2 finds nothing.</summary>
    public static readonly (string Metric, decimal Value)[] Healthy =
        [("respiratory-rate", 16), ("oxygen-saturation", 98), ("oxygen-flow", 0), ("systolic", 120), ("diastolic", 75), ("heart-rate", 70), ("consciousness", 0), ("coma-score", 15), ("temperature", 37.0m)];

    public static ScoreInput Of(PatientFacts facts, params (string Metric, decimal Value)[] values) => new(Now, facts, Fresh(values));

    public static ScoreInput Of(params (string Metric, decimal Value)[] values) => Of(Adult, values);

    /// <summary>The healthy one with some values changed.</summary>
    public static ScoreInput With(PatientFacts facts, params (string Metric, decimal Value)[] changed) =>
        Of(facts, [.. Healthy.Where(h => !changed.Any(c => c.Metric == h.Metric)), .. changed]);

    public static ScoreInput With(params (string Metric, decimal Value)[] changed) => With(Adult, changed);

    /// <summary>The healthy one, with this instead of what there was of a metric.</summary>
    public static ScoreInput Replacing(string metric, Vital with)
    {
        var vitals = Fresh(Healthy);
        vitals[MetricSet.Default[metric].Number] = with;
        return new(Now, Adult, vitals);
    }

    public static PatientFacts Labs(params (Lab Lab, decimal Value)[] labs) =>
        Adult with { Labs = labs.ToDictionary(l => l.Lab, l => new LabValue((int)(l.Value * Sample.Scale), Now - 3_600_000)) };

    public static ScorePart Part(this Score score, string name) => score.Parts.Single(p => p.Name == name);

    private static Vital[] Fresh((string Metric, decimal Value)[] values)
    {
        var vitals = new Vital[32];
        foreach (var (metric, value) in values)
        {
            vitals[MetricSet.Default[metric].Number] = new((int)(value * Sample.Scale), Now - 1000, VitalKind.Fresh);
        }

        return vitals;
    }
}
