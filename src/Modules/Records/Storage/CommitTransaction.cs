using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>Writes a group of write sets in one database transaction: locks the head of the log, checks conditions, then inserts everything.</summary>
internal sealed class CommitTransaction(Database database, Catalog catalog, CommitSignal signal, CommitFate fate, StaleEntries stale, CommitAudit audit, TimeProvider time)
{
    private readonly RecentIdentifiers recent = new();
    private readonly KnownValues known = new();

    /// <summary>Completes every set of the group, unless it throws: then none is completed, and none is stored.</summary>
    /// <exception cref="CommitUnknownException">Whether they are stored could not be found out.</exception>
    public async Task RunAsync(List<WriteSet> group)
    {
        // Nothing of the group is acknowledged yet, so any order is true; conditional creates see the record as it was before the rest.
        var sets = group.OrderBy(s => s.Conditions.Count == 0).ToList();
        var results = new List<(WriteSet Set, Outcome<Committed[]> Outcome)>(group.Count);
        var refused = new List<(WriteSet Set, Outcome<Committed[]> Outcome)>();
        while (await AttemptAsync(sets, results) is var clashes && (clashes is null || clashes.Count > 0))
        {
            if (clashes is null)
            {
                refused.AddRange(await stale.RenewAsync(sets));
                sets.RemoveAll(s => refused.Exists(r => r.Set == s));
            }
            else
            {
                sets.RemoveAll(clashes.Contains);
            }

            results.Clear();
        }

        await stale.AfterAsync(sets);
        foreach (var (set, outcome) in results.Concat(refused))
        {
            set.Complete(outcome);
        }

        foreach (var set in group.Except(sets))
        {
            set.Complete(ConditionCheck.Overtaken);
        }
    }

    // Conditions that take too long while every other writer waits make their own sets fail, not the others.
    private async Task<HashSet<WriteSet>?> AttemptAsync(List<WriteSet> sets, List<(WriteSet Set, Outcome<Committed[]> Outcome)> results)
    {
        try
        {
            return await TryAsync(sets, results);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && sets.Exists(s => s.Conditions.Count > 0))
        {
            return [.. sets.Where(s => s.Conditions.Count > 0)];
        }
    }

    // Commits and gives no sets; or gives the sets that must not be committed with the others, and nothing is stored; or null, when index rows were made with
    // other search parameters than the record has.
    private async Task<HashSet<WriteSet>?> TryAsync(List<WriteSet> sets, List<(WriteSet Set, Outcome<Committed[]> Outcome)> results)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var started = time.GetTimestamp();
        var conditions = new ConditionCheck(catalog, recent);
        var (head, current) = await LockAsync(connection, sets, conditions);
        if (StaleEntries.Any(sets, head.Definitions))
        {
            return null;
        }

        known.At(head.Position);
        var columns = new CommitColumns(catalog, known, head, current);
        foreach (var set in sets)
        {
            var outcome = conditions.Holds(set, current) ? columns.Add(set) : ConditionCheck.Overtaken;
            results.Add((set, outcome));
            if (set.Conditions.Count > 0 && !outcome.Failed(out _))
            {
                conditions.LetIn(set);
            }
        }

        if (columns.Count > 0)
        {
            if (await WriteAsync(connection, transaction, columns, conditions, head, audit.Entries(results, current)) is { Count: > 0 } clashes)
            {
                return clashes;
            }

            var last = results.Last(r => r.Set.Writes.Count > 0 && !r.Outcome.Failed(out _)).Set;
            await CommitAsync(transaction, new CommitMark(columns.Position, head.At, last.Writes[^1].Id));
            recent.Add(head.Position, columns.Position, results.Where(r => !r.Outcome.Failed(out _)).Select(r => r.Set));
            known.Add(columns.FreshValues, columns.Position);
            signal.Committed(columns.Position, results.Where(r => !r.Outcome.Failed(out _)).SelectMany(r => r.Set.Writes).Select(w => w.Type.Name).Distinct());
            RecordsMeter.Commit.Record(time.GetElapsedTime(started).TotalSeconds);
            RecordsMeter.Groups.Add(1);
            RecordsMeter.Versions.Add(columns.Count);
        }

        return [];
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

    private async Task<HashSet<WriteSet>> WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CommitColumns columns, ConditionCheck conditions, LogHead head, List<AuditEntry> entries)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        columns.AddTo(batch);
        audit.Trail.AddTo(batch, entries);
        await conditions.AddAfterAsync(batch, head, columns.Count);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync();
            return await conditions.ReadClashesAsync(reader);
        }
        catch (Exception e) when (!Failures.IsAway(e))
        {
            // The statements after the refused one never reached the server, though the driver counts some as prepared (seen with Npgsql 10.0.0
            // after a text that it could not encode: a later commit on the connection then failed with 26000). Such a connection is not used again.
            database.Source.Clear();
            throw;
        }
    }

    private async Task<(LogHead Head, Dictionary<ResourceName, CurrentRow> Current)> LockAsync(NpgsqlConnection connection, List<WriteSet> sets, ConditionCheck conditions)
    {
        var names = sets.SelectMany(Names).Distinct().ToList();
        await using var batch = new NpgsqlBatch(connection);
        // A Salus that is cut off or stopped in mid-commit must not hold the head from others for longer than this.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('idle_in_transaction_session_timeout', '10s', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select position, at, definitions from records.head for update"));
        var conditional = conditions.AddNewest(batch, sets);
        if (names.Count > 0)
        {
            batch.BatchCommands.Add(CurrentRow.Query(names));
        }

        LogHead head;
        Dictionary<ResourceName, CurrentRow> current = [];
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            await reader.NextResultAsync();
            await reader.ReadAsync();
            head = Next(reader.GetInt64(0), reader.GetFieldValue<DateTime>(1), reader.GetInt64(2));
            await reader.NextResultAsync();
            if (conditional)
            {
                await conditions.ReadNewestAsync(reader);
                await reader.NextResultAsync();
            }

            if (names.Count > 0)
            {
                current = await CurrentRow.ReadAsync(reader);
            }
        }

        await conditions.LookAgainAsync(connection, sets, head);
        return (head, current);
    }

    // Whose current version matters: what is written, unless its id is new, and what conditions found.
    private IEnumerable<ResourceName> Names(WriteSet set) => set.Writes.Where(w => !w.Fresh).Select(w => new ResourceName(set.Caller.Tenant, catalog.Number(w.Type), w.Id))
        .Concat(set.Conditions.Where(c => c.Existing is not null).Select(c => new ResourceName(set.Caller.Tenant, catalog.Number(c.Type), c.Existing!.Value.Id)));

    // Time never runs backwards in the log, whatever the clock does; PostgreSQL keeps microseconds.
    private LogHead Next(long position, DateTime at, long definitions)
    {
        var now = time.GetUtcNow().UtcDateTime;
        now = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
        return new LogHead(position, now > at ? now : at.AddMicroseconds(1), definitions);
    }
}

/// <summary>The last position of the log, the time that the next commit bears, and the position of the last write of a SearchParameter.</summary>
internal readonly record struct LogHead(long Position, DateTime At, long Definitions = 0);
