using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// Keeps the planner's statistics true while the record grows fast. PostgreSQL looks once a minute by itself; in that minute an import can fill tables
/// that the planner believes to be empty: counting 12,000 of 44,000 resources then took over 30 s instead of 12 ms.
/// </summary>
internal sealed class StatisticsKeeper(Database database, CommitSignal signal, TimeProvider time, ILogger<StatisticsKeeper> log) : BackgroundService
{
    private const int FirstAt = 1000;
    private static readonly string[] Tables = ["log", "current", .. CommitColumns.IndexTables, "string_value"];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var analyzed = await KnownRowsAsync(stoppingToken);
            while (true)
            {
                var next = signal.Next;
                if (signal.Position > Math.Max(analyzed + FirstAt, analyzed * 2))
                {
                    analyzed = signal.Position;
                    await AnalyzeAsync(stoppingToken);
                }

                await next.WaitAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task AnalyzeAsync(CancellationToken ct)
    {
        try
        {
            await using var command = database.Source.CreateCommand($"analyze {string.Join(", ", Tables.Select(t => $"records.{t}"))}");
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            // Searches are slower until the next time; nothing is wrong with the data.
            RecordsLog.AnalyzeFailed(log, e);
        }
    }

    private async Task<double> KnownRowsAsync(CancellationToken ct)
    {
        try
        {
            await using var command = database.Source.CreateCommand("select greatest(reltuples, 0)::float8 from pg_class where oid = 'records.log'::regclass");
            return (double)(await command.ExecuteScalarAsync(ct))!;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            // Away at this moment. An analysis too many costs little; an exception here would end the process.
            return 0;
        }
    }
}
