using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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

    private double? analyzed;

    // Until it has worked searches are slower; nothing is wrong with the data.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => RecordsLog.AnalyzeFailed(log, e)).RunAsync(
        async ct =>
        {
            analyzed ??= await KnownRowsAsync(ct);
            var next = signal.Next;
            if (signal.Position is var position && position > Math.Max(analyzed.Value + FirstAt, analyzed.Value * 2))
            {
                await AnalyzeAsync(ct);
                analyzed = position;
            }

            await next.WaitAsync(ct);
            await Task.Delay(Pause, time, ct);
        },
        stoppingToken);

    private async Task AnalyzeAsync(CancellationToken ct)
    {
        await using var command = database.Owner.CreateCommand($"analyze {string.Join(", ", Tables.Select(t => $"records.{t}"))}");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<double> KnownRowsAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select greatest(reltuples, 0)::float8 from pg_class where oid = 'records.log'::regclass");
        return (double)(await command.ExecuteScalarAsync(ct))!;
    }
}
