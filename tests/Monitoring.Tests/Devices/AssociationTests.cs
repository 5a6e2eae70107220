using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Tests.Ingest;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Devices;

public sealed class AssociationTests(IngestServer server) : IClassFixture<IngestServer>
{
    [Fact]
    public async Task Who_is_attached_is_measured_at_once_and_the_earlier_one_is_ended()
    {
        await PrepareAsync("one", "one-a", "one-b");
        await server.PutAsync([new JsonObject { ["resourceType"] = "Location", ["id"] = "bed-7" }]);
        Assert.Equal("no-patient", await ReasonAsync("one"));
        var (status, first) = await AttachAsync("one", new JsonObject { ["patient"] = "one-a", ["from"] = "2026-01-01T00:00:00Z", ["bed"] = "bed-7" });
        Assert.True(status == 201, $"{status} {first}");
        Assert.Equal("", await ReasonAsync("one"));
        (status, var second) = await AttachAsync("one", new JsonObject { ["patient"] = "one-b" });
        Assert.Equal((201, "one-b", "bed-7"), (status, (string?)second["patient"], (string?)second["bed"]));
        var earlier = await server.GetJsonAsync($"/fhir/{first["statement"]}");
        Assert.Equal("completed", (string?)earlier["status"]);
        Assert.Equal(second["since"]!.GetValue<DateTimeOffset>(), DateTimeOffset.Parse((string)earlier["timingPeriod"]!["end"]!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["one-a", "one-b"], server.Get<DeviceIndex>().Get(Tenant.Default, "one")!.Placements.Select(p => p.Patient));

        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/monitoring/devices/one/association", null)).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, "/monitoring/devices/one/association", null)).Status);
        Assert.Equal("completed", (string?)(await server.GetJsonAsync($"/fhir/{second["statement"]}"))["status"]);
        Assert.Equal(201, (await AttachAsync("one", new JsonObject { ["patient"] = "one-a" })).Status);
    }

    [Fact]
    public async Task A_device_that_was_just_written_is_attached()
    {
        for (var i = 0; i < 5; i++)
        {
            await server.PutAsync(IngestServer.Device($"fresh-{i}"), new JsonObject { ["resourceType"] = "Patient", ["id"] = "fresh" });
            Assert.Equal(201, (await AttachAsync($"fresh-{i}", new JsonObject { ["patient"] = "fresh" })).Status);
        }

        Assert.Equal(404, (await AttachAsync("fresh-none", new JsonObject { ["patient"] = "fresh" })).Status);
    }

    [Fact]
    public async Task Of_many_who_attach_at_the_same_moment_one_does()
    {
        string[] patients = [.. Enumerable.Range(0, 8).Select(i => $"many-{i}")];
        await PrepareAsync("many", patients);
        var answers = await Task.WhenAll(patients.Select(p => AttachAsync("many", new JsonObject { ["patient"] = p })));
        Assert.All(answers, a => Assert.True(a.Status is 201 or 409, a.Answer.ToJsonString()));
        // Whoever comes after the first has seen it, and ends it: at any time there is one.
        var open = (await server.GetJsonAsync("/fhir/DeviceUseStatement?device=Device/many&_count=100"))["entry"]!.AsArray().Select(e => e!["resource"]!).ToList();
        Assert.Single(open, u => (string?)u["status"] == "active");
        Assert.Equal(answers.Count(a => a.Status == 201), open.Count);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_the_field()
    {
        await PrepareAsync("bad", "bad-a");
        Assert.Equal((400, "patient"), await RefusedAsync("bad", "{}"));
        Assert.Equal((400, "from"), await RefusedAsync("bad", """{"patient":"bad-a","from":"2026-01-01T00:00:00"}"""));
        Assert.Equal((400, "from"), await RefusedAsync("bad", """{"patient":"bad-a","from":"2126-01-01T00:00:00Z"}"""));
        Assert.Equal((400, "bed"), await RefusedAsync("bad", """{"patient":"bad-a","bed":"a/b"}"""));
        Assert.Equal((422, "patient"), await RefusedAsync("bad", """{"patient":"not-there"}"""));
        Assert.Equal((422, "bed"), await RefusedAsync("bad", """{"patient":"bad-a","bed":"not-there"}"""));
        Assert.Equal((404, "id"), await RefusedAsync("not-there", """{"patient":"bad-a"}"""));
        Assert.Equal((400, null), await RefusedAsync("bad", "{"));
        Assert.Equal((400, null), await RefusedAsync("bad", """{"patient":"bad-a","ward":"x"}"""));
        Assert.Equal(201, (await AttachAsync("bad", new JsonObject { ["patient"] = "bad-a" })).Status);
        Assert.Equal((409, "from"), await RefusedAsync("bad", """{"patient":"bad-a","from":"2026-01-01T00:00:00Z"}"""));
    }

    [Fact]
    public async Task Who_may_not_write_the_statement_attaches_nobody()
    {
        await PrepareAsync("closed", "closed-a");
        server.Callers["reader"] = new Caller(Tenant.Default, "reader")
        {
            Permit = new Permit([[new Grant(Grant.AnyType, Interactions.Read | Interactions.Search, Reach.All)]], [Permissions.Monitoring]),
        };
        server.Callers["runner"] = new Caller(Tenant.Default, "runner") { Permit = new Permit([[]], [Permissions.Monitoring]) };
        Assert.Equal(403, (await AttachAsync("closed", new JsonObject { ["patient"] = "closed-a" }, "reader")).Status);
        Assert.Equal(403, (await AttachAsync("closed", new JsonObject { ["patient"] = "closed-a" }, "runner")).Status);
        Assert.Equal(201, (await AttachAsync("closed", new JsonObject { ["patient"] = "closed-a" })).Status);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Delete, "/monitoring/devices/closed/association", null, "reader")).Status);
        // Who sees devices does not see who is on them by that.
        Assert.Equal("closed-a", await PatientAsync(null));
        Assert.Equal("closed-a", await PatientAsync("reader"));
        Assert.Null(await PatientAsync("runner"));
    }

    [Fact]
    public async Task Whoever_may_not_see_the_patient_on_a_device_is_told_so()
    {
        await PrepareAsync("taken", "taken-a", "taken-b");
        Assert.Equal(201, (await AttachAsync("taken", new JsonObject { ["patient"] = "taken-a" })).Status);
        server.Callers["nurse of b"] = new Caller(Tenant.Default, "nurse of b") { Permit = new Permit([[Grant.Everything with { Reach = Reach.Of("taken-b") }]], [Permissions.Monitoring]) };
        var (status, answer) = await AttachAsync("taken", new JsonObject { ["patient"] = "taken-b" }, "nurse of b");
        Assert.Equal(403, status);
        Assert.Contains("not among yours", (string?)answer["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Delete, "/monitoring/devices/taken/association", null, "nurse of b")).Status);
    }

    private async Task<string?> PatientAsync(string? caller) => (string?)(await server.GetJsonAsync("/monitoring/devices", caller)).AsArray().Single(d => (string?)d!["id"] == "closed")!["patient"];

    private async Task PrepareAsync(string device, params string[] patients)
    {
        await server.PutAsync([IngestServer.Device(device), .. patients.Select(p => new JsonObject { ["resourceType"] = "Patient", ["id"] = p })]);
        await Eventually.TrueAsync(() => server.Get<DeviceIndex>().Get(Tenant.Default, device) is not null);
    }

    private async Task<(int Status, JsonNode Answer)> AttachAsync(string device, JsonNode body, string? caller = null)
    {
        var (status, text) = await server.SendAsync(HttpMethod.Post, $"/monitoring/devices/{device}/association", IngestServer.JsonBody(body), caller);
        return (status, JsonNode.Parse(text)!);
    }

    private async Task<(int, string?)> RefusedAsync(string device, string body)
    {
        var (status, text) = await server.SendAsync(HttpMethod.Post, $"/monitoring/devices/{device}/association", IngestServer.Body(System.Text.Encoding.UTF8.GetBytes(body)));
        return (status, (string?)JsonNode.Parse(text)!["issue"]![0]!["expression"]?[0]);
    }

    private async Task<string> ReasonAsync(string device)
    {
        var (_, answer) = await server.TelemetryAsync(TestBeds.Batch(device, TestBeds.Sample(72, time: TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())));
        return (string?)(answer["rejections"]!.AsArray() is [var one] ? one!["reason"] : null) ?? "";
    }
}
