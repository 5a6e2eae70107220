using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Salus.Kernel.Health;

/// <summary>Whether the database answers a query within two seconds.</summary>
internal sealed class DatabaseCheck(Database database) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!database.Available)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL is not running; it is being started");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await using var query = database.Source.CreateCommand("select 1");
            await query.ExecuteScalarAsync(limit.Token);
            return HealthCheckResult.Healthy($"PostgreSQL {database.ServerVersion}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"PostgreSQL did not answer within {Patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL does not answer", e);
        }
    }
}
