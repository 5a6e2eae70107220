using System.Globalization;
using Salus.Bench.Ceilings;
using Salus.Bench.Load;

namespace Salus.Bench.Http;

/// <summary>What the load generator costs itself, measured on a web server that does nothing else than answer.</summary>
internal static class ClientSpeed
{
    public static string[] Options => ["--clients", "--seconds"];

    public static async Task RunAsync(CommandLine line)
    {
        await using var ceiling = await CeilingProcess.StartAsync(null, []);
        var workload = new Workload("Kestrel alone, 2 kB from memory", [Shot.Get("/static")]);
        foreach (var clients in line.Numbers("--clients", "1,4,16,64"))
        {
            var result = await new LoadRun(ceiling.Port, workload, new((int)clients, TimeSpan.FromSeconds(1), line.Seconds("--seconds", 3)), []).RunAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"c={clients,-3} {result.PerSecond,8:N0}/s  p50 {result.Latencies.Percentile(0.5):F3}  p99 {result.Latencies.Percentile(0.99):F3} ms  own CPU {result.OwnMicroseconds:F1} us a request  failures {result.Failures}  load {Machine.Load}"));
        }
    }
}
