using Salus.RabbitMq.Tests.Support;

namespace Salus.RabbitMq.Tests;

/// <summary>The database, the broker, or Salus itself is away: nothing that the broker has confirmed is lost, and nothing is stored twice.</summary>
[Collection(BrokerTests.Name)]
public sealed class AbsenceTests(BrokerFixture fixture)
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [BrokerFact]
    public async Task Without_the_database_messages_stay_in_the_queue_and_are_stored_later()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await using var publisher = await ward.ConnectAsync();
        await ward.AttachAsync("B1", "pat-b1");
        await publisher.SendAsync(Publisher.Batch("B1", Now));
        await Eventually.TrueAsync(async () => (await ward.StoredAsync("pat-b1")).Count == 1);

        ward.Network.GoAway();
        for (var i = 1; i <= 50; i++)
        {
            await publisher.SendAsync(Publisher.Batch("B1", Now + i));
        }

        await Eventually.TrueAsync(async () => await publisher.WaitingAsync() == 50, seconds: 60, () => string.Join('\n', ward.Salus.Errors) + ward.Salus.Output());
        Assert.Equal("degraded", await ward.BrokerStateAsync());
        ward.Network.ComeBack();

        await StoredAsync(ward, "pat-b1", 51);
        await Eventually.TrueAsync(async () => await publisher.WaitingAsync() == 0);
    }

    [BrokerFact]
    public async Task The_broker_ends_and_comes_back()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var ward = await SalusAtBroker.StartAsync(broker);
        await ward.AttachAsync("B2", "pat-b2");
        await using (var before = await ward.ConnectAsync())
        {
            await before.SendAsync(Publisher.Batch("B2", Now));
        }

        await StoredAsync(ward, "pat-b2", 1);
        await broker.KillAsync();
        await Eventually.TrueAsync(async () => await ward.BrokerStateAsync() == "degraded", seconds: 60);
        await broker.StartProcessAsync();
        await ward.ConsumesAsync();
        await using var publisher = await ward.ConnectAsync();
        await publisher.SendAsync(Publisher.Batch("B2", Now + 1));
        await StoredAsync(ward, "pat-b2", 2);
    }

    [BrokerFact]
    public async Task Salus_is_killed_in_the_middle()
    {
        await using var ward = await SalusAtBroker.StartAsync(fixture.Broker);
        await ward.AttachAsync("B3", "pat-b3");
        await using var publisher = await ward.ConnectAsync();
        using var enough = new CancellationTokenSource();
        var sending = SendAsync(publisher, enough.Token);
        for (var (round, before) = (1, 0); round <= 3; round++)
        {
            await Eventually.TrueAsync(async () => (await ward.StoredAsync("pat-b3")).Count >= before + 300, seconds: 90);
            await ward.KillAsync();
            before = (await ward.StoredAsync("pat-b3")).Count;
        }

        await enough.CancelAsync();
        await StoredAsync(ward, "pat-b3", await sending);
        await Eventually.TrueAsync(async () => await publisher.WaitingAsync() == 0);
    }

    // How many values the broker has confirmed.
    private static async Task<int> SendAsync(Publisher publisher, CancellationToken enough)
    {
        var sent = 0;
        for (; !enough.IsCancellationRequested; sent += 100)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => publisher.SendAsync(Publisher.Batch("B3", Now - sent - (2 * i), Now - sent - (2 * i) - 1))));
        }

        return sent;
    }

    // All of them, and each once.
    private static async Task StoredAsync(SalusAtBroker ward, string patient, int count)
    {
        IReadOnlyList<long> stored = [];
        await Eventually.TrueAsync(async () => (stored = await ward.StoredAsync(patient)).Count >= count, seconds: 120, () => $"{stored.Count} of {count}: {string.Join('\n', ward.Salus.Errors)}{ward.Salus.Output()}");
        Assert.Equal(count, stored.Count);
        Assert.Equal(count, stored.Distinct().Count());
    }
}
