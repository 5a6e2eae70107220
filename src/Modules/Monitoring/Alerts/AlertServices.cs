using Microsoft.Extensions.DependencyInjection;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Alerts;

/// <summary>Registers alerts.</summary>
internal static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton<AlertTable>();
        services.AddSingleton<RuleBook>();
        services.AddSingleton<AlertEngine>();
        services.AddSingleton<IPatientObserver>(s => s.GetRequiredService<AlertEngine>());
        services.AddHostedService(s => s.GetRequiredService<AlertEngine>());
        services.AddSingleton<AlertBurden>();
        services.AddSingleton<AlertRoutes>();
        services.AddSingleton<RuleRoutes>();
        services.AddHostedService<Escalations>();
        services.AddSingleton<AlertRecorder>();
        services.AddHostedService(s => s.GetRequiredService<AlertRecorder>());
        return services;
    }
}
