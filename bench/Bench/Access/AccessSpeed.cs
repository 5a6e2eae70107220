using System.Text;
using Salus.Bench.Load;

namespace Salus.Bench.Access;

/// <summary>What it costs to decide who may see what: the same reads and searches by somebody who may see everything, by a physician and by a nurse, in one run.</summary>
internal sealed class AccessSpeed(AccessBed bed, int passes, TimeSpan duration, string only)
{
    private static readonly string[] Callers = [AccessBed.Everybody, AccessBed.Physician, AccessBed.Nurse];

    public static async Task<bool> RunAsync(CommandLine options)
    {
        var patients = (int)options.Number("--patients", 1200);
        await using var bed = await AccessBed.StartAsync(patients, (int)options.Number("--observations", 100_000));
        var bench = new AccessSpeed(bed, (int)options.Number("--passes", 3), options.Seconds("--seconds", 2), options.Get("--only") ?? "");
        var page = new ResultPage("Access", $"access {options.Text}".TrimEnd());
        page.Fact("Data", $"{patients:N0} patients, {bed.Observations:N0} Observations of 20 codes, made up. The physician is general practitioner of {AccessBed.PhysiciansPatients}, the nurse in the care teams of {AccessBed.NursesPatients}.");
        page.Fact("Method", $"Server, PostgreSQL and two clients (connections of one thread) on this machine, in one process but for PostgreSQL; medians of {options.Number("--passes", 3)} passes of {options.Seconds("--seconds", 2).TotalSeconds:0.#} s after a warm-up of half a second; callers alternate.");
        var good = await bench.MeasureAsync(page);
        await page.WriteAsync(options.Page("access.md"));
        Console.WriteLine(await File.ReadAllTextAsync(options.Page("access.md")));
        return good;
    }

    private async Task<bool> MeasureAsync(ResultPage page)
    {
        page.Line();
        page.Line("Requests per second, p95 in ms, and the ratio to who may see everything. \"load\" is the load average of the last minute when the row began.");
        page.Columns("request", "everything", "p95", "physician", "p95", "ratio", "nurse", "p95", "ratio", "load");
        var good = true;
        foreach (var (name, paths) in bed.Questions.Where(q => q.Name.Contains(only, StringComparison.Ordinal)))
        {
            var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
            var results = Callers.ToDictionary(c => c, _ => new List<LoadResult>(), StringComparer.Ordinal);
            for (var pass = 0; pass < passes; pass++)
            {
                foreach (var caller in Callers)
                {
                    var workload = new Workload(name, [.. paths.Select(p => Ask(p, caller))]);
                    results[caller].Add(await new LoadRun(bed.Port, workload, new LoadPlan(2, TimeSpan.FromSeconds(0.5), duration), []).RunAsync());
                }
            }

            good &= results.Values.SelectMany(r => r).All(r => r.Failures == 0);
            var (all, doctor, nurse) = (Speed(results[AccessBed.Everybody]), Speed(results[AccessBed.Physician]), Speed(results[AccessBed.Nurse]));
            page.Format($"| {name} | {all.PerSecond:N0} | {all.P95:F1} | {doctor.PerSecond:N0} | {doctor.P95:F1} | {doctor.PerSecond / all.PerSecond:P0} | {nurse.PerSecond:N0} | {nurse.P95:F1} | {nurse.PerSecond / all.PerSecond:P0} | {load} |");
        }

        return good;
    }

    private static (double PerSecond, double P95) Speed(List<LoadResult> results) =>
        (results.ConvertAll(r => r.PerSecond).Median(), results.ConvertAll(r => r.Latencies.Percentile(0.95)).Median());

    private static Shot Ask(string path, string caller) =>
        new(Encoding.ASCII.GetBytes($"GET /fhir/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/fhir+json\r\n{AccessBed.Header}: {caller}\r\n\r\n"), -1);
}
