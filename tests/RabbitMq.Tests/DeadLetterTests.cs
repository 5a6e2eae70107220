using Salus.RabbitMq.Tests.Support;

namespace Salus.RabbitMq.Tests;

/// <summary>Messages that are never taken stand where somebody can look at them, as they came, with why.</summary>
[Collection(BrokerTests.Name)]
public sealed class DeadLetterTests(BrokerFixture fixture)
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [BrokerFact]
    public async Task What_is_not_well_formed_is_a_dead_letter_and_what_follows_is_stored()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await using var publisher = await ward.ConnectAsync();
        await ward.AttachAsync("D1", "pat-d1");
        var whole = Publisher.Batch("D1", Now);
        var cases = new (byte[] Body, string? Type, string? Encoding, string Reason, string Says)[]
        {
            (whole[..^10], "application/json", null, "malformed", "line 1"),
            ("""{"device":"D1"}"""u8.ToArray(), null, null, "malformed", "samples"),
            ([], "application/json", null, "malformed", ""),
            ("SVT\u0001"u8.ToArray(), null, null, "malformed", ""),
            (whole, "text/csv", null, "unsupported-type", "text/csv"),
            (whole, "application/json", "zstd", "unsupported-type", "zstd"),
            (whole, "application/json", "gzip", "malformed", "decompressed"),
            (new byte[100_001], "application/json", null, "too-large", "100000"),
        };
        foreach (var (body, type, encoding, reason, says) in cases)
        {
            await publisher.SendAsync(body, type, encoding);
            var letter = await publisher.DeadAsync();
            Assert.Equal((reason, ward.Queue), (Publisher.Header(letter, "x-salus-reason"), Publisher.Header(letter, "x-salus-routing-key")));
            Assert.Contains(says, Publisher.Header(letter, "x-salus-message"), StringComparison.Ordinal);
            Assert.Equal(body, letter.Body.ToArray());
            Assert.Equal((type, encoding), (letter.BasicProperties.ContentType, letter.BasicProperties.ContentEncoding));
        }

        await publisher.SendAsync(whole);
        await Eventually.TrueAsync(async () => (await ward.StoredAsync("pat-d1")).SequenceEqual([Now]));
        Assert.Equal(0u, await publisher.WaitingAsync());
        using var metrics = await ward.Salus.GetAsync("/metrics");
        Assert.Contains("salus_rabbitmq_dead_letters_total{reason=\"malformed\"} 5", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [BrokerFact]
    public async Task A_sender_who_is_not_named_is_turned_away_and_that_is_audited()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker, ("Salus__RabbitMq__Senders__0", "guest"));
        await using var publisher = await ward.ConnectAsync();
        await ward.AttachAsync("S1", "pat-s1");
        await publisher.SendAsync(Publisher.Batch("S1", Now));
        var letter = await publisher.DeadAsync();
        Assert.Equal("forbidden", Publisher.Header(letter, "x-salus-reason"));
        Assert.Contains("telemetry.send", Publisher.Header(letter, "x-salus-message"), StringComparison.Ordinal);
        var trail = await ward.Salus.JsonAsync("/admin/access/audit?kind=denied");
        Assert.Contains(trail["entries"]!.AsArray(), e => e!.ToJsonString().Contains($"AMQP {ward.Queue}", StringComparison.Ordinal));

        await publisher.SendAsync(Publisher.Batch("S1", Now + 1), user: "guest");
        await Eventually.TrueAsync(async () => (await ward.StoredAsync("pat-s1")).SequenceEqual([Now + 1]));
    }
}
