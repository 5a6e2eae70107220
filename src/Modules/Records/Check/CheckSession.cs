using System.Data;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Check;

/// <summary>A session of its own with one read-only transaction: everything that is read through it is of one moment.</summary>
internal sealed class CheckSession : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlTransaction transaction;

    private CheckSession(NpgsqlDataSource source, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        this.source = source;
        Connection = connection;
        this.transaction = transaction;
    }

    public NpgsqlConnection Connection { get; }

    public static async Task<CheckSession> OpenAsync(Database database, CancellationToken ct)
    {
        // Not from the pool: a statement may take long, and is planned for its values.
        var builder = new NpgsqlDataSourceBuilder(database.ConnectionString) { Name = "salus-check" };
        builder.ConnectionStringBuilder.Pooling = false;
        builder.ConnectionStringBuilder.MaxAutoPrepare = 0;
        builder.ConnectionStringBuilder.CommandTimeout = 0;
        builder.ConnectionStringBuilder.ApplicationName = "salus check";
        var source = builder.Build();
        try
        {
            var connection = await source.OpenConnectionAsync(ct);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            var session = new CheckSession(source, connection, transaction);
            // A cursor over the whole log follows an index instead of sorting all of it first. What the operator set against idle sessions is not meant here.
            await session.ExecuteAsync("set transaction read only", ct);
            await session.ExecuteAsync("set local cursor_tuple_fraction = 0.001", ct);
            await session.ExecuteAsync("set local idle_in_transaction_session_timeout = 0", ct);
            await session.ExecuteAsync("set local statement_timeout = 0", ct);
            return session;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Rows one after the other. Nothing else may be asked until all are read.</summary>
    public async IAsyncEnumerable<T> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            yield return read(reader);
        }
    }

    /// <summary>Few rows, all at once.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        var rows = new List<T>();
        await foreach (var row in ReadAsync(sql, read, ct))
        {
            rows.Add(row);
        }

        return rows;
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
        await source.DisposeAsync();
    }

#pragma warning disable CA2100 // Written in this folder; values are parameters.
    private NpgsqlCommand Command(string sql) => new(sql, Connection, transaction);
#pragma warning restore CA2100
}
