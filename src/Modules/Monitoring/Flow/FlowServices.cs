using Microsoft.Extensions.DependencyInjection;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.History;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Samples;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>The services that take samples and keep them.</summary>
internal static class FlowServices
{
    public static IServiceCollection AddSampleFlow(this IServiceCollection services)
    {
        services.AddSingleton<SeriesBook>();
        services.AddSingleton<HeadTable>();
        services.AddSingleton<SampleFlow>();
        services.AddSingleton<SampleOwner>();
        services.AddSingleton<JournalReplay>();
        services.AddSingleton<JournalWriter>();
        services.AddSingleton<StoredTimes>();
        services.AddSingleton<Handover>();
        services.AddSingleton<FlowWriter>();
        services.AddSingleton<StorageTables>();
        services.AddSingleton<SampleRows>();
        services.AddSingleton<Flusher>();
        services.AddSingleton<JournalReader>();
        services.AddSingleton<SampleHistory>();
        services.AddSingleton<HistoryRoutes>();
        services.AddSingleton<ISamplePast, StoredPast>();
        services.AddHostedService(s => s.GetRequiredService<SampleOwner>());
        // The tables come first, and at the end the writer before the flusher.
        services.AddHostedService(s => s.GetRequiredService<StorageTables>());
        services.AddHostedService(s => s.GetRequiredService<SampleRows>());
        services.AddHostedService(s => s.GetRequiredService<Flusher>());
        services.AddHostedService(s => s.GetRequiredService<FlowWriter>());
        return services;
    }
}
