using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Simulation.Demo;

namespace Salus.Simulation;

/// <summary>The synthetic hospital, and the demo that is made of it.</summary>
public static class SimulationModule
{
    /// <summary>Registers the demo fill and its monitors. <c>AddRecords</c> comes first; who registers an <see cref="IBedsideLink"/> says how the monitors reach the record.</summary>
    public static IServiceCollection AddSimulation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<SimulationOptions>(configuration, "Salus:Demo");
        services.AddConfigured<StreamOptions>(configuration, "Salus:Simulation");
        services.AddSingleton(new MigrationSet("simulation", typeof(SimulationModule).Assembly));
        services.AddSingleton<DemoLedger>();
        services.AddSingleton<DemoProgress>();
        services.AddHostedService<DemoFill>();
        services.AddHostedService<DemoMonitors>();
        return services;
    }
}
