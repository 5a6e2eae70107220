using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>Subscriptions, and waiting for them.</summary>
internal static class SubscriptionSamples
{
    public const string Topics = "http://salus.invalid/SubscriptionTopic/";
    private const string Extensions = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-";

    /// <summary>A Subscription of R4: its criteria is a search.</summary>
    public static JsonObject Classic(string id, string criteria, string? endpoint, string? payload = null, string channel = "rest-hook")
    {
        var subscription = Samples.Resource($$"""{"resourceType":"Subscription","id":"{{id}}","status":"requested","reason":"test","criteria":"{{criteria}}","channel":{"type":"{{channel}}"} }""");
        if (endpoint is not null)
        {
            subscription["channel"]!["endpoint"] = endpoint;
        }

        if (payload is not null)
        {
            subscription["channel"]!["payload"] = payload;
        }

        return subscription;
    }

    /// <summary>A Subscription of the backport: its criteria is a topic.</summary>
    public static JsonObject Backport(string id, string topic, string? filter, string? endpoint, string content = "full-resource", string channel = "rest-hook", string mime = "application/fhir+json")
    {
        var subscription = Classic(id, Topics + topic, endpoint, mime, channel);
        if (filter is not null)
        {
            subscription["_criteria"] = new JsonObject { ["extension"] = new JsonArray(Extension("filter-criteria", "valueString", filter)) };
        }

        subscription["channel"]!["_payload"] = new JsonObject { ["extension"] = new JsonArray(Extension("payload-content", "valueCode", content)) };
        return subscription;
    }

    /// <summary>With an extension of the channel: heartbeat-period, timeout, max-count.</summary>
    public static JsonObject With(this JsonObject subscription, string name, string type, int value)
    {
        var extensions = subscription["channel"]!["extension"]?.AsArray() ?? [];
        extensions.Add((JsonNode)Extension(name, type, value));
        subscription["channel"]!["extension"] = extensions.Parent is null ? extensions : extensions.DeepClone();
        return subscription;
    }

    /// <summary>Stores a Subscription and waits until it is active.</summary>
    public static async Task SubscribeAsync(this FhirClient fhir, JsonObject subscription)
    {
        await fhir.StoreAsync(subscription);
        await fhir.HasStatusAsync((string)subscription["id"]!, "active");
    }

    public static async Task HasStatusAsync(this FhirClient fhir, string id, string status, int seconds = 20)
    {
        Answer? last = null;
        await Eventually.TrueAsync(
            async () => (string?)(last = await fhir.GetAsync($"Subscription/{id}")).Json["status"] == status, seconds, () => last!.ToString());
    }

    private static JsonObject Extension(string name, string type, JsonNode value) => new() { ["url"] = Extensions + name, [type] = value };
}
