using System.Diagnostics;
using Npgsql;
using Salus.Bench.Http;
using Salus.Bench.Load;
using Salus.Simulation;

namespace Salus.Bench.Audit;

/// <summary>What the audit trail costs: the same load with and without it, in turns, in one run.</summary>
internal sealed class AuditCost(CommandLine line)
{
    public static string[] Options => ["--clients", "--seconds", "--pairs", "--resources", "--flush"];

    // Of a processor.
    private const double Idle = 0.1;
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TimeSpan warmUp = TimeSpan.FromSeconds(0.5);
    private readonly ResultPage page = new("The cost of the audit trail", $"audit {line.Text}".TrimEnd());

    public async Task RunAsync()
    {
        var resources = line.Number("--resources", 20_000);
        var pairs = (int)line.Number("--pairs", 5);
        var seconds = line.Seconds("--seconds", 2);
        var flush = (int)line.Number("--flush", 0);
        await using var pair = await AuditedPair.StartAsync(flush);
        var record = new ScaleRecord(1);
        await pair.FillAsync(record, resources);
        var questions = new Questions(record, resources);
        page.Fact("Entries of reads", flush == 0 ? "on disk before the answer." : $"with the kernel before the answer, on disk within {flush} ms (Salus:Access:AuditFlushMilliseconds).");
        page.Fact("Data", $"{resources:N0} generated resources, {questions.Patients.Count:N0} patients.");
        page.Fact("Method", $"""
            two servers in one process over one record in one embedded PostgreSQL: one with the trail, one without. The load generator is in the same process, on the same cores. Each load runs {pairs} times on each server, in turns
              (without, with, with, without, ...), {seconds.TotalSeconds} s each after {warmUp.TotalSeconds} s unmeasured; the next one begins when the database has all entries, they are linked and nobody works any more. A row has the medians of the runs, and of the costs of the pairs the median, the smallest and the greatest.
            """);
        page.Columns("work", "clients", "requests/s without", "with", "cost", "smallest", "greatest", "p50 ms without", "with", "p99 ms without", "with", "CPU us/request without", "with", "entries left", "CPU us/entry later", "s later", "failures");
        foreach (var work in (Workload[])[questions.Read, questions.Observations, questions.Names, questions.Reads])
        {
            await LoadAsync(pair.Silent, work, 8, seconds);
            await LoadAsync(pair.Audited, work, 8, seconds);
            await SettleAsync(pair, Stopwatch.StartNew());
            foreach (var clients in line.Numbers("--clients", "1,16,64"))
            {
                await RowAsync(pair, work, (int)clients, pairs, seconds);
            }
        }

        var entries = await RowsAsync(pair);
        page.Format($"\n{entries:N0} entries stood in the trail at the end.");
        await page.WriteAsync(line.Page("audit.md"));
        Console.WriteLine(await File.ReadAllTextAsync(line.Page("audit.md")));
    }

    private async Task RowAsync(AuditedPair pair, Workload work, int clients, int pairs, TimeSpan seconds)
    {
        List<Measured> without = [];
        List<Measured> with = [];
        for (var i = 0; i < pairs; i++)
        {
            foreach (var audited in i % 2 == 0 ? new[] { false, true } : [true, false])
            {
                (audited ? with : without).Add(await MeasureAsync(pair, audited, work, clients, seconds));
            }
        }

        var costs = without.Zip(with, (off, on) => 1 - (on.Load.PerSecond / off.Load.PerSecond)).Order().ToList();
        page.Format($"| {work.Name} | {clients} | {Median(without, r => r.Load.PerSecond):N0} | {Median(with, r => r.Load.PerSecond):N0} | {costs[costs.Count / 2] * 100:F1} % | {costs[0] * 100:F1} % | {costs[^1] * 100:F1} % | {Median(without, r => r.Load.Latencies.Percentile(0.5)):F2} | {Median(with, r => r.Load.Latencies.Percentile(0.5)):F2} | {Median(without, r => r.Load.Latencies.Percentile(0.99)):F2} | {Median(with, r => r.Load.Latencies.Percentile(0.99)):F2} | {Median(without, r => r.Cpu):F0} | {Median(with, r => r.Cpu):F0} | {Median(with, r => r.Left):N0} | {Median(with, r => r.Later):F0} | {Median(with, r => r.LaterSeconds):F2} | {without.Concat(with).Sum(r => r.Load.Failures)} |");
        Console.WriteLine($"{work.Name} c={clients}: {Median(without, r => r.Load.PerSecond):F0} / {Median(with, r => r.Load.PerSecond):F0}, cost {costs[costs.Count / 2] * 100:F1} %, cpu {Median(without, r => r.Cpu):F0} / {Median(with, r => r.Cpu):F0} us, then {Median(with, r => r.Left):F0} entries of {Median(with, r => r.Later):F0} us in {Median(with, r => r.LaterSeconds):F2} s");
    }

    // The load, and after it the work that the trail put off: until the database has every entry.
    private async Task<Measured> MeasureAsync(AuditedPair pair, bool audited, Workload work, int clients, TimeSpan seconds)
    {
        var before = pair.CpuSeconds;
        var load = await LoadAsync(audited ? pair.Audited : pair.Silent, work, clients, seconds);
        var (after, left) = (pair.CpuSeconds, pair.Pending);
        var watch = Stopwatch.StartNew();
        await SettleAsync(pair, watch);

        // The load with its warm-up, which the rate leaves out.
        var requests = load.PerSecond * (seconds + warmUp).TotalSeconds;
        return new(load, (after - before) * 1e6 / requests, left, left == 0 ? 0 : (pair.CpuSeconds - after) * 1e6 / left, watch.Elapsed.TotalSeconds);
    }

    // Rows are linked a second after they came, and PostgreSQL looks after its tables: that is work that was put off as well, and must not fall into the next run.
    private static async Task SettleAsync(AuditedPair pair, Stopwatch watch)
    {
        for (var used = double.MaxValue; pair.Pending > 0 || (used > Idle && watch.Elapsed < Patience);)
        {
            var start = pair.CpuSeconds;
            await Task.Delay(Glance);
            used = (pair.CpuSeconds - start) / Glance.TotalSeconds;
        }
    }

    private Task<LoadResult> LoadAsync(int port, Workload work, int clients, TimeSpan seconds) => new LoadRun(port, work, new(clients, warmUp, seconds), []).RunAsync();

    private static double Median(IEnumerable<Measured> results, Func<Measured, double> value)
    {
        var all = results.Select(value).Order().ToList();
        return all[all.Count / 2];
    }

    private static async Task<long> RowsAsync(AuditedPair pair)
    {
        await using var command = pair.Database.Source.CreateCommand("select count(*) from access.audit");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <param name="Cpu">Microseconds of processor time for a request: load generator, servers and PostgreSQL.</param>
    /// <param name="Left">Entries that were in the journal only when the load ended.</param>
    /// <param name="Later">Microseconds of processor time for each of them, until the database had them.</param>
    private sealed record Measured(LoadResult Load, double Cpu, long Left, double Later, double LaterSeconds);
}
