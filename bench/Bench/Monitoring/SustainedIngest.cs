using System.Diagnostics;
using System.Globalization;
using Salus.Bench.Processes;
using Salus.Bench.Soak;

namespace Salus.Bench.Monitoring;

/// <summary>A constant stream of device data for minutes: whether all of it is durable and scored in time, and whether memory stays flat.</summary>
internal sealed class SustainedIngest(CommandLine options)
{
    public static readonly string[] Options = ["--rate", "--minutes", "--devices", "--gateways"];

    private readonly List<double> latencies = [];
    private readonly Lock gate = new();
    private long stored;
    private long failed;
    private double behind;
    private string? failure;

    public async Task RunAsync()
    {
        var (devices, gateways, rate) = ((int)options.Number("--devices", 1000), (int)options.Number("--gateways", 20), options.Number("--rate", 100_000));
        var length = TimeSpan.FromMinutes(options.Seconds("--minutes", 5).TotalSeconds);
        var interval = (int)(devices * TelemetryBodies.Metrics * 1000L / rate);
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path);
        await using var postgres = Postgres.Find(folder.Path)!;
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        foreach (var portion in Enumerable.Range(0, devices).Chunk(50))
        {
            await IngestBenchmark.StoreAsync(http, portion);
        }

        await KnownAsync(http, devices);
        var (cpu, pgCpu, ownCpu, clock) = (server.CpuSeconds, postgres.CpuSeconds, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var samples = new MemorySamples(server, postgres);
        var load = Task.WhenAll(Enumerable.Range(0, gateways).Select(g => Task.Run(() => SendAsync(http, g, devices / gateways, interval, clock, TimeSpan.FromSeconds((double)g / gateways), length))));
        var lag = LagAsync(http, load);
        await samples.FollowAsync(load);
        var seconds = clock.Elapsed.TotalSeconds;
        var (serverCpu, postgresCpu, loadCpu) = (server.CpuSeconds - cpu, postgres.CpuSeconds - pgCpu, (Environment.CpuUsage.TotalTime - ownCpu).TotalSeconds);
        var (unscored, caughtUp) = (await lag, await CaughtUpAsync(http));

        var page = new ResultPage("Device data without a pause", $"sustained {options.Text}".TrimEnd());
        page.Fact("Data", string.Create(CultureInfo.InvariantCulture, $"{devices:N0} devices of ten metrics, a value of each every {interval} ms: {rate:N0} values/s. {gateways} gateways send what theirs measured once a second, binary, {devices / gateways * TelemetryBodies.Metrics * 1000 / interval:N0} values a request."));
        page.Fact("Method", "the built server as a process of its own with its PostgreSQL; the gateways are in this process on the same machine. Each sends at its time, whether the last request was answered or not late; the time of a request counts from when it was due. 200 is answered when the values are durable.");
        page.Columns("values/s durable", "seconds", "stored", "refused", "p50 ms", "p99 ms", "greatest ms", "most behind its time s", "server CPU", "PostgreSQL CPU", "gateways CPU", "most commits not scored yet", "scored after the last answer s");
        page.Format($"| {stored / seconds:N0} | {seconds:F0} | {stored:N0} | {failed} | {latencies.Percentile(0.5):F1} | {latencies.Percentile(0.99):F1} | {latencies.Max():F0} | {behind:F2} | {serverCpu / seconds * 100:F0} % | {postgresCpu / seconds * 100:F0} % | {loadCpu / seconds * 100:F0} % | {unscored:N0} | {caughtUp:F2} |");
        page.Format($"\nResident memory of the server is **{(!samples.Enough ? "not judged: the run was too short" : samples.Flat(s => s.Resident) ? "flat" : "NOT flat")}**: {samples.Late.Average(s => s.Resident / 1e6):F0} MB on average in the second half, at most {samples.All.Max(s => s.Resident) / 1e6:F0} MB, slope {samples.Slope(s => s.Resident) * 60 / 1e6:+0.00;-0.00} MB a minute. {failure}");
        samples.Table(page);
        await page.WriteAsync(options.Page("sustained.md"));
        Console.WriteLine(await File.ReadAllTextAsync(options.Page("sustained.md")));
    }

    // One request a second, each with what was measured since the one before.
    private async Task SendAsync(HttpClient http, int gateway, int devices, int interval, Stopwatch clock, TimeSpan offset, TimeSpan length)
    {
        var begin = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - clock.ElapsedMilliseconds;
        var values = 1000 / interval;
        for (var due = offset + TimeSpan.FromSeconds(1); due < length; due += TimeSpan.FromSeconds(1))
        {
            if (due - clock.Elapsed is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, TimeProvider.System);
            }

            var late = (clock.Elapsed - due).TotalSeconds;
            var body = TelemetryBodies.Binary(gateway * devices, devices, begin + (long)due.TotalMilliseconds - 1000, values, interval);
            var answer = await PostAsync(http, body);
            lock (gate)
            {
                latencies.Add((clock.Elapsed - due).TotalMilliseconds);
                behind = Math.Max(behind, late);
                stored += answer is null ? values * devices * TelemetryBodies.Metrics : 0;
                failed += answer is null ? 0 : 1;
                failure ??= answer;
            }
        }
    }

    private static Task<string?> PostAsync(HttpClient http, byte[] body) => IngestBenchmark.RefusedAsync(http, "binary", body);

    // Until the registry has them all.
    private static async Task KnownAsync(HttpClient http, int devices)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System))
        {
            var from = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
            if (await PostAsync(http, TelemetryBodies.Binary(0, devices, from, 1, 1000)) is not { } refused)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(started).TotalSeconds > 60)
            {
                throw new TimeoutException($"The registry does not know the devices: {refused}");
            }
        }
    }

    private static async Task<double> LagAsync(HttpClient http, Task load)
    {
        var most = 0.0;
        do
        {
            most = Math.Max(most, await GaugeAsync(http));
        }
        while (await Task.WhenAny(load, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)) != load);
        return most;
    }

    private static async Task<double> CaughtUpAsync(HttpClient http)
    {
        var clock = Stopwatch.StartNew();
        while (await GaugeAsync(http) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        return clock.Elapsed.TotalSeconds;
    }

    // Commits that the slowest lane of partitions has not been told of.
    private static async Task<double> GaugeAsync(HttpClient http) => (await ServerMetrics.ReadAsync(http, http.BaseAddress!.Port)).Sum("salus_monitoring_lag");
}
