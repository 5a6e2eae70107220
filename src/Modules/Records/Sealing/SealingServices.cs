using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Salus.Kernel;

namespace Salus.Records.Sealing;

/// <summary>What sealing is made of.</summary>
internal static class SealingServices
{
    public static IServiceCollection AddSealing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<SealedOptions>(configuration, "Salus:Records:Sealed");
        services.AddSingleton<SealKeys>();
        services.AddSingleton<Seals>();
        services.AddSingleton<IQueryVeil, SealedQueries>();
        services.AddSingleton<ResealBatch>();
        services.AddSingleton(s => new RecordKeys(s.GetRequiredService<SealKeys>(), s.GetRequiredService<ResealBatch>(), s.GetRequiredService<Database>()));
        return services;
    }
}

/// <summary>Rules and keys are there, and the right ones, before anything reads or writes.</summary>
internal sealed class SealingStartup(SealKeys keys) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => keys.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
