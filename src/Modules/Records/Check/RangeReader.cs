using Npgsql;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>Reads current rows, bodies and index rows of a range of keys in one round trip.</summary>
internal sealed class RangeReader(CheckSession session)
{
    /// <summary>Greater than <paramref name="after"/>, up to and with <paramref name="upTo"/>.</summary>
    public async Task<StoredRange> ReadAsync(long after, long upTo, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        Add(batch, after, upTo,
            $"""
            select {VersionRow.CurrentColumns}, array_to_string(tsvector_to_array(c.exact), chr(30)), l.body
            from records.current c left join records.log l on l.position = c.position
            where c.key > $1 and c.key <= $2 order by c.key
            """);
        Add(batch, after, upTo,
            """
            select x.key, x.tenant, x.parameter, x.value, x.original, v.value is null
            from records.index_string x left join records.string_value v on v.tenant = x.tenant and v.value = x.value where x.key > $1 and x.key <= $2
            """);
        Add(batch, after, upTo, "select key, tenant, parameter, low, high from records.index_date where key > $1 and key <= $2");
        Add(batch, after, upTo, "select key, tenant, parameter, system, code, unit, low, high from records.index_amount where key > $1 and key <= $2");
        Add(batch, after, upTo,
            """
            select key, tenant, parameter, word, array_to_string(rest, chr(30)), low, high, low2, high2, system, code, unit
            from records.index_composite where key > $1 and key <= $2
            """);
        Add(batch, after, upTo, "select key, tenant, parameter, digest from records.index_text where key > $1 and key <= $2");
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var range = new StoredRange();
        while (await reader.ReadAsync(ct))
        {
            var row = VersionRow.Read(reader);
            range.Resources.TryAdd(row.Key, new StoredResource(row, reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9)));
        }

        await RowsAsync(reader, range, "index_string", (owner, r) => ReadString(range, owner, r), ct);
        await RowsAsync(reader, range, "index_date", ReadDate, ct);
        await RowsAsync(reader, range, "index_amount", (owner, r) => ReadAmount(range, owner, r), ct);
        await RowsAsync(reader, range, "index_composite", ReadComposite, ct);
        await RowsAsync(reader, range, "index_text", (owner, r) => owner.Texts.Add(new TextRow(r.GetInt32(1), r.GetInt32(2), r.GetString(3))), ct);
        return range;
    }

    private static void Add(NpgsqlBatch batch, long after, long upTo, string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
    {
        Parameters = { new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<long> { TypedValue = upTo } },
    });

    private static async Task RowsAsync(NpgsqlDataReader reader, StoredRange range, string table, Action<StoredResource, NpgsqlDataReader> read, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (range.Owner($"records.{table}", reader.GetInt64(0)) is { } owner)
            {
                read(owner, reader);
            }
        }
    }

    private static void ReadString(StoredRange range, StoredResource owner, NpgsqlDataReader reader)
    {
        var row = new StringRow(reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4));
        owner.Strings.Add(row);
        if (reader.GetBoolean(5))
        {
            range.Add(new Stray("records.string_value", owner.Row.Key, $"there is no row '{row.Value}'; there should be one, because records.index_string has it."));
        }
    }

    private static void ReadDate(StoredResource owner, NpgsqlDataReader reader) =>
        owner.Dates.Add(new DateRow(reader.GetInt32(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetInt64(4)));

    private static void ReadAmount(StoredRange range, StoredResource owner, NpgsqlDataReader reader)
    {
        if (Number(reader, 6) is { } low && Number(reader, 7) is { } high)
        {
            owner.Amounts.Add(new AmountRow(
                reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5), low, high));
        }
        else
        {
            range.Add(new Stray("records.index_amount", owner.Row.Key, "there is a row whose low or high no decimal holds; there should be none, because every value of a body is one."));
        }
    }

    // A limit that no decimal holds counts as none: then the row differs from what the body gives.
    private static void ReadComposite(StoredResource owner, NpgsqlDataReader reader) => owner.Composites.Add(new CompositeRow(
        reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), Limit(reader, 5), Limit(reader, 6), Limit(reader, 7), Limit(reader, 8),
        reader.GetInt32(9), reader.GetString(10), reader.IsDBNull(11) ? null : reader.GetString(11)));

    private static decimal? Limit(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : Number(reader, column);

    // PostgreSQL's numeric is wider than what the commit ever writes.
    private static decimal? Number(NpgsqlDataReader reader, int column)
    {
        try
        {
            return reader.GetDecimal(column);
        }
        catch (Exception e) when (e is OverflowException or InvalidCastException)
        {
            return null;
        }
    }
}
