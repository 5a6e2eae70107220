using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using Salus.TestSupport;
using static Salus.Monitoring.Tests.Ingest.IngestServer;

namespace Salus.Monitoring.Tests.Ingest;

/// <summary>The route over HTTP: what wrong devices send, and that nothing half is stored.</summary>
public sealed class TelemetryTests(IngestServer server) : IClassFixture<IngestServer>
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Good_values_are_stored_and_counted()
    {
        await server.AttachAsync("good", "pat-good");
        var (status, answer) = await server.TelemetryAsync(Batch("SN-good", Sample(72), Sample(36.8, "temperature", "Cel"), Sample(73, time: Now + 1)));
        Assert.Equal((200, 3, 0, 0), (status, (int)answer["stored"]!, (int)answer["duplicates"]!, (int)answer["rejected"]!));
        await Eventually.TrueAsync(() => server.Stored.Of("good").Count == 3);
        Assert.All(server.Stored.Of("good"), s => Assert.Equal("pat-good", s.Series.Patient));
        var device = (await server.GetJsonAsync("/monitoring/devices")).AsArray().Single(d => (string?)d!["id"] == "good")!;
        Assert.Equal(("SN-good", "Monitor good", "pat-good", "bed-1", 3), ((string?)device["identifier"], (string?)device["name"], (string?)device["patient"], (string?)device["bed"], (int)device["samples"]!));
        Assert.Equal(["heart-rate", "temperature"], device["metrics"]!.AsArray().Select(m => (string?)m));
        Assert.Equal(Now + 1, ((DateTimeOffset)device["lastSample"]!).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("nan", "NaN", 0, "not-a-number")]
    [InlineData("billion", 1e9, 0, "impossible")]
    [InlineData("past", 72, -60L * 24 * 60 * 60_000, "too-old")]
    [InlineData("future", 72, 3_600_000L, "future")]
    public async Task A_wrong_value_is_told_counted_and_kept_to_look_at(string device, object value, long shift, string reason)
    {
        await server.AttachAsync(device, $"pat-{device}");
        var (status, answer) = await server.TelemetryAsync(Batch(device, Sample(value, time: Now + shift), Sample(71)));
        Assert.Equal((200, 1, 1), (status, (int)answer["stored"]!, (int)answer["rejected"]!));
        Assert.Equal((0, device, reason), ((int)answer["rejections"]![0]!["index"]!, (string?)answer["rejections"]![0]!["device"], (string?)answer["rejections"]![0]!["reason"]));
        var kept = await server.GetJsonAsync($"/monitoring/rejections?device={device}");
        Assert.Equal((reason, 1), ((string?)kept["counts"]![0]!["reason"], (int)kept["counts"]![0]!["count"]!));
        Assert.Equal((string?)answer["rejections"]![0]!["message"], (string?)kept["examples"]![0]!["message"]);
        var listed = (await server.GetJsonAsync("/monitoring/devices")).AsArray().Single(d => (string?)d!["id"] == device)!;
        Assert.Equal(1, (int)listed["rejections"]![reason]!);
    }

    [Fact]
    public async Task Another_patients_bed_is_refused()
    {
        await server.AttachAsync("bed", "pat-bed");
        var batch = Batch("bed", Sample(72));
        batch["bed"] = "bed-2";
        Assert.Equal("other-bed", (string?)(await server.TelemetryAsync(batch)).Answer["rejections"]![0]!["reason"]);
        server.Callers["monitor"] = Caller.Local with { Person = "Device/other" };
        Assert.Equal("foreign-device", (string?)(await server.TelemetryAsync(Batch("bed", Sample(72)), "monitor")).Answer["rejections"]![0]!["reason"]);
        Assert.Empty(server.Stored.Of("bed"));
    }

    [Fact]
    public async Task The_same_batch_five_times_is_stored_once()
    {
        await server.AttachAsync("again", "pat-again");
        var batch = Batch("again", [.. Enumerable.Range(0, 50).Select(i => Sample(60 + i, time: Now + i))]);
        for (var i = 0; i < 5; i++)
        {
            var (status, answer) = await server.TelemetryAsync(batch);
            Assert.Equal((200, i == 0 ? 50 : 0, i == 0 ? 0 : 50, 0), (status, (int)answer["stored"]!, (int)answer["duplicates"]!, (int)answer["rejected"]!));
        }

        await Eventually.TrueAsync(() => server.Stored.Of("again").Count == 50);
    }

    [Fact]
    public async Task Half_a_batch_is_refused_with_its_place_and_nothing_of_it_is_stored()
    {
        await server.AttachAsync("half", "pat-half");
        var whole = Encoding.UTF8.GetBytes(Batch("half", [.. Enumerable.Range(0, 20).Select(i => Sample(60, time: Now + i))]).ToJsonString());
        var (status, answer) = await server.TelemetryAsync(Body(whole[..(whole.Length / 2)]));
        Assert.Equal((400, "OperationOutcome"), (status, (string?)answer["resourceType"]));
        Assert.Contains("byte", (string?)answer["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        // Cut off on the way: the sender said that there is more.
        var raw = $"POST /telemetry HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{whole.Length:x}\r\n{Encoding.UTF8.GetString(whole)}\r\nZZ\r\n";
        Assert.Equal(400, (await RawHttp.SendAsync(server.Address, raw)).Status);
        var writer = new BinaryTelemetryWriter();
        writer.Run(writer.Device("half"), 1, [(Now, 60_000, false), (Now + 1, 60_000, false)]);
        (status, answer) = await server.TelemetryAsync(Body(writer.ToArray()[..^1], BinaryTelemetry.MediaType));
        Assert.Equal(400, status);
        Assert.Contains("At byte", (string?)answer["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        Assert.Empty(server.Stored.Of("half"));
    }

    [Fact]
    public async Task Fifty_megabytes_are_refused_also_when_they_come_small()
    {
        Assert.Equal(413, (await server.TelemetryAsync(Body(new byte[50_000_000]))).Status);
        Assert.Equal(413, (await server.TelemetryAsync(new StreamContent(new MemoryStream(new byte[200_000])) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } })).Status);
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[50_000_000]);
        }

        Assert.True(bomb.Length < 100_000);
        var (status, answer) = await server.TelemetryAsync(Zipped(bomb.ToArray()));
        Assert.Equal(413, status);
        Assert.Contains("MaxBatchBytes", (string?)answer["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gzip_is_read_and_a_cut_or_wrong_one_refused()
    {
        await server.AttachAsync("zip", "pat-zip");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Batch("zip", Sample(72)).ToJsonString()));
        }

        Assert.Equal(1, (int)(await server.TelemetryAsync(Zipped(packed.ToArray()))).Answer["stored"]!);
        Assert.Equal(400, (await server.TelemetryAsync(Zipped(packed.ToArray()[..^6]))).Status);
        Assert.Equal(400, (await server.TelemetryAsync(Zipped(Encoding.UTF8.GetBytes("{}")))).Status);
        var unknown = Body([1, 2, 3]);
        unknown.Headers.ContentEncoding.Add("zstd");
        Assert.Equal(415, (await server.TelemetryAsync(unknown)).Status);
        Assert.Equal(415, (await server.TelemetryAsync(Body([1], "text/plain"))).Status);
        Assert.Equal(400, (await server.TelemetryAsync(Body([]))).Status);
    }

    [Fact]
    public async Task Who_comes_when_too_much_is_in_work_is_told_to_wait()
    {
        await server.AttachAsync("wait", "pat-wait");
        var budget = server.Get<BodyBudget>();
        Assert.True(budget.TryTake(4_000_000));
        Assert.Equal(429, (await server.TelemetryAsync(Batch("wait", Sample(72)))).Status);
        Assert.NotNull(server.LastHeaders?.RetryAfter);
        budget.Return(4_000_000);
        Assert.Equal(1, (int)(await server.TelemetryAsync(Batch("wait", Sample(72)))).Answer["stored"]!);
        // All that was lent came back.
        Assert.True(budget.TryTake(4_000_000));
        budget.Return(4_000_000);
    }

    [Fact]
    public async Task A_move_in_the_middle_of_a_batch_parts_it()
    {
        var move = DateTimeOffset.FromUnixTimeMilliseconds(Now);
        await server.AttachAsync("moves", "pat-before", move.AddHours(-1));
        await server.AttachAsync("moves", "pat-after", move);
        var (_, answer) = await server.TelemetryAsync(Batch("moves", [.. Enumerable.Range(-5, 10).Select(i => Sample(72, time: Now + i))]));
        Assert.Equal(10, (int)answer["stored"]!);
        await Eventually.TrueAsync(() => server.Stored.Of("moves").Count == 10);
        Assert.Equal(Enumerable.Repeat("pat-before", 5).Concat(Enumerable.Repeat("pat-after", 5)), server.Stored.Of("moves").Select(s => s.Series.Patient));
        Assert.Equal(2, server.Stored.Of("moves").Select(s => s.Series.Number).Distinct().Count());
    }

    [Fact]
    public async Task Devices_of_another_tenant_are_unknown_and_so_are_its_rejections()
    {
        await server.AttachAsync("ours", "pat-ours");
        server.Callers["them"] = Caller.Local with { Tenant = new Tenant(2) };
        var (status, answer) = await server.TelemetryAsync(Batch("ours", Sample(72)), "them");
        Assert.Equal((200, 0, "unknown-device"), (status, (int)answer["stored"]!, (string?)answer["rejections"]![0]!["reason"]));
        Assert.Empty(server.Stored.Of("ours"));
        Assert.Empty((await server.GetJsonAsync("/monitoring/devices", "them")).AsArray());
        Assert.Empty((await server.GetJsonAsync("/monitoring/rejections?reason=unknown-device&device=ours"))["counts"]!.AsArray());
        Assert.Single((await server.GetJsonAsync("/monitoring/rejections?reason=unknown-device&device=ours", "them"))["counts"]!.AsArray());
    }

    [Fact]
    public async Task Of_many_rejections_few_are_kept_and_all_counted()
    {
        await server.AttachAsync("noisy", "pat-noisy");
        for (var i = 0; i < 4; i++)
        {
            await server.TelemetryAsync(Batch("noisy", [.. Enumerable.Range(0, 60).Select(n => Sample(1e9, time: Now + n))]));
        }

        var kept = await server.GetJsonAsync("/monitoring/rejections?device=noisy&reason=impossible&count=1000");
        Assert.Equal(240, (int)kept["counts"]![0]!["count"]!);
        // A minute may end in between.
        Assert.InRange(kept["examples"]!.AsArray().Count, 3, 6);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Get, "/monitoring/rejections?count=many", null)).Status);
    }

    [Fact]
    public async Task The_example_of_the_documentation_does_what_it_says()
    {
        await server.AttachAsync("1001", "pat-1001");
        var page = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "docs/modules/monitoring-ingest.md"));
        var command = page.Split("```sh\n").Skip(1).Select(b => b.Split("```")[0]).First(b => b.Contains("/telemetry ", StringComparison.Ordinal)).Replace("http://localhost:8080/", server.Address.ToString(), StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var answer = await shell.StandardOutput.ReadToEndAsync();
        Assert.Equal(page.Split("```json\n")[1].Split("```")[0].Trim(), answer);
        await Eventually.TrueAsync(() => server.Stored.Of("1001").Count == 2);
        Assert.Equal([37_000, 72_000], server.Stored.Of("1001").Select(s => s.Sample.Value).Order());
    }

    internal static JsonObject Batch(string device, params JsonNode[] samples) => TestBeds.Batch(device, samples);

    internal static JsonObject Sample(object value, string code = "heart-rate", string unit = "/min", long? time = null) => TestBeds.Sample(value, code, unit, time ?? Now);

    private static ByteArrayContent Zipped(byte[] bytes)
    {
        var content = Body(bytes);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
