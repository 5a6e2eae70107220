using Salus.Kernel;

namespace Salus.Kafka.Tests;

/// <summary>What is wrong with the settings stops the start in one line, and no password is in it.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("kafka://broker:9092", null, null, null, "Salus:Kafka:BootstrapServers is no list of brokers")]
    [InlineData("salus:shibboleth@broker:9092", null, null, null, "Salus:Kafka:BootstrapServers is no list of brokers")]
    [InlineData("broker", null, null, null, "Salus:Kafka:BootstrapServers is no list of brokers")]
    [InlineData("broker:9092", "shibboleth", null, null, "belong to Salus:Kafka:Security=PasswordOverTls")]
    [InlineData("broker:9092", null, "/nowhere/ca.pem", null, "Salus:Kafka:CaFile names /nowhere/ca.pem, which is not there")]
    [InlineData("one:9092, two:9093", null, null, "/nowhere/librdkafka.so", "Salus:Kafka:Library names /nowhere/librdkafka.so, which is not there")]
    public void A_wrong_setting_is_named(string servers, string? password, string? ca, string? library, string says)
    {
        var options = new KafkaOptions { BootstrapServers = servers, Password = password, CaFile = ca, Library = library };
        var refused = Assert.Throws<CannotStartException>(() => new Cluster(options));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("shibboleth", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_brokers_nothing_is_looked_for() => Assert.False(new Cluster(new KafkaOptions { Library = "/nowhere/librdkafka.so" }).IsConfigured);

    [Fact]
    public async Task What_is_no_library_stops_the_start_and_says_where_to_get_one()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync();
        await File.WriteAllTextAsync(folder["librdkafka.so"], "no library");
        using var salus = SalusProcess.Start(
            ["serve", "--data", folder["data"], "--port", "0", "--no-demo"],
            ("Salus__Postgres", database.ConnectionString), ("Salus__Kafka__BootstrapServers", "broker:9092"), ("Salus__Kafka__Library", folder["librdkafka.so"]));
        Assert.Equal(1, await salus.EndAsync());
        Assert.Contains("eng/get-librdkafka.sh", Assert.Single(salus.Errors), StringComparison.Ordinal);
    }
}
