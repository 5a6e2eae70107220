using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>The tables of rejections.</summary>
internal sealed class RejectionTable(Database database, RejectionBook book) : IDisposable
{
    private readonly SemaphoreSlim one = new(1);

    /// <summary>Writes what was counted since the last time. What cannot be written stays counted.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task FlushAsync(CancellationToken ct)
    {
        // Also when there is nothing: what another call has taken is on its way, and who looks next is to see it.
        await one.WaitAsync(ct);
        try
        {
            if (!book.IsEmpty)
            {
                await WriteAsync(ct);
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Removes what is older than a day.</summary>
    public async Task CleanAsync(DateTimeOffset before, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("delete from monitoring.rejection_count where day < $1") { Parameters = { new NpgsqlParameter<DateOnly> { TypedValue = DateOnly.FromDateTime(before.UtcDateTime) } } },
                new NpgsqlBatchCommand("delete from monitoring.rejection where at < $1") { Parameters = { new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime } } },
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The numbers by device and reason, most first.</summary>
    /// <param name="device">Null for all.</param>
    /// <param name="reason">Null for all.</param>
    public async Task<IReadOnlyList<RejectionCount>> CountsAsync(Tenant tenant, string? device, string? reason, CancellationToken ct)
    {
        await using var command = database.For(tenant).Source.CreateCommand(
            """
            select device, reason, sum(count)::bigint, max(last) from monitoring.rejection_count
            where tenant = $1 and ($2::text is null or device = $2) and ($3::text is null or reason = $3) group by device, reason order by 3 desc, 1, 2 limit 10000
            """);
        Add(command, tenant, device, reason);
        var found = new List<RejectionCount>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(new RejectionCount(tenant, reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return found;
    }

    /// <summary>The newest of those that were kept.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, string Device, string? Code, string Reason, string Message)>> ExamplesAsync(Tenant tenant, string? device, string? reason, int count, CancellationToken ct)
    {
        await using var command = database.For(tenant).Source.CreateCommand(
            """
            select at, device, code, reason, message from monitoring.rejection
            where tenant = $1 and ($2::text is null or device = $2) and ($3::text is null or reason = $3) order by number desc limit $4
            """);
        Add(command, tenant, device, reason);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        var found = new List<(DateTimeOffset, string, string?, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add((reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3), reader.GetString(4)));
        }

        return found;
    }

    public void Dispose() => one.Dispose();

    private async Task WriteAsync(CancellationToken ct)
    {
        var (counts, examples) = book.Take();
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(ct);
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Counts(counts), Examples(examples) } };
            await batch.ExecuteNonQueryAsync(ct);
        }
        catch
        {
            book.GiveBack(counts, examples);
            throw;
        }
    }

    private static void Add(NpgsqlCommand command, Tenant tenant, string? device, string? reason)
    {
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter { Value = device ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = reason ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
    }

    private static NpgsqlBatchCommand Counts(IReadOnlyList<RejectionCount> counts) => new(
        """
        insert into monitoring.rejection_count as c (tenant, device, reason, day, count, last)
        select tenant, device, reason, (last at time zone 'UTC')::date, count, last from unnest($1, $2, $3, $4, $5) u (tenant, device, reason, count, last)
        on conflict (tenant, device, reason, day) do update set count = c.count + excluded.count, last = greatest(c.last, excluded.last)
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<int[]> { TypedValue = [.. counts.Select(c => c.Tenant.Number)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. counts.Select(c => c.Device)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. counts.Select(c => c.Reason)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. counts.Select(c => c.Count)] },
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. counts.Select(c => c.Last.UtcDateTime)] },
        },
    };

    private static NpgsqlBatchCommand Examples(IReadOnlyList<RejectionExample> examples) => new(
        "insert into monitoring.rejection (tenant, at, device, code, reason, message) select * from unnest($1, $2, $3, $4, $5, $6)")
    {
        Parameters =
        {
            new NpgsqlParameter<int[]> { TypedValue = [.. examples.Select(e => e.Tenant.Number)] },
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. examples.Select(e => e.At.UtcDateTime)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. examples.Select(e => e.Rejection.Device)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. examples.Select(e => Clean(e.Rejection.Code))] },
            new NpgsqlParameter<string[]> { TypedValue = [.. examples.Select(e => e.Rejection.Reason.Text())] },
            new NpgsqlParameter<string[]> { TypedValue = [.. examples.Select(e => Clean(e.Rejection.Message))] },
        },
    };

    // PostgreSQL stores no NUL in a text.
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
