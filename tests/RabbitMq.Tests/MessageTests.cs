using System.IO.Compression;
using Salus.RabbitMq.Tests.Support;

namespace Salus.RabbitMq.Tests;

/// <summary>What devices and gateways publish to a real broker is stored.</summary>
[Collection(BrokerTests.Name)]
public sealed class MessageTests(BrokerFixture fixture)
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    // One device "A1", no clock, one run of two heart rates; the base is written behind.
    private static readonly byte[] BinaryHead = [.. "SVT"u8, 1, 0, 0, 1, 0, 1, 0, 0, 0, 2, .. "A1"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2];

    [BrokerFact]
    public async Task Messages_in_every_form_are_stored_once_and_leave_the_queue()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await using var publisher = await ward.ConnectAsync();
        await ward.AttachAsync("A1", "pat-a1");
        await publisher.SendAsync(Publisher.Batch("SN-A1", Now, Now + 1));
        await publisher.SendAsync(Publisher.Batch("SN-A1", Now + 1, Now + 2), contentType: null);
        await publisher.SendAsync(Binary(Now + 3), "application/vnd.salus.telemetry");
        await publisher.SendAsync(Gzip(Publisher.Batch("A1", Now + 5)), encoding: "gzip");
        await publisher.SendAsDeviceAsync("SN-A1", Publisher.Batch("SN-A1", Now + 6));
        long[] expected = [Now, Now + 1, Now + 2, Now + 3, Now + 4, Now + 5, Now + 6];
        await StoredAsync(ward, "pat-a1", expected);
        await Eventually.TrueAsync(async () => await publisher.WaitingAsync() == 0);
        using var metrics = await ward.Salus.GetAsync("/metrics");
        var text = await metrics.Content.ReadAsStringAsync();
        Assert.Contains("salus_rabbitmq_messages_total{outcome=\"stored\"} 5", text, StringComparison.Ordinal);
        Assert.Contains("salus_monitoring_ingest_samples_total{outcome=\"duplicate\"} 1", text, StringComparison.Ordinal);
    }

    [BrokerFact]
    public async Task A_device_that_speaks_MQTT_is_stored()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await ward.AttachAsync("M1", "pat-m1");
        Assert.Null(await ward.MqttAsync("SN-M1", Publisher.Batch("SN-M1", Now)));
        Assert.Null(await ward.MqttAsync("M1", Publisher.Batch("SN-M1", Now + 1)));
        await StoredAsync(ward, "pat-m1", [Now, Now + 1]);
    }

    [BrokerFact]
    public async Task With_the_permissions_of_the_documentation_a_device_publishes_as_itself_alone()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await ward.AttachAsync("P1", "pat-p1");
        await ward.AttachAsync("P2", "pat-p2");
        await fixture.Broker.ControlAsync("add_user", "SN-P1", "its-own");
        await fixture.Broker.ControlAsync("set_permissions", "-p", "/", "SN-P1", "^$", @"^amq\.topic$", "^$");
        await fixture.Broker.ControlAsync("set_topic_permissions", "-p", "/", "SN-P1", "amq.topic", $@"^{ward.Queue.Replace(".", @"\.", StringComparison.Ordinal)}\.{{username}}$", "^$");
        Assert.NotNull(await ward.MqttAsync("SN-P2", Publisher.Batch("SN-P2", Now), "SN-P1", "its-own"));
        Assert.Null(await ward.MqttAsync("SN-P1", Publisher.Batch("SN-P1", Now), "SN-P1", "its-own"));
        Assert.Null(await ward.MqttAsync("SN-P1", Publisher.Batch("SN-P2", Now), "SN-P1", "its-own"));
        await StoredAsync(ward, "pat-p1", [Now]);
        await Eventually.TrueAsync(async () => await RejectedAsync(ward, "P2") is [("foreign-device", 1)]);
        Assert.Empty(await ward.StoredAsync("pat-p2"));
    }

    [BrokerFact]
    public async Task A_key_is_for_its_device_and_those_below_it()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await using var publisher = await ward.ConnectAsync();
        await ward.AttachAsync("monitor", "pat-k");
        await ward.AttachAsync("module", "pat-k2", parent: "monitor");
        await ward.AttachAsync("other", "pat-o");
        await publisher.SendAsDeviceAsync("SN-monitor", Publisher.Batch("SN-other", Now));
        await publisher.SendAsDeviceAsync("SN-monitor", Publisher.Batch("SN-module", Now));
        await publisher.SendAsDeviceAsync("nobody", Publisher.Batch("SN-other", Now));
        await publisher.SendAsDeviceAsync("SN-monitor", Publisher.Batch("SN-monitor", Now));
        await StoredAsync(ward, "pat-k", [Now]);
        await StoredAsync(ward, "pat-k2", [Now]);
        await Eventually.TrueAsync(async () => (await RejectedAsync(ward, "other")).Sum(c => c.Count) == 2);
        Assert.All(await RejectedAsync(ward, "other"), c => Assert.Equal("foreign-device", c.Reason));
        Assert.Empty(await ward.StoredAsync("pat-o"));
    }

    [BrokerFact]
    public async Task Rejected_values_are_counted_and_shown_as_those_of_the_route()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await using var publisher = await ward.ConnectAsync();
        await ward.AttachAsync("R1", "pat-r1");
        await publisher.SendAsync(Publisher.Batch("R1", Now, Now + (24 * 3_600_000L)));
        await publisher.SendAsync(Publisher.Batch("stranger", Now));
        await StoredAsync(ward, "pat-r1", [Now]);
        await Eventually.TrueAsync(async () => (await RejectedAsync(ward, "R1")) is [("future", 1)] && (await RejectedAsync(ward, "stranger")) is [("unknown-device", 1)]);
    }

    private static Task StoredAsync(SalusAtBroker ward, string patient, long[] expected) =>
        Eventually.TrueAsync(async () => (await ward.StoredAsync(patient)).Order().SequenceEqual(expected), seconds: 30, () => string.Join('\n', ward.Salus.Errors) + ward.Salus.Output());

    private static async Task<IReadOnlyList<(string Reason, long Count)>> RejectedAsync(SalusAtBroker ward, string device) =>
        [.. (await ward.Salus.JsonAsync($"/monitoring/rejections?device={device}"))["counts"]!.AsArray().Select(c => ((string)c!["reason"]!, (long)c["count"]!))];

    // The base, 0 ms later 72000 thousandths, 1 ms later the same.
    private static byte[] Binary(long at) => [.. BinaryHead, .. BitConverter.GetBytes(at), 0x00, 0x80, 0xe5, 0x08, 0x04, 0x00];

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }
}
