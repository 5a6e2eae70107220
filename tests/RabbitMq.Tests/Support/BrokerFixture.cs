namespace Salus.RabbitMq.Tests.Support;

/// <summary>One broker for all tests, which take turns; each has queues of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    /// <summary>It.</summary>
    public TestBroker Broker { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (TestBroker.Program is not null)
        {
            Broker = await TestBroker.StartAsync();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerTests : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
