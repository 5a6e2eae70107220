using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Salus.Bench.Processes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Metrics;

namespace Salus.Bench.Monitoring;

/// <summary>How fast device data is read and checked, in process on one core; and over HTTP through the whole server.</summary>
internal sealed class IngestBenchmark(CommandLine options)
{
    public static readonly string[] Options = ["--passes", "--seconds", "--values", "--clients"];

    private const int Devices = 20;
    private readonly MeasuredMetrics metrics = new(MetricSet.Default);
    private readonly Dictionary<SeriesKey, Series> series = [];
    private readonly long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task RunAsync()
    {
        var page = new ResultPage("Device data: reading and checking", $"ingest {options.Text}".TrimEnd());
        page.Fact("Data", $"{Devices} devices of ten metrics, a value a second of each, made up; \"other units\" has temperatures in [degF], pressures in kPa, saturation as a fraction and times as ISO 8601.");
        page.Fact("Method", "In process: one thread reads and checks a body again and again (devices, codes, units, ranges, clock, patients, series), as the route does, without storing; medians of the passes. Over HTTP: the built server as a process of its own with its PostgreSQL, clients in this process on the same machine; every value is sent once.");
        await InProcessAsync(page);
        await page.WriteAsync(options.Page("ingest.md"));
        await OverHttpAsync(page);
        await page.WriteAsync(options.Page("ingest.md"));
        Console.WriteLine(await File.ReadAllTextAsync(options.Page("ingest.md")));
    }

    private async Task InProcessAsync(ResultPage page)
    {
        var index = new DeviceIndex(MetricSet.Default);
        index.Apply(new DeviceChanges(
            [.. Enumerable.Range(0, Devices).Select(d => new DeviceRow(Tenant.Default, $"d{d}", d + 1, false, "active", null, [$"urn:serial|{TelemetryBodies.Device(d)}"], null, null))],
            [.. Enumerable.Range(0, Devices).Select(d => new DeviceUseRow(Tenant.Default, $"u{d}", d + 1, false, 1, "active", $"d{d}", $"p{d}", null, null))], []));
        page.Line("\n## In process, one core");
        page.Columns("form", "values a body", "bytes a value", "values/s", "slowest pass", "fastest pass", "bytes allocated a value");
        foreach (var seconds in (int[])[1, 50])
        {
            var from = now - (seconds * 1000L);
            foreach (var (name, body) in new[]
            {
                ("JSON", TelemetryBodies.Json(Devices, from, seconds)), ("JSON, other units", TelemetryBodies.Foreign(Devices, from, seconds)), ("binary", TelemetryBodies.Binary(Devices, from, seconds)),
            })
            {
                var values = Devices * TelemetryBodies.Metrics * seconds;
                var (rates, allocated) = await MeasureAsync(index, body, values);
                page.Format($"| {name} | {values:N0} | {(double)body.Length / values:F1} | {rates.Median():N0} | {rates.Min():N0} | {rates.Max():N0} | {allocated:F1} |");
            }
        }
    }

    private async Task<(List<double> Rates, double Allocated)> MeasureAsync(DeviceIndex index, byte[] body, int values)
    {
        var limits = new IngestLimits(now, 300_000, now - 86_400_000, 3);
        var rates = new List<double>();
        var duration = options.Seconds("--seconds", 2);
        await OnceAsync(index, body, values, limits);
        var (bytes, rounds) = (GC.GetTotalAllocatedBytes(), 0L);
        for (var pass = 0L; pass < options.Number("--passes", 5); pass++)
        {
            var (count, started) = (0L, Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                await OnceAsync(index, body, values, limits);
                count++;
            }

            rates.Add(count * values / Stopwatch.GetElapsedTime(started).TotalSeconds);
            rounds += count;
        }

        return (rates, (double)(GC.GetTotalAllocatedBytes() - bytes) / (rounds * values));
    }

    private async ValueTask OnceAsync(DeviceIndex index, byte[] body, int values, IngestLimits limits)
    {
        using var check = new BatchCheck(index, Caller.Local, limits);
        var failure = body.AsSpan().StartsWith(BinaryTelemetry.Magic) ? BinaryTelemetry.Read(body, metrics, check) : JsonTelemetry.Read(body, metrics, check);
        await check.FinishAsync(Of, CancellationToken.None);
        if (failure is not null || check.Samples.Length != values)
        {
            throw new InvalidOperationException($"{failure} {check.Samples.Length} of {values}: {check.Listed.FirstOrDefault()}");
        }
    }

    private ValueTask<IReadOnlyList<Series>> Of(IReadOnlyList<SeriesKey> keys, CancellationToken ct)
    {
        foreach (var key in keys.Where(k => !series.ContainsKey(k)))
        {
            series[key] = new Series(series.Count + 1, key.Tenant, key.Patient, key.Device, key.Metric);
        }

        return new([.. keys.Select(k => series[k])]);
    }

