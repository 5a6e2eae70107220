using System.Text.Json;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>A subscription that changes are compared with.</summary>
internal sealed record FollowedSubscription(int Number, Tenant Tenant, SubscriptionDefinition Definition, SubscriptionOwner Owner);

/// <summary>
/// The rows of <c>records.subscription</c>, which follow the Subscription resources through the change feed: so a change is compared with the subscriptions
/// as they stood at its place in the log. Used by the feed alone, in its transaction.
/// </summary>
internal sealed class SubscriptionBook(SubscriptionReader reader)
{
    private readonly Dictionary<int, FollowedSubscription> followed = [];
    private long seen = -1;

    /// <summary>Forgets what was read: it may not have been committed.</summary>
    public void Forget()
    {
        followed.Clear();
        seen = -1;
    }

    /// <summary>Does not return these any more, until another version of theirs comes.</summary>
    public void Drop(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            followed.Remove(number);
        }
    }

    /// <summary>Notes why subscriptions cannot work. Their resources are told by the keeper.</summary>
    public static async Task BreakAsync(int[] numbers, string problem, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update records.subscription set problem = $2 where number = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = numbers });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = problem });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Those that are in use or may be again, as of the last version that the feed has passed. Reads only what changed since it was asked last.</summary>
    public async Task<IReadOnlyCollection<FollowedSubscription>> CurrentAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        foreach (var (number, problem) in await ReadAsync(connection, ct))
        {
            await BreakAsync([number], problem, connection, ct);
        }

        return followed.Values;
    }

    /// <summary>Reads what is new; returns those that could be read when they were stored and now cannot, such as by other settings, and why.</summary>
    private async Task<List<(int Number, string Problem)>> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var unreadable = new List<(int, string)>();
        await using var command = new NpgsqlCommand(
            """
            select s.number, s.tenant, s.status, s.position, case when s.status in ('requested', 'active', 'error') and s.problem is null then l.body end, s.actor, s.delegation
            from records.subscription s left join records.log l on l.position = s.position where s.position > $1 order by s.position
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seen });
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var number = rows.GetInt32(0);
            followed.Remove(number);
            seen = rows.GetInt64(3);
            if (await rows.IsDBNullAsync(4, ct))
            {
                continue;
            }

            var definition = reader.Read(rows.GetFieldValue<byte[]>(4));
            if (!definition.Failed(out var failure))
            {
                followed.Add(number, new FollowedSubscription(number, new Tenant(rows.GetInt32(1)), definition.Value, new SubscriptionOwner(rows.GetString(5), await rows.IsDBNullAsync(6, ct) ? null : rows.GetString(6))));
            }
            else if (rows.GetString(2) is "requested" or "active")
            {
                unreadable.Add((number, failure.ToString()));
            }
        }

        return unreadable;
    }

    /// <summary>Takes over a version of a Subscription, or its deletion.</summary>
    public async Task ApplyAsync(FeedEvent change, NpgsqlConnection connection, CancellationToken ct)
    {
        if (change.Operation == FeedOperation.Delete)
        {
            await DeleteAsync(change, connection, ct);
            return;
        }

        var (body, owner) = await VersionAsync(change, connection, ct);
        var status = Status(body);
        var definition = reader.Read(body);
        var problem = definition.Failed(out var failure) && status is "requested" or "active" ? failure!.ToString() : null;
        await WriteAsync(change, owner, status, definition.Failed(out _) ? null : definition.Value, problem, connection, ct);
    }

    private static async Task<(byte[] Body, SubscriptionOwner Owner)> VersionAsync(FeedEvent change, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select body, actor, delegation from records.log where position = $1", connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = change.Position } } };
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetFieldValue<byte[]>(0), new SubscriptionOwner(row.GetString(1), await row.IsDBNullAsync(2, ct) ? null : row.GetString(2)));
    }

    private static string Status(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("status"u8, out var status) && status.GetString() is "requested" or "active" or "error" ? status.GetString()! : "off";
    }

    private static async Task DeleteAsync(FeedEvent change, NpgsqlConnection connection, CancellationToken ct)
    {
        // The row stays: its number goes on should the resource come back.
        await using var command = new NpgsqlCommand(
            """
            with gone as (update records.subscription set status = 'deleted', position = $3, version = $4, delivered = events, problem = null where tenant = $1 and id = $2 returning number)
            delete from records.subscription_event e using gone where e.subscription = gone.number
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = change.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = change.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = change.Position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = change.Version });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task WriteAsync(FeedEvent change, SubscriptionOwner owner, string status, SubscriptionDefinition? definition, string? problem, NpgsqlConnection connection, CancellationToken ct)
    {
        // One that was off begins with what comes; one that failed goes on with what did not arrive, and why it failed is known until it is set back.
        await using var command = new NpgsqlCommand(
            """
            insert into records.subscription as s (tenant, id, version, position, status, channel, authority, heartbeat, ends_at, problem, next_at, sent_at, actor, delegation)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), now(), $11, $12)
            on conflict (tenant, id) do update set
                version = excluded.version, position = excluded.position, status = excluded.status, channel = excluded.channel, authority = excluded.authority,
                heartbeat = excluded.heartbeat, ends_at = excluded.ends_at, problem = case when excluded.status = 'error' then coalesce(excluded.problem, s.problem) else excluded.problem end, attempts = 0, next_at = now(), sent_at = now(),
                actor = case when excluded.actor = $13 then s.actor else excluded.actor end, delegation = case when excluded.actor = $13 then s.delegation else excluded.delegation end,
                last_error = case when excluded.status = 'error' then s.last_error end,
                delivered = case when s.status in ('off', 'deleted') then s.events else s.delivered end
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = change.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = change.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = change.Version });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = change.Position });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = status });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = definition?.Channel ?? "" });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = definition?.Endpoint?.Authority ?? "" });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = definition?.Heartbeat ?? 0 });
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = definition?.End?.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = problem });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner.Actor });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = owner.Delegation });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SubscriptionOwner.Keeper });
        await command.ExecuteNonQueryAsync(ct);
    }
}
