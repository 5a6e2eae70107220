using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Salus.Kernel.Tests;

public sealed class ConfiguredOptionsTests
{
    [Fact]
    public void Without_configuration_everything_has_a_default()
    {
        var options = ConfiguredOptions.Read<KernelOptions>(Configuration(), "Salus");

        Assert.Null(options.Data);
        Assert.Equal(Math.Clamp(2 * Environment.ProcessorCount, 4, 64), options.PoolSize);
    }

    [Fact]
    public void Values_and_nested_settings_are_bound()
    {
        var options = ConfiguredOptions.Read<KernelOptions>(Configuration(("Salus:Data", "/x"), ("Salus:PoolSize", "9"), ("Salus:PostgresSettings:work_mem", "1MB")), "Salus");

        Assert.Equal(("/x", 9, "1MB"), (options.Data, options.PoolSize, options.PostgresSettings["work_mem"]));
    }

    [Theory]
    [InlineData("PoolSize", "1", "Salus:PoolSize is '1', but it has to be from 2 to 500. Change it (appsettings.json, --Salus:PoolSize=..., or the variable Salus__PoolSize) or leave it out.")]
    [InlineData("PoolSize", "many", "Salus:PoolSize is 'many', but it has to be a whole number from 2 to 500. ")]
    [InlineData("PostgresAccount", "a b", "Salus:PostgresAccount is 'a b', but it has to be the name of an account of this machine. ")]
    public void A_wrong_value_is_told_with_key_value_reason_and_way_out(string key, string value, string expected)
    {
        var refused = Assert.Throws<CannotStartException>(() => ConfiguredOptions.Read<KernelOptions>(Configuration(($"Salus:{key}", value)), "Salus"));

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_wrong_value_stops_the_start_before_anything_else()
    {
        var configuration = Configuration(("Salus:PoolSize", "0"), ("Salus:Data", "/nowhere"));
        await using var services = new ServiceCollection().AddKernel(configuration).BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => services.StartKernelAsync());

        Assert.StartsWith("Salus:PoolSize", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/nowhere"));
    }

    [Theory]
    [InlineData("Salus:PoolSise", "Salus:PoolSize")]
    [InlineData("Salus:Extra:MaxBodyBites", "Salus:Extra:MaxBodyBytes")]
    [InlineData("salus:extra:maxbodybytez", "Salus:Extra:MaxBodyBytes")]
    [InlineData("Salus:Extar:MaxBodyBytes", "Salus:Extra:MaxBodyBytes")]
    [InlineData("Salus:MaxBodyBytes", "Salus:Extra:MaxBodyBytes")]
    [InlineData("Salus:PoolSize:Max", "Salus:PoolSize")]
    public async Task A_key_that_nobody_reads_stops_the_start_and_the_nearest_is_named(string key, string nearest)
    {
        await using var services = Composed((key, "7"), ("Salus:Data", "/nowhere")).BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => services.StartKernelAsync());

        Assert.StartsWith($"{key} is no setting of Salus; the nearest is {nearest}.", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.False(Directory.Exists("/nowhere"));
    }

    [Fact]
    public async Task Keys_that_somebody_reads_are_taken_in_any_case()
    {
        // The start goes on, and ends at the connection.
        await using var services = Composed(
            ("salus:poolsize", "7"), ("Salus:Extra:MaxBodyBytes", "7"), ("Salus:PostgresSettings:anything", "1"), ("Salus:Elsewhere:MaxBodyBytes", "1"), ("Other:Key", "1"),
            ("Salus:Postgres", "nonsense")).BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => services.StartKernelAsync());

        Assert.StartsWith("Salus:Postgres is not a connection string", refused.Message, StringComparison.Ordinal);
    }

    private static IServiceCollection Composed(params (string Key, string Value)[] values)
    {
        var configuration = Configuration(values);
        return new ServiceCollection().AddKernel(configuration).AddConfigured<ExtraOptions>(configuration, "Salus:Extra").AddKnown<ExtraOptions>(configuration, "Salus:Elsewhere");
    }

    private sealed class ExtraOptions
    {
        public int MaxBodyBytes { get; set; }
    }

    [Fact]
    public void Registered_options_come_as_themselves_and_as_IOptions()
    {
        using var services = new ServiceCollection().AddConfigured<KernelOptions>(Configuration(("Salus:PoolSize", "7")), "Salus").BuildServiceProvider();

        Assert.Same(services.GetRequiredService<KernelOptions>(), services.GetRequiredService<IOptions<KernelOptions>>().Value);
        Assert.Equal(7, services.GetRequiredService<KernelOptions>().PoolSize);
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(v => v.Key, v => (string?)v.Value)).Build();
}
