using Salus.Host.Tests;
using Salus.RabbitMq.Tests.Support;

namespace Salus.RabbitMq.Tests;

/// <summary>The way to the broker: TLS, and what is wrong with it is said without its password.</summary>
[Collection(BrokerTests.Name)]
public sealed class ConnectionTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [BrokerFact]
    public async Task Over_TLS_with_an_authority_of_its_own_and_no_other()
    {
        using var certificate = new TestCertificate();
        certificate.WriteTo(folder);
        await using var broker = await TestBroker.StartAsync((folder["tls.crt"], folder["tls.key"]));
        var address = $"amqps://guest:guest@127.0.0.1:{broker.TlsPort}/";
        await using (var trusting = await SalusAtBroker.StartAsync(broker, ("Salus__RabbitMq__Uri", address), ("Salus__RabbitMq__CaFile", folder["tls.crt"])))
        {
            await using var publisher = await trusting.ConnectAsync();
            await trusting.AttachAsync("T1", "pat-t1");
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await publisher.SendAsync(Publisher.Batch("T1", now));
            await Eventually.TrueAsync(async () => (await trusting.StoredAsync("pat-t1")).SequenceEqual([now]));
        }

        await using var wary = await SalusAtBroker.ReadyAsync(broker, ("Salus__RabbitMq__Uri", address));
        await Eventually.TrueAsync(() => Said(wary).Contains("certificate", StringComparison.Ordinal), state: () => Said(wary));
        Assert.Equal("degraded", await wary.BrokerStateAsync());
    }

    [BrokerFact]
    public async Task A_wrong_password_is_said_and_not_shown()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var ward = await SalusAtBroker.ReadyAsync(broker, ("Salus__RabbitMq__Uri", broker.Uri.Replace("guest:guest", "guest:shibboleth", StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => Said(ward).Contains("ACCESS_REFUSED", StringComparison.Ordinal), state: () => Said(ward));
        Assert.DoesNotContain("shibboleth", Said(ward), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://salus:shibboleth@broker", "Salus:RabbitMq:Uri is no address")]
    [InlineData("salus:shibboleth@broker", "Salus:RabbitMq:Uri is no address")]
    public async Task A_wrong_address_stops_the_start_in_one_line(string uri, string says)
    {
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo"], ("Salus__RabbitMq__Uri", uri));
        Assert.Equal(1, await salus.EndAsync());
        var line = Assert.Single(salus.Errors);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain("shibboleth", line + salus.Output(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_broker_nobody_shares_patients()
    {
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo"], ("Salus__Monitoring__Mode", "Clustered"));
        Assert.Equal(1, await salus.EndAsync());
        Assert.Contains("Salus:RabbitMq:Uri", Assert.Single(salus.Errors), StringComparison.Ordinal);
    }

    private static string Said(SalusAtBroker ward) => string.Join('\n', ward.Salus.Errors) + ward.Salus.Output();
}
