using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Salus.Bench.Processes;
using Salus.Monitoring.Ingest;
using Salus.Simulation;
using Salus.Simulation.Streams;

namespace Salus.Bench.Monitoring;

/// <summary>Waveforms over HTTP: a stretch of lead II and plethysmogram of some beds, a second or ten in a block, sent as fast as one client can and read again.</summary>
internal sealed class WaveformServer(CommandLine line, ResultPage page)
{
    private const int Reads = 15;

    private readonly int beds = (int)Math.Min(20, line.Number("--beds", 20));
    private readonly int length = (int)line.Number("--length", 3600);

    public async Task RunAsync()
    {
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        await IngestBenchmark.FillAsync(http);
        page.Line($"\n## Taking them, over HTTP, {beds} beds with both signals");
        page.Columns("seconds a block", "blocks a request", "blocks/s", "samples/s", "beds at 1 Hz that would be", "p50 ms", "p99 ms", "server's CPU us a block", "bytes a sample of a body");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 * 1000;
        // The first day for blocks of a second, the one before for those of ten.
        await TakeAsync(http, server, now - (length * 1000L), 1);
        await TakeAsync(http, server, now - 86_400_000 - (length * 1000L), 10);
        page.Line("\n## Reading lead II of one bed, over HTTP, with the audit trail");
        page.Columns("time", "seconds a block", "as", "p50 ms", "slowest ms", "bytes of the answer");
        foreach (var (end, seconds) in ((long, int)[])[(now, 1), (now - 86_400_000, 10)])
        {
            foreach (var (name, milliseconds) in ((string, long)[])[("10 s", 10_000), ("1 h", Math.Min(3_600_000, length * 1000L))])
            {
                await ReadAsync(http, name, seconds, "samples", $"from={end - milliseconds}&to={end}");
                await ReadAsync(http, name, seconds, "outline, 1,500 steps", $"from={end - milliseconds}&to={end}&width=1500");
            }
        }
    }

    private async Task TakeAsync(HttpClient http, SalusServer server, long from, int seconds)
    {
        var bodies = Bodies(from, seconds).ToList();
        var latencies = new List<double>();
        var (cpu, started) = (server.CpuSeconds, Stopwatch.GetTimestamp());
        foreach (var (bytes, _, _) in bodies)
        {
            var begun = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue(BinaryTelemetry.MediaType);
            using var answer = await http.PostAsync(new Uri("/telemetry", UriKind.Relative), content);
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode || !text.Contains("\"rejected\":0", StringComparison.Ordinal) || !text.Contains("\"duplicates\":0}", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{(int)answer.StatusCode} {text[..Math.Min(text.Length, 500)]}");
            }

            latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var (blocks, samples) = (bodies.Sum(b => (double)b.Blocks), bodies.Sum(b => (double)b.Samples));
        page.Format($"| {seconds} | {bodies[0].Blocks} | {blocks / elapsed:N0} | {samples / elapsed:N0} | {samples / elapsed / 375:N0} | {latencies.Percentile(0.5):F1} | {latencies.Percentile(0.99):F1} | {(server.CpuSeconds - cpu) * 1e6 / blocks:F0} | {bodies.Sum(b => (double)b.Bytes.Length) / samples:F2} |");
    }

    // Made while nothing is measured: one request for each stretch of time, with all beds.
    private IEnumerable<(byte[] Bytes, int Blocks, long Samples)> Bodies(long from, int seconds)
    {
        var monitors = new BedsideStreams(new StreamPlan(beds) { Waveforms = true }, null!, TimeProvider.System).Monitors([.. Enumerable.Range(0, beds).Select(d => (TelemetryBodies.Device(d), $"p{d}"))], from);
        var pace = new Pace(seconds);
        for (var at = from + (seconds * 1000L); at <= from + (length * 1000L); at += seconds * 1000L)
        {
            var writer = new BinaryTelemetryWriter(simulated: true);
            var (blocks, samples) = (0, 0L);
            for (var bed = 0; bed < beds; bed++)
            {
                var device = writer.Device(TelemetryBodies.Device(bed), at);
                monitors[bed].Tick(at, at, pace);
                foreach (var block in monitors[bed].Blocks.Where(b => b.Start >= from))
                {
                    writer.Waveform(device, (int)block.Signal, block.Start, block.Period * 1_000_000L, 0, SignalTexts.Of(block.Signal).Factor, block.Samples);
                    (blocks, samples) = (blocks + 1, samples + block.Samples.Length);
                }

                monitors[bed].Clear();
            }

            if (blocks > 0)
            {
                yield return (writer.ToArray(), blocks, samples);
            }
        }
    }

    private async Task ReadAsync(HttpClient http, string name, int seconds, string form, string query)
    {
        var times = new List<double>();
        var bytes = 0;
        for (var i = 0; i <= Reads; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            var answer = await http.GetByteArrayAsync(new Uri($"/telemetry/p1/waveforms?code=ecg-ii&{query}", UriKind.Relative));
            if (i > 0)
            {
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            bytes = answer.Length;
            using var json = JsonDocument.Parse(answer);
            if (json.RootElement.GetProperty("series").GetArrayLength() != 1)
            {
                throw new InvalidOperationException("There is nothing to read.");
            }
        }

        page.Format($"| {name} | {seconds} | {form} | {times.Percentile(0.5):F1} | {times.Max():F1} | {bytes:N0} |");
    }
}
