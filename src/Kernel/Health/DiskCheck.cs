using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Salus.Kernel.Health;

/// <summary>Whether there is room for writes. Without it reads go on: degraded, not failed.</summary>
internal sealed class DiskCheck(DiskSpace disk) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(disk.Full ? HealthCheckResult.Degraded("the disk is full: writes are refused until space is freed") : HealthCheckResult.Healthy("there is room"));
}
