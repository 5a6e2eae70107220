using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Ingest;

/// <summary>What takes the data of devices, and the registry of devices that it asks.</summary>
internal static class IngestServices
{
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<IngestOptions>(configuration, "Salus:Monitoring:Ingest");
        services.AddSingleton(_ => new DeviceIndex(MetricSet.Default));
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<RegistryProgress>();
        services.AddSingleton<MonitoredPatients>();
        services.AddSingleton<IFeedConsumer, DeviceFeed>();
        services.AddHostedService(s => s.GetRequiredService<DeviceRegistry>());
        services.AddSingleton<DeviceList>();
        services.AddSingleton<Association>();
        services.AddSingleton(_ => new MeasuredMetrics(MetricSet.Default));
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<RejectionBook>();
        services.AddSingleton<RejectionTable>();
        services.AddSingleton<RejectionList>();
        services.AddSingleton<IngestLog>();
        services.AddSingleton<TelemetryIntake>();
        services.AddSingleton<StoreProbe>();
        services.AddSingleton(s => new TelemetryInlet(s.GetRequiredService<TelemetryIntake>(), s.GetRequiredService<StoreProbe>(), s.GetRequiredService<DeviceIndex>(), s.GetRequiredService<TimeProvider>()));
        services.AddHostedService<RejectionKeeper>();
        return services;
    }

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/telemetry", (HttpContext http, TelemetryIntake intake) => intake.PostAsync(http)).ForPermission(Permissions.Telemetry);
        routes.MapGet("/monitoring/rejections", (HttpContext http, RejectionList list) => list.GetAsync(http)).ForPermission(Permissions.Monitoring);
        routes.MapGet("/monitoring/devices", (HttpContext http, DeviceList list) => list.GetAsync(http)).ForPermission(Permissions.Monitoring);
        // Behind the permission, the record decides who may write the statement.
        routes.MapPost("/monitoring/devices/{id}/association", (HttpContext http, string id, Association association) => association.PostAsync(http, id)).ForPermission(Permissions.Monitoring);
        routes.MapDelete("/monitoring/devices/{id}/association", (HttpContext http, string id, Association association) => association.DeleteAsync(http, id)).ForPermission(Permissions.Monitoring);
        return routes;
    }
}
