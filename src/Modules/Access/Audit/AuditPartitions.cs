using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Makes the trail's partitions of the next months, and drops those that are older than they have to be kept.</summary>
internal sealed class AuditPartitions(Database database, AuditKey key, IOptions<AccessOptions> options, TimeProvider time, ILogger<AuditPartitions> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => AccessLog.AuditPartitionsFailed(log, e), Pause, Pause).RunAsync(
        async ct =>
        {
            await StepAsync(ct);
            await Task.Delay(Pause, time, ct);
        },
        stoppingToken);

    /// <summary>Three months ahead, and what is too old away; the summary that stays is sealed with the trail's key.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        // Nobody but the owner makes or drops tables.
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using (var make = new NpgsqlCommand("select access.audit_partitions($1, 3)", connection) { Parameters = { new() { Value = DateOnly.FromDateTime(now) } } })
        {
            await make.ExecuteNonQueryAsync(ct);
        }

        var limit = new DateTime(now.Year - options.Value.AuditYears, now.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var (name, month) in await MonthsAsync(connection, ct))
        {
            if (month.AddMonths(1) <= limit)
            {
                await DropAsync(connection, name, month, ct);
            }
        }
    }

    private static async Task<List<(string Name, DateTime Month)>> MonthsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'access.audit'::regclass order by 1", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var months = new List<(string, DateTime)>();
        while (await reader.ReadAsync(ct))
        {
            var name = reader.GetString(0);
            if (DateTime.TryParseExact(name, "'audit_'yyyy'_'MM", null, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var month))
            {
                months.Add((name, month));
            }
        }

        return months;
    }

    private async Task DropAsync(NpgsqlConnection connection, string name, DateTime month, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
#pragma warning disable CA2100 // The name was read back from a date.
        await using var count = new NpgsqlCommand($"select count(*) from access.{name}", connection);
        var entries = (long)(await count.ExecuteScalarAsync(ct))!;
        var dropped = new AuditDropped(name, month, month.AddMonths(1), entries);
        await using var note = new NpgsqlCommand("insert into access.audit_dropped (partition, low, high, entries, dropped_at, seal) values ($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new() { Value = name }, new() { Value = dropped.Low }, new() { Value = dropped.High }, new() { Value = entries }, new() { Value = time.GetUtcNow().UtcDateTime }, new() { Value = dropped.Seal(key.Value) },
            },
        };
        await note.ExecuteNonQueryAsync(ct);
        await using var drop = new NpgsqlCommand($"drop table access.{name}", connection);
#pragma warning restore CA2100
        await drop.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        AccessLog.AuditPartitionDropped(log, name, entries, options.Value.AuditYears);
    }
}
