using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Salus.Kernel.Health;

/// <summary><c>/healthz</c>: the process is alive. <c>/readyz</c>: it can serve; 503 and the reason when not.</summary>
internal static class HealthEndpoints
{
    public static void Add(IServiceCollection services) =>
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", tags: [KernelModule.ReadyTag])
            .AddCheck<MigrationsCheck>("migrations", tags: [KernelModule.ReadyTag])
            .AddCheck<DiskCheck>("disk", tags: [KernelModule.ReadyTag]);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/healthz", Options(_ => false)).DisableHttpMetrics().ForEverybody();
        endpoints.MapHealthChecks("/readyz", Options(check => check.Tags.Contains(KernelModule.ReadyTag))).DisableHttpMetrics().ForEverybody();
    }

    private static HealthCheckOptions Options(Func<HealthCheckRegistration, bool> which) => new() { Predicate = which, ResponseWriter = WriteAsync };

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", Word(report.Status));
        json.WriteStartObject("checks");
        foreach (var (name, check) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", Word(check.Status));
            json.WriteString("description", check.Description);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "degraded",
        _ => "failed",
    };
}
