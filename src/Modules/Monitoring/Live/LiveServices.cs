using Microsoft.Extensions.DependencyInjection;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Live;

/// <summary>Registers wards and live push.</summary>
internal static class LiveServices
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<WardView>();
        services.AddSingleton<LiveSight>();
        services.AddSingleton<LiveFollowers>();
        services.AddSingleton<IPatientObserver>(s => s.GetRequiredService<LiveFollowers>());
        services.AddSingleton<IAlertObserver>(s => s.GetRequiredService<LiveFollowers>());
        services.AddSingleton<LiveDelivery>();
        services.AddHostedService(s => s.GetRequiredService<LiveDelivery>());
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<LiveRoutes>();
        services.AddSingleton<LiveEvents>();
        services.AddSignalR();
        return services;
    }
}
