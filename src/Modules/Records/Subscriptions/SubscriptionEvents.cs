using Npgsql;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>An event of a subscription: a change of a resource.</summary>
/// <param name="Number">Its place among the events of its subscription, from 1.</param>
/// <param name="Body">The version that led to it; empty where it was not asked for, and for a deletion.</param>
internal sealed record SubscriptionEvent(long Number, DateTimeOffset At, string Type, string Id, int Version, FeedOperation Operation, ReadOnlyMemory<byte> Body);

/// <summary>Reads what was noted of subscriptions.</summary>
internal sealed class SubscriptionEvents(SubscriptionSessions database, Catalog catalog)
{
    // More are not held at once, except that one event is always taken.
    private const long MostBytes = 8 * 1000 * 1000;

    /// <summary>The next events after a number, in order: at most so many, and of bodies about 8 MB.</summary>
    public async Task<List<SubscriptionEvent>> AfterAsync(int subscription, long after, long until, int most, bool bodies, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            select q.number, q.at, q.type, q.id, q.version, q.operation, q.body, q.tenant from (
                select e.number, e.at, l.type, l.id, l.version, l.operation, l.tenant, {(bodies ? "l.body" : "null::bytea")} as body, sum(coalesce(length({(bodies ? "l.body" : "null::bytea")}), 0)) over (order by e.number) as bytes
                from (select * from records.subscription_event where subscription = $1 and number > $2 and number <= $3 order by number limit $4) e
                join records.log l on l.position = e.position) q
            where q.bytes - coalesce(length(q.body), 0) <= $5 order by q.number
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = subscription });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = until });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MostBytes });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var events = new List<SubscriptionEvent>();
        while (await rows.ReadAsync(ct))
        {
            events.Add(new SubscriptionEvent(
                rows.GetInt64(0), new DateTimeOffset(rows.GetFieldValue<DateTime>(1), TimeSpan.Zero), catalog.TypeName(rows.GetInt16(2)), rows.GetString(3), rows.GetInt32(4), (FeedOperation)rows.GetInt16(5),
                await rows.IsDBNullAsync(6, ct) ? default : rows.Body(6, catalog, new Tenant(rows.GetInt32(7)), catalog.TypeName(rows.GetInt16(2)), rows.GetString(3))));
        }

        return events;
    }

    /// <summary>The subscription of a resource; null when there is none, or the feed has not come to it yet.</summary>
    public async Task<SubscriptionRow?> FindAsync(Tenant tenant, string id, CancellationToken ct) => await ListAsync(tenant, [id], ct) is [var one] ? one : null;

    /// <summary>The subscriptions of these resources; of all when none is named.</summary>
    public async Task<IReadOnlyList<SubscriptionRow>> ListAsync(Tenant tenant, string[] ids, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            select {SubscriptionRow.Columns} from records.subscription s join records.log l on l.position = s.position
            where s.tenant = $1 and s.status <> 'deleted' and ($2 = '{"{}"}' or s.id = any($2)) order by s.number
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        return await SubscriptionRow.ReadAsync(command, ct);
    }

    /// <summary>Notes how far a subscription's client has been told; never goes back.</summary>
    public async Task ArrivedAsync(int subscription, long number, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("update records.subscription set delivered = greatest(delivered, $2), sent_at = now(), attempts = 0, last_error = null where number = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = subscription });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        await command.ExecuteNonQueryAsync(ct);
    }
}
