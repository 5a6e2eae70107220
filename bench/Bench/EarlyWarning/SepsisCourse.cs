using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;

namespace Salus.Bench.EarlyWarning;

/// <summary>Takes one patient through the monitors and the rules, hour by hour. What is impossible is left out and what is implausible is flagged, as at the door of the server.</summary>
internal sealed class SepsisCourse : IDisposable
{
    public const long Hour = 3_600_000;

    private static readonly DateTimeOffset Begin = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Column, string Metric, decimal Factor)[] Measured =
    [
        ("HR", "heart-rate", 1), ("O2Sat", "oxygen-saturation", 1), ("Temp", "temperature", 1), ("SBP", "systolic", 1), ("MAP", "mean-pressure", 1), ("DBP", "diastolic", 1), ("Resp", "respiratory-rate", 1),
        ("EtCO2", "end-tidal-co2", 1), ("FiO2", "inspired-oxygen", 100),
    ];

    private static readonly (string Column, Lab Lab)[] Labs =
        [("WBC", Lab.Leukocytes), ("Platelets", Lab.Platelets), ("Bilirubin_total", Lab.Bilirubin), ("Creatinine", Lab.Creatinine), ("PaCO2", Lab.ArterialCarbonDioxide)];

    private readonly Series[] series;
    private readonly FactBook facts = new(null);
    private readonly Scorer scorer = new([]);
    private readonly PartitionMonitors monitors;
    private readonly PatientRules judged = new();
    private readonly IReadOnlyList<AlertRule> rules;
    private readonly long[] moments;
    private PatientFacts known;
    private bool begun;

    /// <param name="rules">In the order in which they are judged.</param>
    public SepsisCourse(SepsisPatient patient, IReadOnlyList<AlertRule> rules)
    {
        this.rules = rules;
        moments = [.. rules.Select(r => (long)r.Delay.TotalMilliseconds).Append(0).Distinct().Order()];
        series = [.. Measured.Select((m, i) => new Series(i + 1, Tenant.Default, patient.Id, "chart", MetricSet.Default[m.Metric]))];
        monitors = new PartitionMonitors(number => series[number - 1], facts, scorer);
        known = new PatientFacts { BirthDate = DateOnly.FromDateTime(Begin.AddYears(-patient.Age).UtcDateTime) };
    }

    /// <summary>What is read of a file.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. Measured.Select(m => m.Column), .. Labs.Select(l => l.Column)];

    /// <summary>The scores at an hour, and the rules that alert in it.</summary>
    public (ScoreSet Scores, List<string> Raised) Next(SepsisHour hour)
    {
        var now = Begin.ToUnixTimeMilliseconds() + (hour.Hour * Hour);
        monitors.Take(0, Samples(hour, now).ToArray());
        var labs = new Dictionary<Lab, LabValue>(known.Labs);
        for (var i = 0; i < Labs.Length; i++)
        {
            if (hour.Values[Measured.Length + i] is { } value)
            {
                labs[Labs[i].Lab] = new LabValue((int)Math.Round(value * Sample.Scale), now);
            }
        }

        known = known with { Labs = labs };
        facts.Set(Tenant.Default, series[0].Patient, known);
        if (monitors.Find(Tenant.Default, series[0].Patient) is not { } monitor)
        {
            return (ScoreSet.None, []);
        }

        monitor.Facts = known;
        var state = monitor.Evaluate(now, scorer);
        return (state.Scores, Judge(state, now));
    }

    public void Dispose() => facts.Dispose();

    // A value of the chart stands for its hour: it lasts as long as the longest delay of a rule.
    private List<string> Judge(PatientState state, long now)
    {
        if (!begun)
        {
            begun = true;
            judged.Begin(now);
        }

        var events = new List<RuleEvent>();
        foreach (var delay in moments)
        {
            judged.Step(state, now + delay, rules, [], events);
        }

        return [.. events.Where(e => e.Step == RuleStep.Raise).Select(e => e.Rule.Name)];
    }

    private IEnumerable<Sample> Samples(SepsisHour hour, long now)
    {
        for (var i = 0; i < Measured.Length; i++)
        {
            var metric = series[i].Metric;
            if (hour.Values[i] * Measured[i].Factor is { } value && metric.Possible.Has(value))
            {
                yield return new Sample(i + 1, now, (int)Math.Round(value * Sample.Scale), metric.Plausible.Has(value) ? SampleFlags.None : SampleFlags.Implausible);
            }
        }
    }
}
