using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access;
using Salus.Host.Web;
using Salus.Kernel;
using Salus.TestSupport;
using Record = Salus.Records.Record;

namespace Salus.Host.Tests.Access;

/// <summary>The trail over record and access together: what is opened by break-glass is marked, a proxy sees who looked, national identifiers are not in it.</summary>
public sealed class AuditedAccessTests(AuditedAccessTests.Server server) : IClassFixture<AuditedAccessTests.Server>
{
    [Fact]
    public async Task What_is_seen_after_break_glass_is_marked_with_the_opening()
    {
        using var physician = await MatrixCaller.SignInAsync(server.Address, "physician");
        Assert.Equal(404, (await physician.GetAsync("/fhir/Observation/o-closed")).Status);
        var opened = await physician.SendAsync("POST", "/access/break-glass", """{"patient":"closed","reason":"Unconscious in the emergency department"}""", "application/json");
        Assert.Equal(201, opened.Status);
        var opening = (string)JsonNode.Parse(opened.Text)!["id"]!;
        Assert.Equal(200, (await physician.GetAsync("/fhir/Observation/o-closed")).Status);
        Assert.Equal(200, (await physician.GetAsync("/fhir/Patient/child")).Status);

        using var officer = await MatrixCaller.SignInAsync(server.Address, "privacy-officer");
        // All that was looked at so far is counted.
        var review = JsonNode.Parse((await officer.GetAsync("/admin/access/break-glass")).Text)!["items"]!.AsArray().Single(i => (string)i!["id"]! == opening);
        Assert.Equal(1, (int)review!["accesses"]!);
        var entries = await EntriesAsync(officer, "kind=read&type=Observation&id=o-closed&outcome=success", 1);
        Assert.Equal($"[\"{opening}\"]", entries[0]!["breakGlass"]!.ToJsonString());
        Assert.Equal("Unconscious in the emergency department", (string?)entries[0]!["why"]);
        Assert.Equal("[]", (await EntriesAsync(officer, "kind=read&patient=Patient/child&actor=doctor", 1))[0]!["breakGlass"]!.ToJsonString());
        Assert.Equal($"[\"{opening}\"]", (await EntriesAsync(officer, "kind=breakGlass&patient=closed", 1))[0]!["breakGlass"]!.ToJsonString());
    }

    [Fact]
    public async Task A_proxy_sees_who_looked_at_the_record_of_the_patient_until_that_ends()
    {
        using var officer = await MatrixCaller.SignInAsync(server.Address, "privacy-officer");
        Assert.Equal(403, (await officer.GetAsync("/access/my-record/audit")).Status);
        using var proxy = await MatrixCaller.SignInAsync(server.Address, "patient");
        Assert.Equal(200, (await proxy.GetAsync("/fhir/Patient/child")).Status);
        await Eventually.TrueAsync(async () => (await proxy.GetAsync("/access/my-record/audit")).Text.Contains("Patient/child", StringComparison.Ordinal));
        Assert.DoesNotContain("closed", (await proxy.GetAsync("/access/my-record/audit")).Text, StringComparison.Ordinal);

        await server.StoreAsync("""{"resourceType":"RelatedPerson","id":"mother","active":false,"patient":{"reference":"Patient/child"}}""");
        Assert.Equal(403, (await proxy.GetAsync("/access/my-record/audit")).Status);
        await server.StoreAsync(Server.Mother);
    }

