using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Salus.Kernel.Health;
using Salus.Kernel.Metrics;

namespace Salus.Kernel;

/// <summary>What a program needs of the kernel.</summary>
public static class KernelModule
{
    /// <summary>Tag of the health checks that <c>/readyz</c> asks. A module adds its own with <c>AddHealthChecks().AddCheck(..., tags: [ReadyTag])</c>.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Adds the database, its migrations and their start. Call it before any module: see <see cref="KernelStartup"/>.</summary>
    public static IServiceCollection AddKernel(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddConfigured<KernelOptions>(configuration, KernelOptions.Section);
        services.AddSingleton<Database>();
        services.AddConfigured<MasterKeyOptions>(configuration, MasterKeyOptions.Section);
        services.AddSingleton<MasterKey>();
        services.AddSingleton<DiskSpace>();
        services.TryAddSingleton<IObjectStore, FolderObjectStore>();
        services.TryAddSingleton<IAuditTrail, NoAuditTrail>();
        services.TryAddSingleton<IQueryVeil, NoQueryVeil>();
        services.TryAddSingleton<IOwnRecord, NoOwnRecord>();
        services.TryAddSingleton<ICallers, OpenCallers>();
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<KernelStartup>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<KernelStartup>());
        services.AddSingleton<MetricsRegistry>();
        HealthEndpoints.Add(services);
        return services;
    }

    /// <summary>Maps <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public static IEndpointRouteBuilder MapKernel(this IEndpointRouteBuilder endpoints)
    {
        HealthEndpoints.Map(endpoints);
        MetricsEndpoint.Map(endpoints);
        return endpoints;
    }

    /// <summary>
    /// The same start for a program without a host, such as a command-line import; disposing the provider stops the database. A host may call it
    /// before it runs, to print the one line of a <see cref="CannotStartException"/> instead of the host's stack trace: what is done is not done again.
    /// </summary>
    /// <exception cref="CannotStartException">It cannot start; the message is one line with the way out.</exception>
    public static Task StartKernelAsync(this IServiceProvider services, CancellationToken ct = default) =>
        services.GetRequiredService<KernelStartup>().StartAsync(ct);
}
