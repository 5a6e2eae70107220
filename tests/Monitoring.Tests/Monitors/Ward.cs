using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;
using Salus.Monitoring.Tests.Scores;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>Monitors as the flow uses them, with a clock that stands still, facts that are given, and an ear.</summary>
internal sealed class Ward : TimeProvider, IPatientObserver
{
    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    private readonly List<Series> series = [];

    public Ward(params IScoreModel[] models)
    {
        Monitors = new(number => series[number - 1], Facts, new Scorer(models), Book, [this], this, NullLogger<PatientMonitors>.Instance);
    }

    public long Now { get; set; } = Inputs.Now;

    public FactBook Facts { get; } = new(null);

    public MonitorBook Book { get; } = new();

    public PatientMonitors Monitors { get; }

    public List<PatientState> Heard { get; } = [];

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

    /// <summary>Whether the ear breaks what it ought not to.</summary>
    public bool Throws { get; set; }

    public void Changed(PatientState state)
    {
        Heard.Add(state);
        if (Throws)
        {
            throw new InvalidOperationException("as an observer must not");
        }
    }

    /// <summary>The series; a patient that is new is an adult.</summary>
    public Series Series(string metric, string patient = "p1", string device = "d1")
    {
        var found = series.Find(s => s.Metric.Name == metric && s.Patient == patient && s.Device == device);
        if (found is null)
        {
            found = new Series(series.Count + 1, Tenant.Default, patient, device, MetricSet.Default[metric]);
            series.Add(found);
            if (Facts.Of(Tenant.Default, patient) is null)
            {
                Facts.Set(Tenant.Default, patient, Inputs.Adult);
            }
        }

        return found;
    }

    /// <summary>A sample of a series, flagged as the door would do it.</summary>
    /// <param name="ago">Milliseconds before now.</param>
    public Sample Sample(string metric, decimal value, long ago = 0, string device = "d1", string patient = "p1")
    {
        var of = Series(metric, patient, device);
        return new(of.Number, Now - ago, (int)(value * Salus.Monitoring.Flow.Sample.Scale), of.Metric.Plausible.Has(value) ? SampleFlags.None : SampleFlags.Implausible);
    }

    public void Commit(long seq, params Sample[] samples)
    {
        foreach (var group in samples.GroupBy(s => series[s.Series - 1].Partition))
        {
            Monitors.Committed(group.Key, seq, group.ToArray());
        }
    }

    public void Commit(params Sample[] samples) => Commit(0, samples);

    public PatientState State(string patient = "p1") => Book.Find(Tenant.Default, patient)!;

    public Series SeriesOf(Sample sample) => series[sample.Series - 1];

    public static int PartitionOf(string patient) => Partitions.Of(Tenant.Default, patient);
}
