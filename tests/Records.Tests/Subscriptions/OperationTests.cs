using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Subscriptions.SubscriptionSamples;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>$status, $events, $topic-list, and what the CapabilityStatement says of them.</summary>
public sealed class OperationTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Status_and_events_tell_what_a_client_missed()
    {
        await fhir.SubscribeAsync(Backport("ops", "Patient", "family=Ops", null, "id-only", "websocket"));
        for (var i = 1; i <= 5; i++)
        {
            await fhir.StoreAsync(Samples.Patient("ops", "Ops", $"Name{i}"));
        }

        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select events from records.subscription where id = 'ops'") == 5);
        var status = (await fhir.GetAsync("Subscription/ops/$status")).Entries.Single()["resource"]!["parameter"]!.AsArray();
        Assert.Equal(["active", "query-status", "5"], status.Skip(2).Select(p => (string?)(p!["valueCode"] ?? p["valueString"])));
        Assert.Contains((await fhir.GetAsync("Subscription/$status?status=active")).Entries, e => e.ToJsonString().Contains("Subscription/ops", StringComparison.Ordinal));
        Assert.Empty((await fhir.GetAsync("Subscription/$status?id=ops&status=off")).Entries);

        var some = await fhir.GetAsync("Subscription/ops/$events?eventsSinceNumber=2&eventsUntilNumber=4&content=full-resource");
        Assert.Equal(["Name2", "Name3", "Name4"], some.Entries.Skip(1).Select(e => (string?)e["resource"]!["name"]![0]!["given"]![0]));
        Assert.Equal("history", (string?)some.Json["type"]);
        Assert.Equal(6, (await fhir.GetAsync("Subscription/ops/$events")).Entries.Count());
        Assert.Single((await fhir.GetAsync("Subscription/ops/$events?content=empty")).Entries);
        (await fhir.GetAsync("Subscription/ops/$events?eventsSinceNumber=x")).Refused(400, "eventsSinceNumber");
        (await fhir.GetAsync("Subscription/ops/$events?content=much")).Refused(400, "content");
        (await fhir.GetAsync("Subscription/nobody/$status")).Refused(404);
        (await fhir.GetAsync("Subscription/nobody/$get-ws-binding-token")).Refused(404);
        (await fhir.GetAsync("_subscriptions/ws")).Refused(400, "websocket");
    }

    [Fact]
    public async Task Topics_and_operations_are_listed()
    {
        var topics = (await fhir.GetAsync("Subscription/$topic-list")).Json["parameter"]!.AsArray().Select(p => (string)p!["valueCanonical"]!).ToList();
        Assert.Contains(Topics + "Encounter-create", topics);
        var rest = (await fhir.GetAsync("metadata")).Json["rest"]![0]!;
        Assert.EndsWith("/fhir/_subscriptions/ws", (string)rest["extension"]![0]!["valueUri"]!, StringComparison.Ordinal);
        var subscription = rest["resource"]!.AsArray().Single(r => (string?)r!["type"] == "Subscription")!;
        Assert.Equal(["events", "get-ws-binding-token", "status", "topic-list"], subscription["operation"]!.AsArray().Select(o => (string)o!["name"]!).Intersect(["events", "get-ws-binding-token", "status", "topic-list"]).Order());
        Assert.Contains(subscription["extension"]!.AsArray(), e => (string?)e!["valueCanonical"] == Topics + "Patient");
    }

    [Fact]
    public async Task A_subscription_that_claims_its_profile_is_stored_with_full_validation()
    {
        await using var strict = await RecordServer.StartAsync(server.ConnectionString, []);
        using var client = new FhirClient(new Uri(strict.Urls.First()));
        var subscription = Backport("profiled", "Patient", "family=X", null, "id-only", "websocket").With("heartbeat-period", "valueUnsignedInt", 60);
        subscription["meta"] = new System.Text.Json.Nodes.JsonObject { ["profile"] = new System.Text.Json.Nodes.JsonArray("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription") };
        await client.SubscribeAsync(subscription);
    }
}
