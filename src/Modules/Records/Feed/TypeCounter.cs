using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Feed;

/// <summary>A projection of the feed: how many resources of each type are current, in <c>records.type_count</c>.</summary>
internal sealed class TypeCounter(Catalog catalog) : IFeedConsumer
{
    public string Name => "records.type-count";

    public bool NeedsBody => false;

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // An update after a deletion brings the resource back: the version before tells.
        var revived = await RevivedAsync(events, connection, ct);
        var changes = events
            .GroupBy(e => (Tenant: e.Tenant.Number, Type: catalog.Number(e.ResourceType)))
            .Select(g => (g.Key, Delta: g.Sum(e => e.Operation switch
            {
                FeedOperation.Create => 1L,
                FeedOperation.Delete => -1L,
                _ => revived.Contains(e.Position) ? 1L : 0L,
            })))
            .Where(c => c.Delta != 0)
            .ToList();
        await using var command = new NpgsqlCommand(
            """
            insert into records.type_count (tenant, type, count) select * from unnest($1, $2, $3)
            on conflict (tenant, type) do update set count = records.type_count.count + excluded.count
            """,
            connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. changes.Select(c => c.Key.Tenant)] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. changes.Select(c => c.Key.Type)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. changes.Select(c => c.Delta)] });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<HashSet<long>> RevivedAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, CancellationToken ct)
    {
        var updates = events.Where(e => e.Operation == FeedOperation.Update).Select(e => e.Position).ToArray();
        var revived = new HashSet<long>();
        if (updates.Length == 0)
        {
            return revived;
        }

        await using var command = new NpgsqlCommand(
            """
            select l.position from records.log l join records.log before on before.key = l.key and before.version = l.version - 1
            where l.position = any($1) and before.operation = $2
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = updates });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)FeedOperation.Delete });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            revived.Add(reader.GetInt64(0));
        }

        return revived;
    }
}
