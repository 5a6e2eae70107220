using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>Makes the tables by time ahead, and drops those whose time is over: to delete rows would cost more than to store them did.</summary>
internal sealed class StorageTables(Database database, MonitoringOptions options, TimeProvider time, ILogger<StorageTables> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    // What is flushed may still be read by who began before.
    private const long Grace = 10 * UnixTime.Minute;

    private readonly ConcurrentDictionary<(string Kind, long Low), bool> made = new();

    /// <summary>Makes what is needed for the first samples.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await StepAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Makes the table of a time where it is missing.</summary>
    public async ValueTask EnsureAsync(TableKind kind, long at, CancellationToken ct)
    {
        var low = UnixTime.Floor(at, kind.Period);
        if (!made.ContainsKey((kind.Name, low)))
        {
            await RunAsync(
                "select monitoring.make($1, $2, $3)", ct,
                new NpgsqlParameter<string> { TypedValue = kind.Name }, new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(low) }, new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(low + kind.Period) });
            made[(kind.Name, low)] = true;
        }
    }

    /// <summary>Three of each ahead; what is over goes.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        var now = UnixTime.Of(time.GetUtcNow().UtcDateTime);
        foreach (var kind in TableKind.All.Where(k => k != TableKind.Sample))
        {
            for (var ahead = 0; ahead < 3; ahead++)
            {
                await MakeAheadAsync(kind, now + (ahead * kind.Period), ct);
            }
        }

        await RunAsync("delete from monitoring.journal_other j using monitoring.flushed f where f.partition = j.partition and j.seq <= f.seq and j.at < $1", ct, new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(now - Grace) });
        foreach (var (kind, low, name) in await TablesAsync(ct))
        {
            var over = low + kind.Period <= now - (kind.Days(options) is { } days ? days * UnixTime.Day : Grace);
            if (over && (kind != TableKind.Journal || await AllInBlocksAsync(name, ct)))
            {
                await RunAsync($"drop table if exists monitoring.{name}", ct);
                made.TryRemove((kind.Name, low), out _);
                if (kind != TableKind.Journal)
                {
                    MonitoringLog.Dropped(log, name);
                }
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => MonitoringLog.KeeperFailed(log, e), Pause, Pause).RunAsync(
        async ct =>
        {
            await Task.Delay(Pause, time, ct);
            await StepAsync(ct);
        },
        stoppingToken);

    private async Task MakeAheadAsync(TableKind kind, long at, CancellationToken ct)
    {
        try
        {
            await EnsureAsync(kind, at, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // The clock went back to an hour that has rows in the table for all else: they stay there.
            made[(kind.Name, UnixTime.Floor(at, kind.Period))] = true;
        }
    }

    private async Task<List<(TableKind Kind, long Low, string Name)>> TablesAsync(CancellationToken ct)
    {
        await using var command = database.Owner.CreateCommand(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent join pg_namespace n on n.oid = p.relnamespace where n.nspname = 'monitoring' order by 1");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tables = new List<(TableKind, long, string)>();
        while (await reader.ReadAsync(ct))
        {
            var name = reader.GetString(0);
            if (name.Split('_') is [var kind, var low] && TableKind.All.FirstOrDefault(k => k.Name == kind) is { } known
                && DateTime.TryParseExact(low, "yyyyMMddHH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var begins))
            {
                tables.Add((known, UnixTime.Of(begins), name));
            }
        }

        return tables;
    }

    private async Task<bool> AllInBlocksAsync(string table, CancellationToken ct)
    {
#pragma warning disable CA2100 // The name was read back from a time.
        await using var command = database.Owner.CreateCommand($"select not exists (select from monitoring.{table} j left join monitoring.flushed f using (partition) where j.seq > coalesce(f.seq, 0))");
#pragma warning restore CA2100
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    // Tables are made and dropped under a lock for which all others wait that come later: it is not waited for long.
    private async Task RunAsync(string sql, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var limit = new NpgsqlCommand("set local lock_timeout = '3s'", connection, transaction);
        await limit.ExecuteNonQueryAsync(ct);
#pragma warning disable CA2100 // Written here.
        await using var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }
}

/// <summary>A table that is divided by time.</summary>
/// <param name="Name">In the schema <c>monitoring</c>.</param>
/// <param name="Period">Of each part, in milliseconds. Stored in names: never change one.</param>
internal sealed record TableKind(string Name, long Period)
{
    public static readonly TableKind Journal = new("journal", UnixTime.Hour);
    public static readonly TableKind Block = new("block", UnixTime.Day);
    public static readonly TableKind Minute = new("minute", 7 * UnixTime.Day);
    public static readonly TableKind Hour = new("hour", 56 * UnixTime.Day);

    /// <summary>Samples as rows, made when some come: most have none.</summary>
    public static readonly TableKind Sample = new("sample", UnixTime.Day);

    public static readonly TableKind Waveform = new("waveform", UnixTime.Day);

    public static readonly TableKind ModelScore = new("modelscore", 28 * UnixTime.Day);

    public static readonly IReadOnlyList<TableKind> All = [Journal, Block, Minute, Hour, Sample, Waveform, ModelScore];

    /// <summary>How long its rows are kept; null for the journal, which is kept until it is in blocks.</summary>
    public int? Days(MonitoringOptions options) => Name switch { "block" or "sample" => options.SampleDays, "minute" => options.MinuteDays, "hour" => options.HourDays, "waveform" => options.WaveformDays, "modelscore" => options.ModelScoreDays, _ => null };
}
