using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>Writes a group of write sets in one database transaction: locks the head of the log, checks conditions, then inserts everything.</summary>
internal sealed class CommitTransaction(Database database, Catalog catalog, CommitSignal signal, CommitFate fate, TimeProvider time)
{
    /// <summary>Completes every set of the group, unless it throws: then none is completed, and none is stored.</summary>
    /// <exception cref="CommitUnknownException">Whether they are stored could not be found out.</exception>
    public async Task RunAsync(List<WriteSet> group)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var started = time.GetTimestamp();
        var (head, current) = await LockAsync(connection, group);
        var columns = new CommitColumns(catalog, head, current);
        var results = new List<(WriteSet Set, Outcome<Committed[]> Outcome)>(group.Count);
        foreach (var set in group)
        {
            results.Add((set, columns.Add(set)));
        }

        if (columns.Count > 0)
        {
            await WriteAsync(connection, transaction, columns);
            await CommitAsync(transaction, new CommitMark(columns.Position, head.At, results.Last(r => !r.Outcome.Failed(out _)).Set.Writes[^1].Id));
            signal.Committed(columns.Position);
            RecordsMeter.Commit.Record(time.GetElapsedTime(started).TotalSeconds);
            RecordsMeter.Groups.Add(1);
            RecordsMeter.Versions.Add(columns.Count);
        }

        foreach (var (set, outcome) in results)
        {
            set.Complete(outcome);
        }
    }

    // Lost between commit and answer: nobody is told anything before the truth is known.
    private async Task CommitAsync(NpgsqlTransaction transaction, CommitMark mark)
    {
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception e) when (e is not PostgresException || Failures.IsAway(e))
        {
            switch (await fate.IsStoredAsync(mark))
            {
                case null:
                    throw new CommitUnknownException(e);
                case false:
                    throw;
            }
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CommitColumns columns)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        columns.AddTo(batch);
        try
        {
            await batch.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (!Failures.IsAway(e))
        {
            // The statements after the refused one never reached the server, though the driver counts some as prepared (seen with Npgsql 10.0.0
            // after a text that it could not encode: a later commit on the connection then failed with 26000). Such a connection is not used again.
            database.Source.Clear();
            throw;
        }
    }

    private async Task<(LogHead Head, Dictionary<ResourceName, CurrentRow> Current)> LockAsync(NpgsqlConnection connection, List<WriteSet> group)
    {
        var names = group.SelectMany(set => set.Writes.Where(w => !w.Fresh).Select(w => new ResourceName(set.Caller.Tenant, catalog.Number(w.Type), w.Id))).Distinct().ToList();
        await using var batch = new NpgsqlBatch(connection);
        // Inserts from arrays have one good plan; making it anew for each commit would cost more than some of them.
        // A Salus that is cut off or stopped in mid-commit must not hold the head from others for longer than this.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('idle_in_transaction_session_timeout', '10s', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select position, at from records.head for update"));
        if (names.Count > 0)
        {
            batch.BatchCommands.Add(CurrentRow.Query(names));
        }

        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var at = reader.GetFieldValue<DateTime>(1);
        // Time never runs backwards in the log, whatever the clock does; PostgreSQL keeps microseconds.
        var now = time.GetUtcNow().UtcDateTime;
        now = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
        var head = new LogHead(reader.GetInt64(0), now > at ? now : at.AddMicroseconds(1));
        await reader.NextResultAsync();
        return (head, names.Count > 0 ? await CurrentRow.ReadAsync(reader) : []);
    }
}

/// <summary>The last position of the log, and the time that the next commit bears.</summary>
internal readonly record struct LogHead(long Position, DateTime At);
