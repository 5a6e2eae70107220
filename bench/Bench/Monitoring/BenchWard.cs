using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;

namespace Salus.Bench.Monitoring;

/// <summary>Patients whose values come once a second.</summary>
internal sealed class BenchWard : TimeProvider, IPatientObserver
{
    private readonly int[] usual;
    private readonly Series[] series;
    private readonly int[][] patientsOf = new int[Partitions.Count][];
    private readonly Sample[] buffer;
    private readonly int metrics;
    private long now = new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private long seq;
    private long states;

    public BenchWard(int patients, string[] names, int[] usual)
    {
        (this.usual, metrics) = (usual, names.Length);
        series = [.. Enumerable.Range(0, patients * metrics).Select(i => new Series(i + 1, Tenant.Default, Id(i / metrics), $"device-{i / metrics}", MetricSet.Default[names[i % metrics]]))];
        foreach (var group in Enumerable.Range(0, patients).GroupBy(p => Partitions.Of(Tenant.Default, Id(p))))
        {
            patientsOf[group.Key] = [.. group];
        }

        buffer = new Sample[patients * metrics];
        var facts = new FactBook(null);
        for (var i = 0; i < patients; i++)
        {
            facts.Set(Tenant.Default, series[i * metrics].Patient, new PatientFacts { BirthDate = new DateOnly(1960, 1, 1) });
        }

        Monitors = new(number => series[number - 1], facts, new Scorer([]), new MonitorBook(), [this], this, NullLogger<PatientMonitors>.Instance);
    }

    public PatientMonitors Monitors { get; }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(now);

    public void Changed(PatientState state) => states++;

    /// <summary>A day, so that all buckets are in use.</summary>
    public void Fill()
    {
        var end = now;
        for (now -= 24 * 3_600_000L; now < end; now += now < end - 3_600_000 ? 600_000 : 30_000)
        {
            Second(metrics);
        }
    }

    public (long Samples, long States, double Seconds, double Cpu) Run(int together, TimeSpan length)
    {
        states = 0;
        var (samples, cpu, clock) = (0L, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        while (clock.Elapsed < length)
        {
            now += 1000;
            Second(together);
            samples += series.Length;
        }

        return (samples, states, clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static string Id(int patient) => $"patient-{patient}";

    // All values of a second, so many of a patient at once.
    private void Second(int together)
    {
        for (var first = 0; first < metrics; first += together)
        {
            seq++;
            for (var partition = 0; partition < Partitions.Count; partition++)
            {
                var count = 0;
                foreach (var patient in patientsOf[partition] ?? [])
                {
                    for (var metric = first; metric < first + together; metric++)
                    {
                        // Like a patient's: a little up and down.
                        buffer[count++] = new(series[(patient * metrics) + metric].Number, now, (usual[metric] * Sample.Scale) + (int)(((now / 1000) + patient) % 7 * 100), SampleFlags.None);
                    }
                }

                if (count > 0)
                {
                    Monitors.Committed(partition, seq, buffer.AsSpan(0, count));
                }
            }
        }
    }
}
