using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Salus.Kernel.Metrics;

/// <summary><c>/metrics</c>, for Prometheus.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // Made now, not at the first reading: counting begins with the program.
        var registry = endpoints.ServiceProvider.GetRequiredService<MetricsRegistry>();
        endpoints.MapGet("/metrics", () => Results.Text(registry.Read(), PrometheusText.ContentType)).ExcludeFromDescription().DisableHttpMetrics().ForPermission(Permissions.Metrics);
    }
}
