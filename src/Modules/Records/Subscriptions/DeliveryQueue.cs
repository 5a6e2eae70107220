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

    /// <summary>Takes at most so many, of each host and port at most so many, and of those that are busy none.</summary>
    public async Task<IReadOnlyList<(SubscriptionRow Row, string Host)>> TakeAsync(int most, int mostOfHost, string[] busy, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            with due as (
                select number from (select s.number, s.next_at, row_number() over (partition by s.authority order by s.next_at) as place from records.subscription s where {Due} and s.authority <> all($3)) d
                where d.place <= $2 order by d.next_at limit $1),
            mine as (select s.number from records.subscription s join due d on d.number = s.number where {Due} for update of s skip locked)
            update records.subscription s set owner = $4, leased_until = {Lease} from mine, records.log l where s.number = mine.number and l.position = s.position returning {SubscriptionRow.Columns}, s.authority
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = mostOfHost });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = busy });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        var hosts = new List<string>();
        var rows = await SubscriptionRow.ReadAsync(command, ct, row => hosts.Add(row.GetString(10)));
        return [.. rows.Zip(hosts)];
    }

    /// <summary>Keeps what this process works on.</summary>
    public Task RenewAsync(CancellationToken ct) => RunAsync(
        $"update records.subscription set leased_until = {Lease} where number in (select number from records.subscription where owner = $1 and leased_until is not null for update skip locked)", ct);

    /// <summary>Gives all back that this process has.</summary>
    public Task ReleaseAllAsync(CancellationToken ct) => RunAsync(
        "update records.subscription set leased_until = null where number in (select number from records.subscription where owner = $1 and leased_until is not null for update skip locked)", ct);

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
    /// <param name="error">What went wrong; null for nothing.</param>
    public async Task PauseAsync(SubscriptionRow row, TimeSpan pause, int attempts, string? error, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            update records.subscription set leased_until = null, next_at = case when version = $3 then now() + $4 else next_at end,
                attempts = case when version = $3 then $5 else attempts end, last_error = coalesce($6, last_error)
            where number = $1 and owner = $2
            """);
        Add(command, row.Number);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        Add(command, row.Version);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = pause });
        Add(command, attempts);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = error });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task RunAsync(string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add(NpgsqlCommand command, int value) => command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
}
