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
