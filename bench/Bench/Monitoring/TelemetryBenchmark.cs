using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Samples;
using Salus.Monitoring.Storage;

namespace Salus.Bench.Monitoring;

/// <summary>Samples of devices: how many become durable, what they cost, and how soon a day of one metric is read out of many.</summary>
internal sealed class TelemetryBenchmark(CommandLine line)
{
    private const int BatchSize = 1000;
    private const int RunLength = 600;

    private readonly ResultPage page = new("Samples of devices", $"telemetry {line.Text}".TrimEnd());
    private readonly long begin = UnixTime.Floor(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), UnixTime.Day);

    public static string[] Options => ["--series", "--rates", "--seconds", "--history", "--history-series", "--queries", "--data-folder", "--sql-samples"];

    public async Task RunAsync()
    {
        await using var store = await TelemetryStore.StartAsync(line.Get("--data-folder"), new MonitoringOptions { SqlSamples = Enum.Parse<SqlSamples>(line.Get("--sql-samples") ?? nameof(SqlSamples.Auto)) });
        page.Fact("Method", $"in one process: senders, flow, and an embedded PostgreSQL with durability on. A sender waits until its {BatchSize} values are durable. No observers, so without scores; without HTTP. Processor time from /proc, in cores.");
        await IntakeAsync(store);
        await HistoryAsync(store);
        await page.WriteAsync(line.Page("telemetry.md"));
        Console.WriteLine(await File.ReadAllTextAsync(line.Page("telemetry.md")));
    }

    private async Task IntakeAsync(TelemetryStore store)
    {
        var series = await store.SeriesAsync("bed", (int)line.Number("--series", 10_000));
        var seconds = line.Seconds("--seconds", 10);
        page.Line($"\n## Intake\n\n{series.Count:N0} series, one value of each after the other, {seconds.TotalSeconds} s each. The last row asks for more than 16 senders can give.");
        page.Columns("asked values/s", "durable values/s", "p50 ms", "p99 ms", ".NET cores", "PostgreSQL cores", "journal bytes/value", "managed MB", "load");
        var round = 0L;
        foreach (var rate in (long[])[20_000, .. line.Numbers("--rates", "10000,100000,10000000")])
        {
            round += await IntakeAsync(store, series, rate, round == 0 ? TimeSpan.FromSeconds(1) : seconds, round, written: round > 0);
        }

        var (before, clock) = (CpuTimes.Now(), Stopwatch.StartNew());
        var held = store.Get<HeadTable>().Samples;
        await store.Get<Flusher>().FlushAllAsync(default);
        var cost = CpuTimes.Now() - before;
        page.Format($"\nPutting {held:N0} of them into blocks, minutes and hours{(store.Get<SampleRows>().Target is { } rows ? $", and rows of {rows}" : "")}: {clock.Elapsed.TotalSeconds:F2} s; .NET {cost.Own / held * 1e6:F2} and PostgreSQL {cost.Postgres / held * 1e6:F2} s of processor time for a million values.");
    }

    private async Task<long> IntakeAsync(TelemetryStore store, IReadOnlyList<Series> series, long rate, TimeSpan seconds, long first, bool written)
    {
        var latencies = new ConcurrentBag<double>();
        var journal = await JournalAsync(store);
        var load = Machine.Load;
        var (before, clock) = (CpuTimes.Now(), Stopwatch.StartNew());
        var next = first;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var samples = new Sample[BatchSize];
            while (clock.Elapsed < seconds)
            {
                var at = Interlocked.Add(ref next, BatchSize) - BatchSize;
                Fill(samples, series, at);
                if (rate > 0 && TimeSpan.FromSeconds((at - first) / (double)rate) - clock.Elapsed is { Ticks: > 0 } early)
                {
                    await Task.Delay(early);
                }

                var sent = Stopwatch.GetTimestamp();
                var taken = await store.Get<SampleFlow>().TakeAsync(samples, default);
                latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                if (taken.Value.Stored != BatchSize)
                {
                    throw new InvalidOperationException($"{taken.Value.Stored} of {BatchSize} were stored.");
                }
            }
        })));
        var took = clock.Elapsed.TotalSeconds;
        var cost = CpuTimes.Now() - before;
        var bytes = (await JournalAsync(store) - journal) / (double)(next - first);
        if (written)
        {
            page.Format($"| {rate:N0} | {(next - first) / took:N0} | {latencies.Percentile(0.5):F1} | {latencies.Percentile(0.99):F1} | {cost.Own / took:F2} | {cost.Postgres / took:F2} | {bytes:F1} | {GC.GetTotalMemory(false) / 1e6:N0} | {load} |");
        }

        return next - first;
    }

    private static Task<long> JournalAsync(TelemetryStore store) => store.NumberAsync("select coalesce(sum(pg_total_relation_size(inhrelid)), 0) from pg_inherits where inhparent = 'monitoring.journal'::regclass");

    // One value of each series, then the next second.
    private void Fill(Sample[] samples, IReadOnlyList<Series> series, long first)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var (round, one) = ((first + i) / series.Count, (int)((first + i) % series.Count));
            samples[i] = new(series[one].Number, begin + (round * 1000), Value(one, round), SampleFlags.None);
        }
    }

    // Slow waves of another length for each series, in whole units.
    private static int Value(int series, long second) => 1000 * (int)(80 + (15 * Math.Sin((second + (series * 37)) / (20.0 + (series % 17)))) + ((second * 7919) + series) % 3);

    private async Task HistoryAsync(TelemetryStore store)
    {
        var series = await store.SeriesAsync("past", (int)line.Number("--history-series", 100));
        var samples = line.Number("--history", 50_000_000);
        var days = Math.Max(2, samples * 1000 / UnixTime.Day / series.Count);
        var clock = Stopwatch.StartNew();
        for (var at = begin - (days * UnixTime.Day); at < begin; at += RunLength * 1000)
        {
            await StoreAsync(store, series, at);
        }

        await using (var analyze = store.Database.Owner.CreateCommand("vacuum analyze monitoring.block, monitoring.minute"))
        {
            analyze.CommandTimeout = 0;
            await analyze.ExecuteNonQueryAsync();
        }

        var stored = await store.NumberAsync("select sum(samples) from monitoring.block");
        var bytes = await store.NumberAsync("select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'monitoring.block'::regclass");
        var minutes = await store.NumberAsync("select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'monitoring.minute'::regclass");
        Console.WriteLine($"{stored:N0} samples are stored.");
        page.Line("\n## History");
        page.Format($"\n{stored:N0} samples in blocks of {RunLength}, made and stored in {clock.Elapsed.TotalSeconds:F0} s by the statements of a flush ({series.Count} series, {days} days, values in whole units once a second): {bytes / 1e6:N0} MB, index included, {bytes / (double)stored:F2} bytes a sample; aggregates of minutes {minutes / 1e6:N0} MB more, {minutes / (double)stored:F2} bytes a sample. In the memory of the machine.");
        page.Columns("question (in process, one after the other)", "questions", "points", "p50 ms", "p95 ms", "p99 ms");
        var history = store.Get<SampleHistory>();
        await AskAsync("24 h of one metric, every sample", series, days, async (one, from) => (await history.PointsAsync(Tenant.Default, [one], from, from + UnixTime.Day, default)).Value.Sum(s => s.Points.Count));
        await AskAsync("24 h of one metric, minutes", series, days, async (one, from) =>
            (await history.AggregatesAsync(Tenant.Default, one.Patient, one.Metric, TableKind.Minute, from, from + UnixTime.Day, default)).Sum(s => s.Parts.Count));
        await AskAsync("1 h of one metric, every sample", series, days, async (one, from) => (await history.PointsAsync(Tenant.Default, [one], from, from + UnixTime.Hour, default)).Value.Sum(s => s.Points.Count));
    }

    private async Task AskAsync(string what, IReadOnlyList<Series> series, long days, Func<Series, long, Task<int>> ask)
    {
        var random = new Random(1);
        var latencies = new List<double>();
        var (count, points) = ((int)line.Number("--queries", 500), 0L);
        for (var i = -20; i < count; i++)
        {
            var from = begin - (days * UnixTime.Day) + random.NextInt64((days - 1) * UnixTime.Day);
            var asked = Stopwatch.GetTimestamp();
            points += await ask(series[random.Next(series.Count)], from);
            if (i >= 0)
            {
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
        }

        page.Format($"| {what} | {count} | {points / (count + 20):N0} | {latencies.Percentile(0.5):F2} | {latencies.Percentile(0.95):F2} | {latencies.Percentile(0.99):F2} |");
    }

    private static async Task StoreAsync(TelemetryStore store, IReadOnlyList<Series> series, long from)
    {
        var set = new BlockSet();
        for (var one = 0; one < series.Count; one++)
        {
            var points = new List<Point>(RunLength);
            for (var i = 0; i < RunLength; i++)
            {
                points.Add(new(from + (i * 1000), Value(one, (from / 1000) + i), SampleFlags.None));
            }

            set.Add(series[one], points);
        }

        foreach (var (kind, at) in set.Tables)
        {
            await store.Get<StorageTables>().EnsureAsync(kind, at, default);
        }

        await using var connection = await store.Database.Source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        set.AddTo(batch);
        await batch.ExecuteNonQueryAsync();
    }
}
