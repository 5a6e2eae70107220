using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Ingest;
using Salus.Monitoring.Waveforms;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Waveforms;

/// <summary>Waveforms over HTTP: in, kept, and out again.</summary>
public sealed class WaveformRouteTests(IngestServer server) : IClassFixture<IngestServer>
{
    // Of the recent past: what is older than a few days is refused.
    private static readonly long Start = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 200_000) / 1000 * 1000;

    [Fact]
    public async Task Blocks_that_follow_each_other_come_back_as_one_run_with_every_sample()
    {
        await server.AttachAsync("ecg", "pat-ecg");
        var numbers = Enumerable.Range(0, 500).Select(i => (int)(400 * Math.Sin(i / 9.0))).ToArray();
        var (status, answer) = await server.TelemetryAsync(Body("ecg", Wave(Start, numbers[..250]), Wave(Start + 1000, numbers[250..]), Wave(Start + 5000, [7])));
        Assert.Equal((200, 0, 3, 0, 0), (status, (int)answer["stored"]!, (int)answer["waveforms"]!["stored"]!, (int)answer["waveforms"]!["duplicates"]!, (int)answer["rejected"]!));
        var read = await server.GetJsonAsync($"/telemetry/pat-ecg/waveforms?code=131330&from={Start}&to={Start + 6000}");
        var series = read["series"]!.AsArray().Single()!;
        Assert.Equal(("ecg-ii", "mV", "ecg"), ((string?)series["code"], (string?)series["unit"], (string?)series["device"]));
        Assert.Equal([Start, Start + 5000], series["runs"]!.AsArray().Select(r => (long)r!["start"]!));
        var run = series["runs"]![0]!;
        Assert.Equal((4m, 0m, 0.005m, 0), ((decimal)run["period"]!, (decimal)run["origin"]!, (decimal)run["factor"]!, (int)run["flags"]!));
        Assert.Equal(string.Join(' ', numbers), (string?)run["data"]);
        // From 100 ms on, up to 200 ms: the 25th sample to the 49th.
        read = await server.GetJsonAsync($"/telemetry/pat-ecg/waveforms?from={Start + 98}&to={Start + 200}");
        Assert.Equal((Start + 100, string.Join(' ', numbers[25..50])), ((long)read["series"]![0]!["runs"]![0]!["start"]!, (string?)read["series"]![0]!["runs"]![0]!["data"]));
    }

    [Fact]
    public async Task The_same_blocks_again_are_duplicates_also_when_they_come_at_once()
    {
        await server.AttachAsync("again", "pat-wagain");
        var body = Body("again", [.. Enumerable.Range(0, 20).Select(i => Wave(Start + (i * 1000), [i, i + 1]))]).ToJsonString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.TelemetryAsync(JsonNode.Parse(body)!)));
        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Equal((20, 80), (answers.Sum(a => (int)a.Answer["waveforms"]!["stored"]!), answers.Sum(a => (int)a.Answer["waveforms"]!["duplicates"]!)));
        var other = await server.TelemetryAsync(Body("again", Wave(Start, [99, 100])));
        Assert.Equal(1, (int)other.Answer["waveforms"]!["duplicates"]!);
        var read = await server.GetJsonAsync($"/telemetry/pat-wagain/waveforms?from={Start}&to={Start + 1000}");
        Assert.Equal("0 1", (string?)read["series"]![0]!["runs"]![0]!["data"]);
    }

    [Fact]
    public async Task The_outline_keeps_every_peak()
    {
        await server.AttachAsync("peak", "pat-peak");
        var numbers = new int[2500];
        (numbers[1234], numbers[2400]) = (900, -300);
        await server.TelemetryAsync(Body("peak", [.. Enumerable.Range(0, 10).Select(i => Wave(Start + (i * 1000), numbers[(i * 250)..((i + 1) * 250)]))]));
        var read = await server.GetJsonAsync($"/telemetry/pat-peak/waveforms?code=ecg-ii&from={Start}&to={Start + 20_000}&width=200");
        var points = read["series"]![0]!["points"]!.AsArray().ToDictionary(p => (int)p![0]!, p => ((decimal)p![1]!, (decimal)p[2]!));
        // 100 ms a step; behind the tenth second there is nothing.
        Assert.Equal(Enumerable.Range(0, 100), points.Keys.Order());
        Assert.Equal((0m, 4.5m), points[1234 * 4 / 100]);
        Assert.Equal((-1.5m, 0m), points[2400 * 4 / 100]);
        Assert.All(points.Where(p => p.Key is not (49 or 96)), p => Assert.Equal((0m, 0m), p.Value));
    }

    [Fact]
    public async Task Samples_become_an_Observation_with_SampledData()
    {
        await server.AttachAsync("obs", "pat-obs");
        var writer = new BinaryTelemetryWriter();
        writer.Waveform(writer.Device("SN-obs"), 13, Start, 8_000_000, -1, 0.5m, [1, 2, 3]);
        var (status, _) = await server.TelemetryAsync(IngestServer.Body(writer.ToArray(), BinaryTelemetry.MediaType));
        Assert.Equal(200, status);
        var bundle = await server.GetJsonAsync($"/telemetry/pat-obs/waveforms/Observation?code=pleth&from={Start}&to={Start + 1000}");
        var observation = bundle["entry"]![0]!["resource"]!;
        Assert.Equal(("urn:iso:std:iso:11073:10101", "150452", "MDC_PULS_OXIM_PLETH"), ((string?)observation["code"]!["coding"]![0]!["system"], (string?)observation["code"]!["coding"]![0]!["code"], (string?)observation["code"]!["coding"]![0]!["display"]));
        var data = observation["valueSampledData"]!;
        Assert.Equal((-1m, 8m, 0.5m, 1, "1 2 3"), ((decimal)data["origin"]!["value"]!, (decimal)data["period"]!, (decimal)data["factor"]!, (int)data["dimensions"]!, (string?)data["data"]));
        Assert.Equal(("Patient/pat-obs", "Device/obs"), ((string?)observation["subject"]!["reference"], (string?)observation["device"]!["reference"]));
        // The record would take it as it is.
        var (stored, outcome) = await server.SendAsync(HttpMethod.Post, "/fhir/Observation", new StringContent(observation.ToJsonString(), System.Text.Encoding.UTF8, "application/fhir+json"));
        Assert.True(stored == 201, outcome);
    }

    [Fact]
    public async Task A_wrong_block_is_told_counted_and_kept_to_look_at()
    {
        await server.AttachAsync("bad", "pat-bad");
        var (status, answer) = await server.TelemetryAsync(Body("bad", Wave(Start, [1, 2]), Wave(Start + 86_400_000, [3]), Wave(Start, [100_000])));
        Assert.Equal((200, 1, 2), (status, (int)answer["waveforms"]!["stored"]!, (int)answer["rejected"]!));
        Assert.Equal([(1, "waveforms", "future"), (2, "waveforms", "impossible")], answer["rejections"]!.AsArray().Select(r => ((int)r!["index"]!, (string?)r["of"], (string?)r["reason"])));
        var kept = await server.GetJsonAsync("/monitoring/rejections?device=bad");
        Assert.Equal(["future", "impossible"], kept["counts"]!.AsArray().Select(c => (string?)c!["reason"]).Order());
        Assert.Equal(2, kept["examples"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("code=heart-rate", "code")]
    [InlineData("from=2000&to=1000", "from")]
    [InlineData("from=1000&to=100000000", "from")]
    [InlineData("width=0", "width")]
    [InlineData("width=100000", "width")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        await server.AttachAsync("ask", "pat-ask");
        var (status, body) = await server.SendAsync(HttpMethod.Get, $"/telemetry/pat-ask/waveforms?{query}", null);
        Assert.Equal((400, field), (status, (string?)JsonNode.Parse(body)!["issue"]![0]!["expression"]![0]));
    }

    [Fact]
    public async Task Whom_the_caller_may_not_see_is_not_there()
    {
        await server.AttachAsync("hide", "pat-hide");
        await server.TelemetryAsync(Body("hide", Wave(Start, [1])));
        server.Callers["nobody"] = new Caller(Tenant.Default, "nobody at all") { Permit = Permit.Nothing };
        server.Callers["abroad"] = new Caller(new Tenant(2), "abroad") { Permit = Permit.Everything };
        foreach (var path in (string[])["/telemetry/pat-hide/waveforms", "/telemetry/pat-hide/waveforms/Observation"])
        {
            Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, path, null, "nobody")).Status);
            Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, path, null, "abroad")).Status);
            Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, path.Replace("pat-hide", "pat-none", StringComparison.Ordinal), null)).Status);
        }
    }

    [Fact]
    public async Task Days_that_are_over_go()
    {
        var old = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (8 * UnixTime.Day);
        await server.Get<StorageTables>().EnsureAsync(TableKind.Waveform, old, default);
        var name = $"waveform_{UnixTime.Of(UnixTime.Floor(old, UnixTime.Day)):yyyyMMddHH}";
        Assert.True(await ExistsAsync(name));
        await server.Get<StorageTables>().StepAsync(default);
        Assert.False(await ExistsAsync(name));
        Assert.True(await ExistsAsync($"waveform_{UnixTime.Of(UnixTime.Floor(Start, UnixTime.Day)):yyyyMMddHH}"));

        async Task<bool> ExistsAsync(string table)
        {
            await using var command = server.Get<Database>().Owner.CreateCommand($"select to_regclass('monitoring.{table}') is not null");
            return (bool)(await command.ExecuteScalarAsync())!;
        }
    }

    private static JsonObject Body(string device, params JsonObject[] waves) => new() { ["device"] = device, ["waveforms"] = new JsonArray(waves) };

    private static JsonObject Wave(long start, int[] numbers) => new() { ["code"] = "ecg-ii", ["start"] = start, ["period"] = 4, ["factor"] = 0.005m, ["unit"] = "mV", ["data"] = string.Join(' ', numbers) };
}
