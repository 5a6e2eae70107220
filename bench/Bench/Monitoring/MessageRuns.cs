using System.Diagnostics;
using Salus.Bench.Processes;
using Salus.Monitoring.Ingest;

namespace Salus.Bench.Monitoring;

/// <summary>Messages with device data by a broker of some kind: from the first that is sent to the last that the server counts as stored, in each form; a row each.</summary>
/// <param name="stored">The server's count of messages that were stored, as /metrics names it.</param>
/// <param name="wrong">Counts that make the figure a lie when they are not 0: dead letters, what was sent back.</param>
internal sealed class MessageRuns(ResultPage page, string path, SalusServer server, string stored, params string[] wrong)
{
    private readonly string[] wrong = [.. wrong, "salus_monitoring_ingest_samples_total{outcome=\"rejected\"}", "salus_monitoring_ingest_samples_total{outcome=\"duplicate\"}"];

    public async Task RunAsync(int total, Func<string, List<byte[]>, Task> send)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        await IngestBenchmark.FillAsync(http);
        page.Columns("form", "values a message", "bytes a message", "messages", "messages/s", "values/s", "values a second of the server's processor time");
        var from = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 20_000_000;
        foreach (var (form, devices, seconds) in new[] { ("JSON", 1, 1), ("JSON", 20, 1), ("binary", 20, 1), ("binary", 20, 5) })
        {
            var each = devices * seconds * TelemetryBodies.Metrics;
            var bodies = Enumerable.Range(0, total / each).Select(i => from + (i * seconds * 1000L)).Select(at => form == "JSON" ? TelemetryBodies.Json(devices, at, seconds) : TelemetryBodies.Binary(devices, at, seconds)).ToList();
            // Each form has times of its own, so that nothing is there already.
            from += 3;
            var (elapsed, cpu) = await MeasureAsync(http, () => send(form == "JSON" ? "application/json" : BinaryTelemetry.MediaType, bodies), bodies.Count);
            page.Format($"| {form} | {each:N0} | {bodies.Average(b => b.Length):N0} | {bodies.Count:N0} | {bodies.Count / elapsed:N0} | {(double)bodies.Count * each / elapsed:N0} | {(double)bodies.Count * each / cpu:N0} |");
            await page.WriteAsync(path);
        }

        Console.WriteLine(await File.ReadAllTextAsync(path));
    }

    private async Task<(double Seconds, double Cpu)> MeasureAsync(HttpClient http, Func<Task> send, int messages)
    {
        var before = await StoredAsync(http);
        var (cpu, started) = (server.CpuSeconds, Stopwatch.GetTimestamp());
        await send();
        while (await StoredAsync(http) is var now && now - before < messages)
        {
            if (Stopwatch.GetElapsedTime(started).TotalMinutes > 5)
            {
                throw new TimeoutException($"{now - before} of {messages} messages were stored.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return (Stopwatch.GetElapsedTime(started).TotalSeconds, server.CpuSeconds - cpu);
    }

    private async Task<long> StoredAsync(HttpClient http)
    {
        var metrics = await ServerMetrics.ReadAsync(http, server.Port);
        return wrong.Select(metrics.NotZero).FirstOrDefault(lie => lie is not null) is { } lie ? throw new InvalidOperationException(lie) : (long)metrics.Sum(stored);
    }
}
