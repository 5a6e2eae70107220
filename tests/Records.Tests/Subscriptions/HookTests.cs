using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Subscriptions.SubscriptionSamples;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>rest-hooks on a real endpoint: which changes lead to a notification, what it is, and in which order they come.</summary>
public sealed class HookTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_classic_hook_without_payload_is_an_empty_post_for_each_match()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var subscription = Classic("classic", "Observation?code=http://loinc.org|1111-1&patient=Patient/c1", hook.Url + "/told?a=b");
        subscription["channel"]!["header"] = new JsonArray("Authorization: Bearer abc def", "X-Ward: 7");
        await fhir.SubscribeAsync(subscription);

        await fhir.StoreAsync(Samples.Observation("c-almost", "Patient/c2", "1111-1"));
        await fhir.StoreAsync(Samples.Observation("c-other", "Patient/c1", "1111-2"));
        await fhir.StoreAsync(Samples.Observation("c-match", "Patient/c1", "1111-1"));
        await fhir.StoreAsync(Samples.Observation("c-match", "Patient/c1", "1111-1", "80"));
        await fhir.DeleteAsync("Observation/c-match");
        await fhir.StoreAsync(Samples.Observation("c-last", "Patient/c1", "1111-1"));

        await hook.GotAsync(3);
        await DoneAsync("classic", 3);
        Assert.Equal(3, hook.Requests.Count);
        Assert.All(hook.Requests, r => Assert.Equal(("POST", "/told?a=b", "", "Bearer abc def", "7"), (r.Method, r.Path, r.Body, r.Headers["Authorization"], r.Headers["X-Ward"])));
    }

    [Fact]
    public async Task A_classic_hook_with_payload_is_an_update_at_the_endpoint()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.SubscribeAsync(Classic("payload", "Patient?family=Payload", hook.Url + "/base/", "application/fhir+json"));
        await fhir.SubscribeAsync(Classic("payload-xml", "Patient?family=Payload", hook.Url + "/xml", "application/fhir+xml"));
        var stored = await fhir.StoreAsync(Samples.Patient("payload-1", "Payload"));

        await hook.GotAsync(2);
        var json = Assert.Single(hook.Requests, r => r.Path == "/base/Patient/payload-1");
        Assert.Equal("PUT", json.Method);
        Assert.Equal(stored.Text, json.Body);
        Assert.StartsWith("application/fhir+json", json.Headers["Content-Type"], StringComparison.Ordinal);
        var xml = Assert.Single(hook.Requests, r => r.Path == "/xml/Patient/payload-1");
        Assert.Contains("<Patient xmlns=\"http://hl7.org/fhir\">", xml.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_classic_hook_gets_each_resource_whatever_it_says_of_counts_and_languages()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var subscription = Classic("single", "Patient?family=Single", hook.Url, "application/fhir+json").With("max-count", "valuePositiveInt", 10);
        subscription["channel"]!["header"] = new JsonArray("Content-Language: de", "X-Ward: 7");
        await fhir.SubscribeAsync(subscription);
        await fhir.BundleAsync(Samples.Bundle("transaction", [.. Enumerable.Range(0, 5).Select(i => Samples.Entry("PUT", $"Patient/single-{i}", Samples.Patient($"single-{i}", "Single")))]));

        await hook.GotAsync(5);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"PUT /Patient/single-{i} de 7"), hook.Requests.Select(r => $"{r.Method} {r.Path} {r.Headers["Content-Language"]} {r.Headers["X-Ward"]}").Order());
    }

    [Fact]
    public async Task A_topic_brings_create_update_and_delete_with_the_versions_as_they_were()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.SubscribeAsync(Backport("topic", "Observation", "Observation?code=http://loinc.org|2222-2", hook.Url));
        for (var value = 1; value <= 5; value++)
        {
            await fhir.StoreAsync(Samples.Observation("t-1", "Patient/t", "2222-2", $"{value}"));
        }

        await fhir.DeleteAsync("Observation/t-1");
        await hook.AcceptedAsync(6);

        Assert.Equal("handshake", hook.Requests.First().Kind);
        var events = hook.Requests.Skip(1).ToList();
        Assert.Equal(Enumerable.Range(1, 6).Select(i => (long)i), events.SelectMany(e => e.Events));
        Assert.Equal(["POST", "PUT", "PUT", "PUT", "PUT", "DELETE"], events.Select(e => (string?)e.Entries.Single()["request"]!["method"]));
        Assert.Equal([1, 2, 3, 4, 5], events.Take(5).Select(e => (int)e.Entries.Single()["resource"]!["valueQuantity"]!["value"]!));
        Assert.Null(events[5].Entries.Single()["resource"]);
        Assert.Equal(fhir.Base + "Observation/t-1", (string?)events[5].Entries.Single()["fullUrl"]);
        Assert.Equal(Topics + "Observation", (string?)events[0].Parameter("topic")!["valueCanonical"]);
        Assert.Equal("active", (string?)events[0].Parameter("status")!["valueCode"]);
        Assert.Equal(fhir.Base + "Subscription/topic", (string?)events[0].Parameter("subscription")!["valueReference"]!["reference"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&_id=overtaken-id,overtaken-id-last")]
    public async Task A_version_that_was_overtaken_at_once_is_compared_as_it_was(string more)
    {
        await using var hook = await HookEndpoint.StartAsync();
        var (id, family) = more.Length == 0 ? ("overtaken", "Overtaken") : ("overtaken-id", "Overtakenid");
        await fhir.SubscribeAsync(Backport(id, "Patient", $"Patient?family:exact={family}{more}", hook.Url));
        // One after the other without a pause: the feed sees most of them when the next is there already.
        for (var i = 0; i < 20; i++)
        {
            await fhir.StoreAsync(Samples.Patient(id, i % 2 == 0 ? family : "Other"));
        }

        await fhir.StoreAsync(Samples.Patient($"{id}-last", family));
        await hook.AcceptedAsync(11);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{(2 * i) + 1}").Append("1"), hook.Requests.Skip(1).Select(r => (string?)r.Entries.Single()["resource"]!["meta"]!["versionId"]));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("id-only")]
    public async Task A_notification_carries_no_more_than_is_asked_for(string content)
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.SubscribeAsync(Backport($"content-{content}", "Patient-create", $"family=Content-{content}", hook.Url, content));
        await fhir.StoreAsync(Samples.Patient($"content-{content}", $"Content-{content}"));
        await fhir.StoreAsync(Samples.Patient($"content-{content}", $"Content-{content}", "Other"));
        await fhir.StoreAsync(Samples.Patient($"content-{content}-2", $"Content-{content}"));
        await hook.AcceptedAsync(2);

        var got = hook.Requests.Where(r => r.Kind == "event-notification").ToList();
        Assert.Equal(2, got.Count);
        Assert.Equal(content == "empty" ? 0 : 1, got[0].Entries.Count());
        Assert.DoesNotContain("Ada", got[0].Body, StringComparison.Ordinal);
        Assert.Equal(content != "empty", got[0].Body.Contains($"Patient/content-{content}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Xml_and_several_events_in_one_notification_are_as_asked_for()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.SubscribeAsync(Backport("xml", "Patient", "family=Xml", hook.Url, mime: "application/fhir+xml"));
        await fhir.SubscribeAsync(Backport("many", "Patient", "family=Many", hook.Url + "/many").With("max-count", "valuePositiveInt", 10));
        await fhir.StoreAsync(Samples.Patient("xml-1", "Xml"));
        await fhir.BundleAsync(Samples.Bundle("transaction", [.. Enumerable.Range(0, 25).Select(i => Samples.Entry("PUT", $"Patient/many-{i}", Samples.Patient($"many-{i}", "Many")))]));

        await hook.AcceptedAsync(25);
        var many = hook.Requests.Where(r => r.Path == "/many" && r.Kind == "event-notification").ToList();
        Assert.Equal(Enumerable.Range(1, 25).Select(i => (long)i), many.SelectMany(r => r.Events));
        Assert.Equal([10, 10, 5], many.Select(r => r.Entries.Count()));
        await Eventually.TrueAsync(() => hook.Requests.Count(r => r.Body.Contains("<Bundle ", StringComparison.Ordinal)) == 2, state: () => string.Join("\n", hook.Requests.Select(r => r.Body)));
    }

    [Fact]
    public async Task Chained_criteria_and_criteria_of_everything_match()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.StoreAsync(Samples.Patient("chain", "Chainfamily"));
        await fhir.SubscribeAsync(Backport("chain", "Observation-create", "Observation?subject:Patient.family=Chainfamily", hook.Url + "/chain", "id-only"));
        await fhir.SubscribeAsync(Backport("all", "Location", null, hook.Url + "/all", "id-only"));
        await fhir.StoreAsync(Samples.Observation("chain-no", "Patient/other"));
        await fhir.StoreAsync(Samples.Observation("chain-yes", "Patient/chain"));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Location","id":"all-1","name":"Ward"}"""));

        await hook.AcceptedAsync(2);
        Assert.Equal(["/all Location", "/chain Observation"], hook.Requests.Where(r => r.Kind == "event-notification").Select(r => $"{r.Path} {r.Entries.Single()["request"]!["url"]}").Select(t => t.Split('/') is [_, var path, ..] ? "/" + path : t).Order());
    }

    private Task DoneAsync(string id, long events) => Eventually.TrueAsync(
        async () => await server.ScalarAsync<bool>($"select events = {events} and delivered = {events} and (select position from records.feed_consumer where name = 'records.subscriptions') = (select position from records.head) from records.subscription where id = '{id}'"));
}
