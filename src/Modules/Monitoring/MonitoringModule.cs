using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Live;
using Salus.Monitoring.Meters;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Outgoing;
using Salus.Monitoring.Replay;
using Salus.Monitoring.Summaries;
using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring;

/// <summary>Device data, patient monitors, early-warning scores, alerts, live push.</summary>
public static class MonitoringModule
{
    /// <summary>The tables. A tenant's sessions read its own samples.</summary>
    internal static readonly MigrationSet Migrations = new("monitoring", typeof(MonitoringModule).Assembly) { Read = ["series", "flushed", "block", "minute", "hour", "device*", "rejection*", "waveform*", "modelscore*"] };

    /// <summary>Registers it. <c>AddRecords</c> comes first.</summary>
    public static IServiceCollection AddMonitoring(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<MonitoringOptions>(configuration, "Salus:Monitoring");
        services.AddSingleton(Migrations);
        services.AddSampleFlow();
        services.AddIngest(configuration);
        services.AddWaveforms();
        services.AddSummaries();
        // What was open is known before the monitors begin to speak.
        services.AddAlerts();
        services.AddLive();
        services.AddModels();
        services.AddMonitors();
        services.AddReplay();
        services.AddMeters();
        services.AddOutgoing();
        services.AddCluster();
        return services;
    }

    /// <summary>Maps its routes.</summary>
    public static IEndpointRouteBuilder MapMonitoring(this IEndpointRouteBuilder routes)
    {
        HistoryRoutes.Map(routes);
        WaveformRoutes.Map(routes);
        routes.MapIngest();
        AlertRoutes.Map(routes);
        RuleRoutes.Map(routes);
        LiveRoutes.Map(routes);
        routes.MapMonitors();
        ReplayRoutes.Map(routes);
        ModelRoutes.Map(routes);
        return routes;
    }
}
