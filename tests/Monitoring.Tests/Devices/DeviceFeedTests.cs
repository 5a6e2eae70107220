using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Tests.Ingest;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Devices;

/// <summary>What is written to the record is in force in the registry soon after.</summary>
public sealed class DeviceFeedTests(IngestServer server) : IClassFixture<IngestServer>
{
    [Fact]
    public async Task Changes_of_the_record_reach_the_registry()
    {
        await server.AttachAsync("fed", "pat-fed");
        Assert.Equal("no-unit", await ReasonAsync("fed"));
        await server.PutAsync(new JsonObject
        {
            ["resourceType"] = "DeviceMetric", ["id"] = "fed-t", ["category"] = "measurement", ["source"] = new JsonObject { ["reference"] = "Device/fed" },
            ["type"] = Concept("urn:iso:std:iso:11073:10101", "150364"), ["unit"] = Concept("http://unitsofmeasure.org", "[degF]"),
        });
        await Eventually.TrueAsync(async () => await ReasonAsync("fed") == "");
        await Eventually.TrueAsync(() => server.Stored.Of("fed").Count > 0);
        Assert.Equal(37_000, server.Stored.Of("fed")[0].Sample.Value);

        var off = IngestServer.Device("fed");
        off["status"] = "inactive";
        await server.PutAsync(off);
        await Eventually.TrueAsync(async () => await ReasonAsync("SN-fed") == "inactive-device");
        await server.PutAsync(IngestServer.Device("fed"));
        await Eventually.TrueAsync(async () => await ReasonAsync("urn:serial|SN-fed") == "");
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/fhir/DeviceUseStatement/use-fed-pat-fed", null)).Status);
        await Eventually.TrueAsync(async () => await ReasonAsync("fed") == "no-patient");
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/fhir/Device/fed", null)).Status);
        await Eventually.TrueAsync(async () => await ReasonAsync("fed") == "unknown-device");
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_force_for_the_next_sample()
    {
        for (var n = 0; n < 20; n++)
        {
            await server.PutAsync(IngestServer.Device($"new-{n}"));
            Assert.Equal("no-patient", await ReasonAsync($"new-{n}", 72, "heart-rate", "/min"));
            await server.PutAsync(new JsonObject { ["resourceType"] = "Patient", ["id"] = $"pat-new-{n}" }, IngestServer.Use($"use-new-{n}", $"new-{n}", $"pat-new-{n}", DateTimeOffset.UnixEpoch));
            Assert.Equal("", await ReasonAsync($"new-{n}", 72, "heart-rate", "/min"));
        }
    }

    [Fact]
    public async Task Periods_are_read_in_the_precision_that_they_are_written_in()
    {
        var whole = IngestServer.Use("dates-1", "dates", "pat-dates", default);
        (whole["status"], whole["timingPeriod"]) = ("completed", new JsonObject { ["start"] = "2026-01", ["end"] = "2026-02-10" });
        var exact = IngestServer.Use("dates-2", "dates", "pat-dates", default);
        exact["timingPeriod"] = new JsonObject { ["start"] = "2026-03-01T10:00:00+01:00", ["end"] = "2026-03-01T10:00:00.250Z" };
        await server.PutAsync(IngestServer.Device("dates"), new JsonObject { ["resourceType"] = "Patient", ["id"] = "pat-dates" }, whole, exact);
        await Eventually.TrueAsync(() => server.Get<DeviceIndex>().Get(Tenant.Default, "dates")?.Placements.Count == 2);
        Assert.Equal(
            [("2026-01-01T00:00:00.000Z", "2026-02-11T00:00:00.000Z"), ("2026-03-01T09:00:00.000Z", "2026-03-01T10:00:00.251Z")],
            server.Get<DeviceIndex>().Get(Tenant.Default, "dates")!.Placements.Select(p => (RejectionText.Time(p.From), RejectionText.Time(p.Until))));
    }

    private static JsonObject Concept(string system, string code) => new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };

    private async Task<string> ReasonAsync(string device, double value = 98.6, string code = "temperature", string? unit = null)
    {
        var (_, answer) = await server.TelemetryAsync(TestBeds.Batch(device, TestBeds.Sample(value, code, unit, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())));
        return (string?)(answer["rejections"]!.AsArray() is [var one] ? one!["reason"] : null) ?? "";
    }
}
