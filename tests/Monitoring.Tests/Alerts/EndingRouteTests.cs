using System.Text.Json.Nodes;
using Salus.Monitoring.Tests.Ingest;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Alerts;

/// <summary>The way from the record to the end of alerts, on the whole: a statement of use that ends, and a stay that does.</summary>
public sealed class EndingRouteTests(IngestServer server) : IClassFixture<IngestServer>
{
    [Fact]
    public async Task Who_is_taken_off_the_device_has_no_alerts_any_more()
    {
        await LowAsync("off");
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/monitoring/devices/off/association", null)).Status);
        await EndedAsync("off-p");
    }

    [Fact]
    public async Task Who_is_discharged_has_no_alerts_any_more()
    {
        await LowAsync("home");
        await server.PutAsync(Stay("in-progress", null));
        await server.PutAsync(Stay("finished", DateTimeOffset.UtcNow));
        await EndedAsync("home-p");
    }

    private async Task LowAsync(string device)
    {
        await server.AttachAsync(device, $"{device}-p");
        var (status, answer) = await server.TelemetryAsync(TestBeds.Batch(device, TestBeds.Sample(80, "systolic", "mm[Hg]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())));
        Assert.True(status == 200 && (int)answer["stored"]! == 1, answer.ToJsonString());
        await Eventually.TrueAsync(async () => (await AlertsAsync($"{device}-p", "open")).Any(a => (string?)a["rule"] == "hypotension"));
    }

    private async Task EndedAsync(string patient)
    {
        await Eventually.TrueAsync(async () => (await AlertsAsync(patient, "open")).Count == 0);
        Assert.All(await AlertsAsync(patient, "all"), a => Assert.Equal(("system", "no longer monitored"), ((string?)a["resolvedBy"], (string?)a["reason"])));
    }

    private async Task<List<JsonNode>> AlertsAsync(string patient, string status) => [.. (await server.GetJsonAsync($"/monitoring/alerts?patient={patient}&status={status}")).AsArray().Select(a => a!)];

    private static JsonObject Stay(string status, DateTimeOffset? end)
    {
        var period = new JsonObject { ["start"] = DateTimeOffset.UtcNow.AddDays(-1).ToString("o") };
        if (end is { } at)
        {
            period["end"] = at.ToString("o");
        }

        return new JsonObject
        {
            ["resourceType"] = "Encounter", ["id"] = "home-stay", ["status"] = status, ["subject"] = new JsonObject { ["reference"] = "Patient/home-p" },
            ["class"] = new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode", ["code"] = "IMP" }, ["period"] = period,
        };
    }
}