    private async Task OverHttpAsync(ResultPage page)
    {
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        await FillAsync(http);
        page.Line("\n## Over HTTP, whole server");
        page.Columns("form", "values a request", "clients", "values/s", "p50 ms", "p99 ms", "values a second of the server's processor time");
        var total = (int)options.Number("--values", 500_000);
        var clients = (int)options.Number("--clients", 2);
        var from = now - 20_000_000;
        foreach (var seconds in (int[])[1, 5, 50])
        {
            foreach (var form in (string[])["JSON", "JSON, gzip", "binary"])
            {
                var each = Devices * TelemetryBodies.Metrics * seconds;
                var bodies = Enumerable.Range(0, Math.Max(clients, total / each)).Select(i => Body(form, from + (i * seconds * 1000L), seconds)).ToList();
                // Each form has times of its own, so that nothing is there already.
                from += 3;
                var (elapsed, latencies, cpu) = await SendAsync(http, server, form, bodies, clients);
                page.Format($"| {form} | {each:N0} | {clients} | {(double)bodies.Count * each / elapsed:N0} | {latencies.Percentile(0.5):F1} | {latencies.Percentile(0.99):F1} | {bodies.Count * each / cpu:N0} |");
            }
        }
    }

    private static byte[] Body(string form, long from, int seconds)
    {
        if (form == "binary")
        {
            return TelemetryBodies.Binary(Devices, from, seconds);
        }

        var json = TelemetryBodies.Json(Devices, from, seconds);
        if (form == "JSON")
        {
            return json;
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(json);
        }

        return packed.ToArray();
    }

    private static async Task<(double Seconds, List<double> Latencies, double Cpu)> SendAsync(HttpClient http, SalusServer server, string form, List<byte[]> bodies, int clients)
    {
        var latencies = new List<double>();
        var next = -1;
        var (cpu, started) = (server.CpuSeconds, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < bodies.Count; i = Interlocked.Increment(ref next))
            {
                var begun = Stopwatch.GetTimestamp();
                await PostAsync(http, form, bodies[i]);
                lock (latencies)
                {
                    latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                }
            }
        }));
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, latencies, server.CpuSeconds - cpu);
    }

    private static async Task PostAsync(HttpClient http, string form, byte[] body)
    {
        if (await RefusedAsync(http, form, body) is { } refused)
        {
            throw new InvalidOperationException(refused);
        }
    }

    /// <summary>Sends a body; null when all of it is stored that was not there before, else what was answered.</summary>
    public static async Task<string?> RefusedAsync(HttpClient http, string form, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(form == "binary" ? BinaryTelemetry.MediaType : "application/json");
        if (form == "JSON, gzip")
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var answer = await http.PostAsync(new Uri("/telemetry", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode && text.Contains("\"rejected\":0", StringComparison.Ordinal) && text.Contains("\"duplicates\":0", StringComparison.Ordinal)
            ? null : $"{(int)answer.StatusCode} {text[..Math.Min(text.Length, 500)]}";
    }

    // Devices and patients; and the registry has to know them.
    public static async Task FillAsync(HttpClient http)
    {
        await StoreAsync(http, Enumerable.Range(0, Devices));
        for (var started = Stopwatch.GetTimestamp(); (await http.GetStringAsync(new Uri("/monitoring/devices", UriKind.Relative))).Split("\"patient\":\"p").Length <= Devices;)
        {
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > 30)
            {
                throw new TimeoutException("The registry does not know the devices.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Stores devices, a patient for each, and that they belong together.</summary>
    public static async Task StoreAsync(HttpClient http, IEnumerable<int> devices)
    {
        var entries = devices.SelectMany(d => new[]
        {
            Entry("Patient", $"p{d}", ""), Entry("Device", $"d{d}", $$""","status":"active","identifier":[{"system":"urn:serial","value":"{{TelemetryBodies.Device(d)}}"}]"""),
            Entry("DeviceUseStatement", $"u{d}", $$""","status":"active","subject":{"reference":"Patient/p{{d}}"},"device":{"reference":"Device/d{{d}}"},"timingPeriod":{"start":"2020-01-01T00:00:00Z"}"""),
        });
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        using var stored = await http.PostAsync(new Uri("/fhir", UriKind.Relative), content);
        stored.EnsureSuccessStatusCode();

        static string Entry(string type, string id, string rest) => $$$"""{"resource":{"resourceType":"{{{type}}}","id":"{{{id}}}"{{{rest}}}},"request":{"method":"PUT","url":"{{{type}}}/{{{id}}}"}}""";
    }
}
