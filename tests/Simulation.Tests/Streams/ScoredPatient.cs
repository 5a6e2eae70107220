using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Scores;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Tests.Streams;

/// <summary>A made-up patient in the real patient monitor: what NEWS2 says of what the simulated device sends.</summary>
internal sealed class ScoredPatient
{
    private readonly BedsideMonitor device;
    private readonly PatientMonitor patient = new(Tenant.Default, "p") { Facts = new PatientFacts { BirthDate = new DateOnly(1960, 1, 1) } };
    private readonly SeriesEnd?[] ends = new SeriesEnd?[StreamMetrics.Numbers];
    private readonly Scorer scorer = new([]);

    public ScoredPatient(BedsideMonitor device) => this.device = device;

    /// <summary>The state at each minute, at one value in some seconds.</summary>
    public IEnumerable<(double Hour, PatientState State)> States(double hours, int seconds)
    {
        var pace = new Pace(seconds);
        for (var at = 0L; at < hours * Bedside.Hour; at += seconds * 1000)
        {
            device.Tick(Bedside.Start + at, Bedside.Start + at, pace);
            Take();
            if (at % 60_000 == 0 && at > 0)
            {
                yield return (at / (double)Bedside.Hour, patient.Evaluate(Bedside.Start + at, scorer));
            }
        }
    }

    /// <summary>NEWS2 at each minute in which it has a value.</summary>
    public IEnumerable<(double Hour, int News2)> Scores(double hours, int seconds) =>
        States(hours, seconds).Where(s => s.State.Scores["news2"]?.Value is not null).Select(s => (s.Hour, (int)s.State.Scores["news2"]!.Value!));

    private void Take()
    {
        for (var number = 0; number < device.Runs.Length; number++)
        {
            if (device.Runs[number] is not { Samples.IsEmpty: false } run)
            {
                continue;
            }

            var metric = MetricSet.Default.Find(number)!;
            var end = ends[number] ??= patient.Add(new Series(number, Tenant.Default, "p", "d", metric));
            foreach (var sample in run.Samples)
            {
                var flags = metric.Plausible.Has(sample.Thousandths / 1000m) ? SampleFlags.Simulated : SampleFlags.Simulated | SampleFlags.Implausible;
                var value = new Measured(sample.Time, sample.Thousandths, sample.Questionable ? flags | SampleFlags.Questionable : flags);
                end.Take(value);
                end.Metric.Take(value);
            }
        }

        device.Clear();
    }
}
