using Microsoft.Extensions.DependencyInjection;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Cluster;

/// <summary>The services by which processes share the patients.</summary>
internal static class ClusterServices
{
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.AddSingleton<SampleRoute>();
        services.AddSingleton<ClusterNodes>();
        services.AddSingleton<AlertChanges>();
        services.AddSingleton<IAlertObserver>(s => s.GetRequiredService<AlertChanges>());
        services.AddHostedService<AlertFollow>();
        services.AddSingleton<ClusterNews>();
        services.AddSingleton<IPatientObserver>(s => s.GetRequiredService<ClusterNews>());
        services.AddHostedService(s => s.GetRequiredService<ClusterNews>());
        services.AddSingleton<PartitionReplay>();
        services.AddSingleton<Takeover>();
        services.AddSingleton(s => new PartitionInlet(
            s.GetRequiredService<SampleOwner>(), s.GetRequiredService<Takeover>(), s.GetRequiredService<ClusterNodes>(), s.GetRequiredService<SeriesBook>(), s.GetRequiredService<SampleFlow>(),
            s.GetRequiredService<ClusterNews>()));
        return services;
    }
}
