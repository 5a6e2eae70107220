using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Salus.Kernel;

/// <summary>What a program needs of the kernel.</summary>
public static class KernelModule
{
    /// <summary>Adds the database, its migrations and their start. Call it before any module: see <see cref="KernelStartup"/>.</summary>
    public static IServiceCollection AddKernel(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddConfigured<KernelOptions>(configuration, KernelOptions.Section);
        services.AddSingleton<Database>();
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<KernelStartup>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<KernelStartup>());
        return services;
    }

    /// <summary>The same start for a program without a host, such as a command-line import. Disposing the provider stops the database.</summary>
    /// <exception cref="CannotStartException">It cannot start; the message is one line with the way out.</exception>
    public static Task StartKernelAsync(this IServiceProvider services, CancellationToken ct = default) =>
        services.GetRequiredService<KernelStartup>().StartAsync(ct);
}
