using Microsoft.Extensions.DependencyInjection;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Meters;

/// <summary>Registers what monitoring says of itself.</summary>
internal static class MeterServices
{
    public static IServiceCollection AddMeters(this IServiceCollection services) =>
        services.AddSingleton<AlertMeter>().AddSingleton<IAlertObserver>(s => s.GetRequiredService<AlertMeter>()).AddHostedService<MonitoringGauges>();
}
