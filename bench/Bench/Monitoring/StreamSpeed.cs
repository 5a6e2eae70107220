using System.Diagnostics;
using Salus.Simulation;
using Salus.Simulation.Streams;

namespace Salus.Bench.Monitoring;

/// <summary>What simulated monitors cost: values on one thread, measured and written as bodies. Without a server.</summary>
internal sealed class StreamSpeed(CommandLine line)
{
    public static string[] Options => ["--beds", "--seconds", "--runs"];

    public async Task RunAsync()
    {
        var (seconds, runs) = (line.Seconds("--seconds", 2), (int)line.Number("--runs", 5));
        var page = new ResultPage("Simulated monitors", $"streams {line.Text}".TrimEnd());
        page.Fact("Data", "every fourth bed has an arterial line; one in ten becomes septic; one value a second of the patient's time.");
        page.Fact("Method", $"""
            monitors tick as fast as they can on one thread, and what they gather is written as one body a tick, or measured only. Each row is {runs} runs of {seconds.TotalSeconds:F0} s after one unmeasured; medians, slowest and fastest. CPU is
              processor time of the process, garbage collection included. At 1 Hz: what the beds need of a core when each ticks once a second.
            """);
        page.Columns("beds", "written as", "values/s", "slowest", "fastest", "CPU ns per value", "bytes allocated per value", "bytes of a body per value", "of a core at 1 Hz");
        foreach (var beds in line.Numbers("--beds", "60,1000,10000"))
        {
            foreach (var form in new[] { "nothing", "binary", "JSON" })
            {
                Row(page, (int)beds, form, runs, seconds);
            }
        }

        await page.WriteAsync(line.Page("streams.md"));
        Console.WriteLine(await File.ReadAllTextAsync(line.Page("streams.md")));
    }

    private static void Row(ResultPage page, int beds, string form, int runs, TimeSpan seconds)
    {
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var streams = new BedsideStreams(new StreamPlan(beds, Scenario: "sepsis"), null!, TimeProvider.System);
        var ward = new Ward(streams.Monitors([.. Enumerable.Range(0, beds).Select(i => ($"simulated-monitor-bed-{i}", $"simulated-patient-{i}"))], start), form, start);
        var results = Enumerable.Range(0, runs + 1).Select(_ => ward.Run(seconds)).Skip(1).ToList();
        var rates = results.Select(r => r.Values / r.Seconds).Order().ToList();
        var cpu = Median(results.Select(r => r.Cpu * 1e9 / r.Values));
        var perTick = results.Sum(r => (double)r.Values) / results.Sum(r => (double)r.Ticks);
        page.Format($"| {beds:N0} | {form} | {Median(rates):N0} | {rates[0]:N0} | {rates[^1]:N0} | {cpu:F0} | {Median(results.Select(r => r.Allocated / (double)r.Values)):F2} | {results.Sum(r => (double)r.Bytes) / results.Sum(r => (double)r.Values):F1} | {perTick * cpu / 1e7:F3} % |");
    }

    private static double Median(IEnumerable<double> values)
    {
        var all = values.Order().ToList();
        return all[all.Count / 2];
    }

    private sealed record Result(long Values, long Ticks, long Bytes, long Allocated, double Seconds, double Cpu);

    // Goes on from run to run: patients grow older.
    private sealed class Ward(IReadOnlyList<BedsideMonitor> monitors, string form, long start)
    {
        private readonly TelemetryBody body = new(asJson: form == "JSON");
        private readonly Pace pace = new(1);
        private long time = start;

        public Result Run(TimeSpan seconds)
        {
            var (values, ticks, bytes) = (0L, 0L, 0L);
            var (allocated, cpu, clock) = (GC.GetAllocatedBytesForCurrentThread(), Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
            while (clock.Elapsed < seconds)
            {
                foreach (var monitor in monitors)
                {
                    monitor.Tick(time, time, pace);
                    values += monitor.Count;
                }

                bytes += form == "nothing" ? 0 : body.Write(monitors, time).Length;
                foreach (var monitor in monitors)
                {
                    monitor.Clear();
                }

                time += 1000;
                ticks++;
            }

            return new Result(
                values, ticks, bytes, GC.GetAllocatedBytesForCurrentThread() - allocated, clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        }
    }
}
