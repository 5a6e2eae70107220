using System.Globalization;
using Npgsql;

namespace Salus.Bench.Processes;

/// <summary>The PostgreSQL of a data folder, as seen from outside: its process, and a connection of our own to it.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;

    private Postgres(int process, string connectionString)
    {
        (Process, ConnectionString) = (process, connectionString);
        source = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>Of the postmaster.</summary>
    public int Process { get; }

    public string ConnectionString { get; }

    public double CpuSeconds => ProcessUse.FamilyCpuSeconds(Process);

    public long Memory => ProcessUse.PostgresMemory(Process);

    /// <summary>Null as long as no server of that folder is ready.</summary>
    public static Postgres? Find(string dataFolder)
    {
        try
        {
            // https://www.postgresql.org/docs/18/storage-file-layout.html: process, folder, start, port, socket folder, address, memory, status.
            var lines = File.ReadAllLines(Path.Combine(dataFolder, "postgres", "postmaster.pid"));
            if (lines.Length < 8 || lines[7].Trim() != "ready")
            {
                return null;
            }

            var settings = new NpgsqlConnectionStringBuilder
            {
                Host = lines[4].Trim() is { Length: > 0 } socket ? socket : "127.0.0.1",
                Port = int.Parse(lines[3], CultureInfo.InvariantCulture),
                Username = "salus",
                Database = "salus",
                Password = File.ReadAllText(Path.Combine(dataFolder, "postgres.password")).Trim(),
                MaxPoolSize = 4,
                MaxAutoPrepare = 20,
                AutoPrepareMinUsages = 1,
                NoResetOnClose = true,
                CommandTimeout = 600,
            };
            return new(int.Parse(lines[0], CultureInfo.InvariantCulture), settings.ConnectionString);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public ValueTask<NpgsqlConnection> OpenAsync() => source.OpenConnectionAsync();

    /// <summary>How far the write-ahead log is, in bytes.</summary>
    public long Wal()
    {
        using var command = source.CreateCommand("select pg_current_wal_insert_lsn()");
        return (long)(ulong)(NpgsqlTypes.NpgsqlLogSequenceNumber)command.ExecuteScalar()!;
    }

    /// <summary>Such as 18.4.</summary>
    public async Task<string> VersionAsync()
    {
        await using var command = source.CreateCommand("show server_version");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Tables of the record with everything that belongs to them, greatest first; those of this program left out.</summary>
    public async Task<IReadOnlyList<TableSize>> TablesAsync()
    {
        await using var command = source.CreateCommand(
            """
            select n.nspname || '.' || c.relname, pg_total_relation_size(c.oid), pg_indexes_size(c.oid)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'bench_ceiling')
            order by 2 desc
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<TableSize>();
        while (await reader.ReadAsync())
        {
            tables.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return tables;
    }

    public async ValueTask DisposeAsync() => await source.DisposeAsync();
}

/// <param name="Total">Bytes of table, indexes and TOAST.</param>
/// <param name="Indexes">Of these, indexes.</param>
internal sealed record TableSize(string Name, long Total, long Indexes);
