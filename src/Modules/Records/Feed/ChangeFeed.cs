using Npgsql;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Feed;

/// <summary>
/// Reads the log as a change feed. Positions are dense and given under the lock of <c>records.head</c>, so a position is visible only after all lower
/// ones are: reading "greater than the last one" misses nothing.
/// </summary>
internal sealed class ChangeFeed(Database database, Catalog catalog)
{
    /// <summary>The last committed position.</summary>
    public async Task<long> HeadAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select position from records.head");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The next events after a position, in commit order; fewer than asked for only at the end.</summary>
    /// <param name="types">The types whose bodies are read; null for all.</param>
    public async Task<List<FeedEvent>> ReadAsync(long after, int count, IReadOnlyCollection<string>? types, NpgsqlConnection connection, CancellationToken ct)
    {
        var body = types switch { null => "body", { Count: 0 } => "null", _ => "case when type = any($3) then body end" };
        await using var command = new NpgsqlCommand(
            $"select position, tenant, type, id, version, operation, at, {body} from records.log where position > $1 order by position limit $2", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        if (types is { Count: > 0 })
        {
            command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. types.Select(catalog.Number)] });
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<FeedEvent>(count);
        while (await reader.ReadAsync(ct))
        {
            events.Add(new FeedEvent(
                reader.GetInt64(0), new Tenant(reader.GetInt32(1)), catalog.TypeName(reader.GetInt16(2)), reader.GetString(3), reader.GetInt32(4),
                (FeedOperation)reader.GetInt16(5), new DateTimeOffset(reader.GetFieldValue<DateTime>(6), TimeSpan.Zero),
                await reader.IsDBNullAsync(7, ct) ? default : reader.Body(7, catalog, new Tenant(reader.GetInt32(1)), catalog.TypeName(reader.GetInt16(2)), reader.GetString(3))));
        }

        return events;
    }

    /// <summary>Every consumer that has ever run, with its saved position.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, long>>> PositionsAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select name, position from records.feed_consumer order by name");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var positions = new List<KeyValuePair<string, long>>();
        while (await reader.ReadAsync(ct))
        {
            positions.Add(new(reader.GetString(0), reader.GetInt64(1)));
        }

        return positions;
    }
}
