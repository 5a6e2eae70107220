namespace Salus.Kafka.Tests.Support;

/// <summary>One Salus at a mock cluster for the tests that leave both as they are; each has patients of its own.</summary>
public sealed class WardFixture : IAsyncLifetime
{
    private SalusAtKafka? ward;

    /// <summary>It.</summary>
    /// <exception cref="InvalidOperationException">The library is missing: the tests are skipped then, or fail by this.</exception>
    public SalusAtKafka Ward => ward ?? throw new InvalidOperationException("librdkafka is missing: eng/get-librdkafka.sh builds it.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (MockLibrary.File is not null)
        {
            ward = await SalusAtKafka.StartAsync();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (ward is not null)
        {
            await ward.DisposeAsync();
        }
    }
}

/// <summary>The tests that share it, and those that have their own, take turns: each process is work for the machine.</summary>
[CollectionDefinition(Name)]
public sealed class KafkaTests : ICollectionFixture<WardFixture>
{
    public const string Name = "kafka";
}
