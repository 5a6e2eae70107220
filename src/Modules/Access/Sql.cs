using Npgsql;

namespace Salus.Access;

/// <summary>Short ways to say a statement with its values: null becomes NULL, times UTC.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(this NpgsqlDataSource source, string sql, params object?[] values) => Fill(source.CreateCommand(sql), values);

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object?[] values)
    {
#pragma warning disable CA2100 // Texts of this module; values are parameters.
        return Fill(new NpgsqlCommand(sql, connection), values);
#pragma warning restore CA2100
    }

    public static async Task<int> RunAsync(this NpgsqlDataSource source, string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = source.Command(sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<int> RunAsync(this NpgsqlConnection connection, string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The first column of the first row; default when there is none.</summary>
    public static async Task<T?> ScalarAsync<T>(this NpgsqlDataSource source, string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = source.Command(sql, values);
        return await command.ExecuteScalarAsync(ct) is T value ? value : default;
    }

    public static async Task<List<T>> ListAsync<T>(this NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct, params object?[] values)
    {
        await using var command = source.Command(sql, values);
        return await ListAsync(command, row, ct);
    }

    public static async Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct, params object?[] values)
    {
        await using var command = connection.Command(sql, values);
        return await ListAsync(command, row, ct);
    }

    private static async Task<List<T>> ListAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>The first row; default when there is none.</summary>
    public static async Task<T?> FirstAsync<T>(this NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct, params object?[] values)
    {
        await using var command = source.Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? row(reader) : default;
    }

    public static T? Get<T>(this NpgsqlDataReader reader, string column)
    {
        var ordinal = reader.GetOrdinal(column);
        return reader.IsDBNull(ordinal) ? default : reader.GetFieldValue<T>(ordinal);
    }

    public static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset Time(this NpgsqlDataReader reader, int column) => new(reader.GetDateTime(column), TimeSpan.Zero);

    private static NpgsqlCommand Fill(NpgsqlCommand command, object?[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value is DateTimeOffset time ? time.UtcDateTime : value ?? DBNull.Value });
        }

        return command;
    }
}
