using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Hands out subscriptions that have something to do, each to one process at a time: it is lent to a process for some seconds and lent on while the process
/// lives. What a dead one held is free when these are over.
/// </summary>
internal sealed class DeliveryQueue(SubscriptionSessions database, TimeProvider time)
{
    // Statements take rows that nobody else has at the moment, and so never wait while they hold some.
    private const string Lease = "now() + interval '10 seconds'";
    private const string Due =
        """
        s.problem is null and s.next_at <= now() and (s.leased_until is null or s.leased_until < now())
        and (s.status = 'requested' or (s.status = 'active' and s.channel = 'rest-hook' and (s.events > s.delivered or (s.heartbeat > 0 and s.sent_at + make_interval(secs => s.heartbeat) <= now()))))
        """;

    private readonly Guid owner = Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>Takes at most so many, and of each host and port at most so many with those that are under way.</summary>
    /// <param name="underWay">How many of a host and port this process works on.</param>
    public async Task<IReadOnlyList<(SubscriptionRow Row, string Host)>> TakeAsync(int most, int mostOfHost, IReadOnlyDictionary<string, int> underWay, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            with due as (
                select d.number from (select s.number, s.next_at, s.authority, row_number() over (partition by s.authority order by s.next_at) as place from records.subscription s where {Due}) d
                left join unnest($3, $5) b (host, count) on b.host = d.authority where d.place <= $2 - coalesce(b.count, 0) order by d.next_at limit $1),
            mine as (select s.number from records.subscription s join due d on d.number = s.number where {Due} for update of s skip locked)
            update records.subscription s set owner = $4, leased_until = {Lease} from mine, records.log l where s.number = mine.number and l.position = s.position returning {SubscriptionRow.Columns}, s.authority
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = mostOfHost });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. underWay.Keys] });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. underWay.Values] });
        var hosts = new List<string>();
        var rows = await SubscriptionRow.ReadAsync(command, ct, row => hosts.Add(row.GetString(SubscriptionRow.ColumnCount)));
        return [.. rows.Zip(hosts)];
    }

    /// <summary>Keeps what this process works on. What it has and nobody works on is not among it, and so is free soon.</summary>
    public async Task RenewAsync(int[] numbers, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"update records.subscription set leased_until = {Lease} where number in (select number from records.subscription where number = any($2) and owner = $1 and leased_until is not null for update skip locked)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = numbers });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives all back that this process has.</summary>
    public async Task ReleaseAllAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "update records.subscription set leased_until = null where number in (select number from records.subscription where owner = $1 and leased_until is not null for update skip locked)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Notes what arrived. False when this process has lost the subscription, or another version of it came: then it has to be looked at again.</summary>
    public async Task<bool> ArrivedAsync(SubscriptionRow row, long number, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            update records.subscription set delivered = greatest(delivered, $2), attempts = 0, last_error = null, next_at = now(), sent_at = now()
            where number = $1 returning version = $4 and owner = $3 and leased_until is not null
            """);
        Add(command, row.Number);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        Add(command, row.Version);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Gives a subscription back, to be looked at when it has something to do; true when it has already.</summary>
    public async Task<bool> ReleaseAsync(SubscriptionRow row, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "update records.subscription set leased_until = null where number = $1 and owner = $2 returning version <> $3 or (status = 'active' and channel = 'rest-hook' and events > delivered)");
        Add(command, row.Number);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        Add(command, row.Version);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Gives a subscription back, to be looked at after a pause unless another version of it comes before.</summary>
    /// <param name="attempts">How many have failed in a row; null for as many as before.</param>
    /// <param name="error">What went wrong; null for nothing.</param>
    public async Task PauseAsync(SubscriptionRow row, TimeSpan pause, int? attempts, string? error, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            update records.subscription set leased_until = null, next_at = case when version = $3 then now() + $4 else next_at end,
                attempts = case when version = $3 then coalesce($5, attempts) else attempts end, last_error = coalesce($6, last_error)
            where number = $1 and owner = $2
            """);
        Add(command, row.Number);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        Add(command, row.Version);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = pause });
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = attempts });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = error });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add(NpgsqlCommand command, int value) => command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
}
