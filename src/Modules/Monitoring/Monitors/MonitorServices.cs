using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Monitors.Snapshots;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>What patient monitors consist of.</summary>
internal static class MonitorServices
{
    /// <summary>Comes after the services of the flow: what they keep is read when the monitors start.</summary>
    public static IServiceCollection AddMonitors(this IServiceCollection services)
    {
        services.TryAddSingleton<SeriesBook>();
        services.AddSingleton<Scorer>().AddSingleton<MonitorBook>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<PatientMonitors>(s, (Func<int, Series>)(number => s.GetRequiredService<SeriesBook>()[number])));
        services.AddSingleton<ISampleObserver>(s => s.GetRequiredService<PatientMonitors>());
        services.AddSingleton<FactTable>().AddSingleton(s => new FactBook(s.GetRequiredService<FactTable>())).AddSingleton<IFeedConsumer, FactFeed>();
        services.AddSingleton<SnapshotTable>().AddSingleton<Rebuild>();
        services.AddHostedService<MonitorClock>().AddHostedService<FactRefresh>();
        services.AddSingleton<SnapshotWriter>().AddHostedService(s => s.GetRequiredService<SnapshotWriter>());
        return services.AddSingleton<StateRoutes>();
    }

    public static IEndpointRouteBuilder MapMonitors(this IEndpointRouteBuilder routes)
    {
        StateRoutes.Map(routes);
        return routes;
    }
}
