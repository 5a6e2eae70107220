using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;

namespace Salus.Bench.Monitoring;

/// <summary>What the monitors cost: samples and states of all scores on one thread, and memory of a patient. Without ingest and database.</summary>
internal sealed class MonitorSpeed(CommandLine line)
{
    private static readonly string[] Metrics =
        ["heart-rate", "pulse-rate", "respiratory-rate", "oxygen-saturation", "systolic", "diastolic", "mean-pressure", "temperature", "inspired-oxygen", "end-tidal-co2"];

    private static readonly int[] Usual = [72, 72, 16, 97, 122, 76, 92, 37, 21, 38];

    public static string[] Options => ["--patients", "--seconds", "--runs"];

    public async Task RunAsync()
    {
        var (seconds, runs) = (line.Seconds("--seconds", 2), (int)line.Number("--runs", 5));
        var page = new ResultPage("Patient monitors", $"monitors {line.Text}".TrimEnd());
        page.Fact("Data", $"{Metrics.Length} metrics of each patient, once a second, after a day of one value in ten minutes; an adult of whom nothing else is known.");
        page.Fact("Method", $"""
            the monitors alone, as the flow calls them: a commit for each partition, on one thread. Each row is {runs} runs of {seconds.TotalSeconds:F0} s after one unmeasured; medians, slowest and fastest. CPU is processor time of the
              process, garbage collection included. A state is all readings with their trends and seven scores, handed to one observer that does nothing. Memory is the growth of the managed heap after full collections, with the last state
              of each patient.
            """);
        page.Columns("patients", "values of a patient in a commit", "samples/s", "slowest", "fastest", "states/s", "CPU us per sample", "of a core at 100,000 samples/s", "kB per patient", "bytes of a snapshot per patient", "ms to write down a partition");
        foreach (var patients in line.Numbers("--patients", "1000,10000"))
        {
            foreach (var together in new[] { 10, 1 })
            {
                Row(page, (int)patients, together, runs, seconds);
            }
        }

        await page.WriteAsync(line.Page("monitors.md"));
        Console.WriteLine(await File.ReadAllTextAsync(line.Page("monitors.md")));
    }

    private static void Row(ResultPage page, int patients, int together, int runs, TimeSpan seconds)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ward = new BenchWard(patients, Metrics, Usual);
        var own = GC.GetTotalMemory(forceFullCollection: true);
        ward.Fill();
        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - own) / patients;
        var results = Enumerable.Range(0, runs + 1).Select(_ => ward.Run(together, seconds)).Skip(1).ToList();
        var rates = results.Select(r => r.Samples / r.Seconds).Order().ToList();
        var cpu = Median(results.Select(r => r.Cpu * 1e6 / r.Samples));
        var clock = Stopwatch.StartNew();
        var snapshots = Enumerable.Range(0, Partitions.Count).Select(ward.Monitors.Snapshot).ToList();
        var write = clock.Elapsed.TotalMilliseconds / Partitions.Count;
        var size = snapshots.Sum(s => s.Patients.Sum(p => (double)p.Data.Length)) / patients;
        page.Format($"| {patients:N0} | {together} | {Median(rates):N0} | {rates[0]:N0} | {rates[^1]:N0} | {Median(results.Select(r => r.States / r.Seconds)):N0} | {cpu:F2} | {cpu * 10:F1} % | {bytes / 1000:F1} | {size:N0} | {write:F1} |");
        Console.WriteLine($"{patients} patients, {together}: {Median(rates):F0}/s, {cpu:F2} us, {bytes / 1000:F1} kB ({(own - before) / patients} bytes of the bench)");
        GC.KeepAlive(ward);
    }

    private static double Median(IEnumerable<double> values)
    {
        var all = values.Order().ToList();
        return all[all.Count / 2];
    }
}
