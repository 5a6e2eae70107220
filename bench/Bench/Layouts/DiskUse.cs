using Npgsql;

namespace Salus.Bench.Layouts;

/// <summary>Bytes of a layout: what differs (tokens, references, URIs), the other index tables, log and current rows.</summary>
internal sealed record DiskUse(long ExactTable, long ExactIndexes, long OtherTables, long OtherIndexes, long LogTables, long LogIndexes, double VacuumSeconds)
{
    public long Search => ExactTable + ExactIndexes + OtherTables + OtherIndexes;

    public static async Task<DiskUse> MeasureAsync(Bed bed, Layout layout)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await TendAsync(bed, layout, "vacuum (analyze)");
        var vacuum = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        await using var command = new NpgsqlCommand(
            """
            select case when relname in ('index_exact', 'index_hash') then 0 when relname like 'index\_%' then 1 else 2 end as part,
                   sum(pg_table_size(oid))::bigint, sum(pg_indexes_size(oid))::bigint
            from pg_class where relnamespace = $1::regnamespace and relkind = 'r' group by 1 order by 1
            """,
            bed.Connection);
        command.Parameters.AddWithValue(layout.Schema);
        var parts = new List<(long Tables, long Indexes)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            parts.Add((reader.GetInt64(1), reader.GetInt64(2)));
        }

        return new DiskUse(parts[0].Tables, parts[0].Indexes, parts[1].Tables, parts[1].Indexes, parts[2].Tables, parts[2].Indexes, vacuum);
    }

    /// <summary>Runs <c>vacuum</c> or <c>analyze</c> over a layout's tables.</summary>
    public static async Task TendAsync(Bed bed, Layout layout, string what) =>
        await ExecuteAsync(bed, $"{what} {string.Join(", ", await TablesAsync(bed, layout))}");

    private static async Task<List<string>> TablesAsync(Bed bed, Layout layout)
    {
        await using var command = new NpgsqlCommand("select oid::regclass::text from pg_class where relnamespace = $1::regnamespace and relkind = 'r'", bed.Connection);
        command.Parameters.AddWithValue(layout.Schema);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    private static async Task ExecuteAsync(Bed bed, string sql)
    {
        await using var command = new NpgsqlCommand(sql, bed.Connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
