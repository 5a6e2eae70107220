using System.Text;
using Confluent.Kafka;
using Salus.Kafka.Tests.Support;

namespace Salus.Kafka.Tests;

/// <summary>What happens to alerts and devices stands in its topic, in order, also what happened while the cluster was away.</summary>
[Collection(KafkaTests.Name)]
public sealed class EventTests(WardFixture fixture)
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [KafkaFact]
    public async Task The_life_of_an_alert_is_told_in_order()
    {
        var ward = fixture.Ward;
        await RuleAsync(ward);
        await ward.AttachAsync("C1", "pat-c1");
        await ward.Client.SendAsync(Saturation("C1", 80, Now));
        var raised = Json(Assert.Single(ward.Client.Read("alerts", 1, "pat-c1", ward.Said)));
        Assert.Equal(("raised", "pat-c1", "high", "desaturation"), ((string?)raised["event"], (string?)raised["patient"], (string?)raised["priority"], (string?)raised["rule"]));
        Assert.Equal(80, (int)raised["why"]!["values"]![0]!["value"]!);

        await ward.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{raised["id"]}/acknowledge", """{"reason":"seen"}""");
        await ward.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{raised["id"]}/escalate", """{"reason":"help"}""");
        await ward.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{raised["id"]}/snooze", """{"reason":"on the way","minutes":10}""");
        await ward.Client.SendAsync(Saturation("C1", 97, Now + 1000));
        var all = ward.Client.Read("alerts", 5, "pat-c1", ward.Said);
        Assert.Equal(["raised", "acknowledged", "escalated", "snoozed", "resolved"], all.Select(m => (string?)Json(m)["event"]));
        Assert.Equal("seen", (string?)Json(all[1])["reason"]);
        Assert.True(all.Select(m => (long)Json(m)["seq"]!).Zip(all.Skip(1).Select(m => (long)Json(m)["seq"]!)).All(p => p.First < p.Second));
        Assert.True(await ward.MetricAsync("salus_kafka_events_total{kind=\"alerts\"}") >= 5);
    }

    [KafkaFact]
    public async Task What_happened_while_the_cluster_was_away_comes_later_also_after_a_crash()
    {
        await using var ward = await SalusAtKafka.StartAsync();
        await RuleAsync(ward);
        await ward.AttachAsync("C2", "pat-c2");
        Assert.Equal(["associated"], ward.Client.Read("device-events", 1, "C2", ward.Said).Select(m => (string?)Json(m)["event"]));
        ward.Cluster.GoAway();
        await ward.SendAsync(HttpMethod.Post, "/telemetry", Encoding.UTF8.GetString(Saturation("C2", 80, Now)));
        JsonArray open = [];
        await Eventually.TrueAsync(async () => (open = (await ward.Salus.JsonAsync("/monitoring/alerts?patient=pat-c2")).AsArray()).Count == 1, seconds: 30, ward.Said);
        await ward.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{open[0]!["id"]}/acknowledge", """{"reason":"seen"}""");
        await Eventually.TrueAsync(async () => await ward.StateAsync() == "degraded", seconds: 60, ward.Said);
        await ward.KillAsync();
        ward.Cluster.ComeBack();
        Assert.Equal(["raised", "acknowledged"], ward.Client.Read("alerts", 2, "pat-c2", ward.Said).Select(m => (string?)Json(m)["event"]));
    }

    [KafkaFact]
    public async Task Who_is_on_a_device_and_whether_it_is_in_use_is_told_in_order()
    {
        var ward = fixture.Ward;
        await ward.AttachAsync("C3", "pat-c3");
        ward.Client.Read("device-events", 1, "C3", ward.Said);
        await ward.SendAsync(HttpMethod.Put, "/fhir/Device/C3", """{"resourceType":"Device","id":"C3","status":"inactive"}""");
        ward.Client.Read("device-events", 2, "C3", ward.Said);
        await ward.SendAsync(HttpMethod.Put, "/fhir/Device/C3", """{"resourceType":"Device","id":"C3","status":"active"}""");
        ward.Client.Read("device-events", 3, "C3", ward.Said);
        var end = DateTimeOffset.FromUnixTimeMilliseconds(Now).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        await ward.UseAsync("C3", "pat-c3", "completed", end);
        var all = ward.Client.Read("device-events", 4, "C3", ward.Said);
        Assert.Equal(["associated", "off", "on", "ended"], all.Select(m => (string?)Json(m)["event"]));
        Assert.Equal(("pat-c3", "2020-01-01T00:00:00.000Z", null), ((string?)Json(all[0])["patient"], (string?)Json(all[0])["start"], (string?)Json(all[0])["end"]));
        Assert.Equal("inactive", (string?)Json(all[1])["status"]);
        Assert.NotNull((string?)Json(all[3])["end"]);
    }

    // As shipped, but at once.
    private static Task<JsonNode?> RuleAsync(SalusAtKafka ward) => ward.SendAsync(
        HttpMethod.Put, "/monitoring/rules/desaturation",
        """{"name":"desaturation","title":"SpO2 of 85 % or less","priority":"high","when":{"metric":"oxygen-saturation","atMost":85,"clear":88},"delaySeconds":0,"rearmMinutes":5,"suppressedBy":[],"escalation":[{"afterSeconds":600,"to":"charge-nurse"}],"source":"a test"}""");

    private static byte[] Saturation(string device, int percent, long at) => KafkaClient.Values(device, "oxygen-saturation", percent, "%", at);

    private static JsonNode Json(ConsumeResult<string?, byte[]> message) => JsonNode.Parse(message.Message.Value)!;
}
