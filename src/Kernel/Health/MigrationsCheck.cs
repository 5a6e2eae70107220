using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Salus.Kernel.Health;

/// <summary>Whether the tables are those of this program.</summary>
internal sealed class MigrationsCheck(MigrationRunner migrations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(migrations.Done ? HealthCheckResult.Healthy("applied") : HealthCheckResult.Unhealthy("not applied yet"));
}
