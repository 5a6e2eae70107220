using System.Diagnostics;
using System.Reflection;
using Npgsql;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Web;

/// <summary><c>GET /admin/system</c>: what the system page shows.</summary>
internal static class SystemStatus
{
    private static readonly string Version = typeof(SystemStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void MapSystemStatus(this IEndpointRouteBuilder app)
    {
        var time = app.ServiceProvider.GetRequiredService<TimeProvider>();
        var started = time.GetUtcNow();
        app.MapGet("/admin/system", async (HttpContext http, Record record, Database database, DemoProgress demo, CancellationToken ct) =>
        {
            var counts = await record.CountsAsync(http.Caller(), ct);
            var head = await record.HeadAsync(ct);
            var consumers = await record.ConsumersAsync(ct);
            return Results.Json(new
            {
                version = Version,
                fhirVersion = "4.0.1",
                startedAt = started,
                uptimeSeconds = (long)(time.GetUtcNow() - started).TotalSeconds,
                memoryBytes = Process.GetCurrentProcess().WorkingSet64,
                database = new { version = database.ServerVersion.ToString(), embedded = database.Embedded, sizeBytes = await SizeAsync(database, ct), lossySettings = database.LossySettings },
                total = counts.Sum(c => c.Value),
                counts = counts.Select(c => new { type = c.Key, count = c.Value }),
                feed = new { head, consumers = consumers.Select(c => new { name = c.Key, position = c.Value, lag = head - c.Value }) },
                demo = demo.Status is { } status ? new { running = status.Running, loaded = status.Loaded, planned = status.Planned } : null,
            });
        }).ForPermission(Permissions.SystemView);
    }

    private static async Task<long> SizeAsync(Database database, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_database_size(current_database())");
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        command.Connection = connection;
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