    [Fact]
    public async Task Who_is_turned_away_leaves_no_national_identifier_behind()
    {
        using var nobody = MatrixCaller.Nobody(server.Address, "nobody");
        Assert.Equal(401, (await nobody.GetAsync("/fhir/Patient?identifier=http://hl7.org/fhir/sid/us-ssn|100-20-3005&gender=other")).Status);
        using var officer = await MatrixCaller.SignInAsync(server.Address, "privacy-officer");
        var query = (string)(await EntriesAsync(officer, "kind=denied&text=gender%3Dother", 1))[0]!["query"]!;
        Assert.Contains("us-ssn|sealed:", query, StringComparison.Ordinal);
        Assert.DoesNotContain("3005", query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_followed_live_ends_with_the_session_and_is_in_the_trail()
    {
        using var proxy = await MatrixCaller.SignInAsync(server.Address, "patient");
        Assert.Equal(404, (await proxy.GetAsync("/monitoring/events?patient=closed")).Status);
        using var stream = await proxy.FollowAsync("/monitoring/events?patient=child");
        await proxy.SendAsync("POST", "/access/sign-out", "{}", "application/json");
        var told = await stream.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("event: gone\ndata: {\"patient\":\"child\",\"reason\":\"The sign-in has ended", told, StringComparison.Ordinal);
        using var officer = await MatrixCaller.SignInAsync(server.Address, "privacy-officer");
        await EntriesAsync(officer, "kind=search&type=Observation&patient=Patient/child&outcome=success&text=monitoring", 1);
    }

    [Fact]
    public async Task A_page_of_another_site_opens_no_websocket_with_the_cookie_of_somebody()
    {
        using var physician = await MatrixCaller.SignInAsync(server.Address, "physician");
        Assert.Equal(403, (await physician.GetAsync("/monitoring/live", ("Origin", "https://evil.example.org"))).Status);
        Assert.NotEqual(403, (await physician.GetAsync("/monitoring/live", ("Origin", server.Address.GetLeftPart(UriPartial.Authority)))).Status);
    }

    private static async Task<JsonArray> EntriesAsync(MatrixCaller officer, string query, int least)
    {
        MatrixAnswer? page = null;
        await Eventually.TrueAsync(async () => JsonNode.Parse((page = await officer.GetAsync($"/admin/access/audit?{query}")).Text)!["entries"] is JsonArray { Count: var n } && n >= least, state: () => page?.Text ?? "");
        return JsonNode.Parse(page!.Text)!["entries"]!.AsArray();
    }

    /// <summary>The real composition, with a physician, a mother and a privacy officer.</summary>
    public sealed class Server : IAsyncLifetime, IDisposable
    {
        public const string Mother = """{"resourceType":"RelatedPerson","id":"mother","active":true,"patient":{"reference":"Patient/child"}}""";

        private readonly TestFolder folder = new();
        private WebApplication app = null!;

        internal Uri Address { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            app = WebHost.Build(
            [
                new("Salus:Data", folder["data"]), new("Salus:Port", "0"), new("Salus:Demo:Enabled", "false"), new("Salus:Access:SignIn", "true"), new("Salus:Records:Validation", "Structural"),
                new("Logging:LogLevel:Default", "Error"), new("Salus:Monitoring:LiveCheckSeconds", "1"),
            ]);
            await app.Services.StartKernelAsync(CancellationToken.None);
            await app.StartAsync();
            Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            await StoreAsync("""{"resourceType":"Patient","id":"child"}""");
            await StoreAsync("""{"resourceType":"Patient","id":"closed"}""");
            await StoreAsync("""{"resourceType":"Observation","id":"o-closed","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/closed"}}""");
            await StoreAsync(Mother);
            await DemoAccounts.MakeAsync(app.Services, [new("physician", "Doctor", "Practitioner/doctor", []), new("patient", "Mother", "RelatedPerson/mother", []), new("privacy-officer", "Officer", null, [])]);
        }

        public async Task DisposeAsync() => await app.DisposeAsync();

        public void Dispose() => folder.Dispose();

        internal async Task StoreAsync(string resource)
        {
            var node = JsonNode.Parse(resource)!;
            var bundle = new JsonObject
            {
                ["resourceType"] = "Bundle",
                ["type"] = "transaction",
                ["entry"] = new JsonArray(new JsonObject { ["resource"] = node, ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"{node["resourceType"]}/{node["id"]}" } }),
            };
            var answer = await app.Services.GetRequiredService<Record>().PostBundleAsync(Caller.System, Encoding.UTF8.GetBytes(bundle.ToJsonString()), CancellationToken.None);
            Assert.False(answer.Failed(out var failure), failure?.ToString());
        }
    }
}
