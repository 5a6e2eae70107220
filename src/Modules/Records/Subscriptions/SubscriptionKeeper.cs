using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>Turns subscriptions off at their end, tells those that cannot work, removes events that are too old or too many, and counts what has not arrived.</summary>
internal sealed class SubscriptionKeeper(SubscriptionSessions database, SubscriptionStatusChange status, IOptions<SubscriptionOptions> options, TimeProvider time, ILogger<SubscriptionKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int RoundsBetweenCleanings = 30;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var round = 0;
        await new WorkLoop(time, (e, _) => RecordsLog.DeliveryPaused(log, e), Pause, Pause).RunAsync(async ct =>
        {
            await Task.Delay(Pause, time, ct);
            await EndAsync(ct);
            if (round++ % RoundsBetweenCleanings == 0)
            {
                await CleanAsync(ct);
            }
        }, stoppingToken);
    }

    private async Task EndAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            select {SubscriptionRow.Columns} from records.subscription s join records.log l on l.position = s.position
            where (s.status in ('requested', 'active') and (s.ends_at <= now() or s.problem is not null)) or (s.status = 'error' and s.ends_at <= now())
            """);
        foreach (var row in await SubscriptionRow.ReadAsync(command, ct))
        {
            await status.SetAsync(row, row.Status == "error" || row.Problem is null ? "off" : "error", row.Status == "error" ? null : row.Problem, ct);
        }
    }

    /// <summary>Removes what is beyond the limits, of one subscription at a time so that no row is held while another is waited for.</summary>
    internal async Task CleanAsync(CancellationToken ct)
    {
        var (most, since) = (options.Value.MaxEvents, time.GetUtcNow().AddHours(-options.Value.EventHours).UtcDateTime);
        foreach (var number in await BeyondAsync(most, since, ct))
        {
            await using var command = database.Source.CreateCommand(
                """
                with gone as (
                    delete from records.subscription_event e using records.subscription s
                    where s.number = $1 and e.subscription = s.number and (e.number <= s.events - $2 or e.at < $3) returning e.number),
                lost as (select max(g.number) as last, count(*) filter (where g.number > s.delivered) as count from gone g, records.subscription s where s.number = $1)
                update records.subscription s set dropped = s.dropped + lost.count, delivered = greatest(s.delivered, lost.last) from lost where s.number = $1 and lost.last is not null returning lost.count
                """);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = most });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since });
            if (await command.ExecuteScalarAsync(ct) is long and > 0 and var lost)
            {
                RecordsMeter.EventsDropped.Add(lost);
                RecordsLog.EventsDropped(log, lost, number);
            }
        }

        await using var rest = database.Source.CreateCommand("with t as (delete from records.subscription_token where expires_at < now()) select coalesce(sum(events - delivered), 0)::bigint from records.subscription where status in ('requested', 'active', 'error')");
        RecordsMeter.EventsPending.Record((long)(await rest.ExecuteScalarAsync(ct))!);
    }

    private async Task<List<int>> BeyondAsync(long most, DateTime since, CancellationToken ct)
    {
        // The first event of each tells: they are in the order of their time.
        await using var command = database.Source.CreateCommand(
            """
            select s.number from records.subscription s
            cross join lateral (select e.number, e.at from records.subscription_event e where e.subscription = s.number order by e.number limit 1) first
            where first.number <= s.events - $1 or first.at < $2
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var numbers = new List<int>();
        while (await rows.ReadAsync(ct))
        {
            numbers.Add(rows.GetInt32(0));
        }

        return numbers;
    }
}
