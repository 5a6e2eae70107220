using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Reindex;
using Salus.Records.Storage;
using Salus.Records.Views;

namespace Salus.Records.Sealing;

/// <summary>How far sealing again is. <c>Until</c> is the end of the log when it began: what comes behind it is sealed by its writer, as soon as that has the new key.</summary>
internal sealed record ResealProgress(string Target, long Until, long After, long Done, long Changed, bool Finished);

/// <summary>
/// Seals stored versions by the rules and keys of now, in the order of the log: what a version says stays as it is, so its bytes are replaced in place (docs/adr/0018-sealed-elements.md).
/// Bodies, index rows of what is current, and how far it is are one transaction: killed at any moment, it goes on where it was. Writers wait for nothing but the rows of one batch.
/// </summary>
internal sealed class ResealBatch(SealKeys keys, Seals seals, Database database, Catalog catalog, IndexEntries entries, ViewStore views)
{
    private const int Size = 200;
    private const long MostBytes = 16_000_000;

    private sealed record LogVersion(long Position, long Key, SealPlace Place, byte[]? Body, bool Current);

    /// <summary>Begins, does the next versions, or notes the end. Null when there is nothing to do.</summary>
    /// <exception cref="UnsealedException">A value cannot be opened; the message names it.</exception>
    public async Task<ResealProgress?> StepAsync(CancellationToken ct)
    {
        if (!keys.Any)
        {
            return null;
        }

        var target = keys.Target;
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        if (await ProgressAsync(connection, ct) is { Finished: true } last && last.Target == target)
        {
            return null;
        }

        await keys.RegisterAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ReindexBatch.LockBodiesAsync(connection, ct);
        var before = await ProgressAsync(connection, ct);
        if (before?.Target != target)
        {
            await BeginAsync(target, connection, ct);
            await transaction.CommitAsync(ct);
            return await ProgressAsync(connection, ct);
        }

        var progress = before.Finished ? null : await BatchAsync(before, connection, ct);
        await transaction.CommitAsync(ct);
        return progress;
    }

    public async Task<ResealProgress?> ProgressAsync(CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        return await ProgressAsync(connection, ct);
    }

    private static async Task<ResealProgress?> ProgressAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select target, until, after, done, changed, finished_at is not null from records.reseal", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new ResealProgress(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetBoolean(5)) : null;
    }

    private static async Task BeginAsync(string target, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into records.reseal (target, until) select $1, coalesce(max(position), 0) from records.log
            on conflict (only_row) do update set target = excluded.target, until = excluded.until, after = 0, done = 0, changed = 0, rebuilt = '{}', started_at = now(), updated_at = now(), finished_at = null
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<ResealProgress> BatchAsync(ResealProgress before, NpgsqlConnection connection, CancellationToken ct)
    {
        var found = await ReadAsync(before.After, connection, ct);
        var sealing = new List<(LogVersion Version, ResealedForm Form)>();
        foreach (var version in found.Where(v => v.Body is not null))
        {
            if (seals.Again(version.Place, version.Body!) is { } form)
            {
                sealing.Add((version, form));
            }
        }

        var made = await EntriesAsync(sealing, ct);
        var positions = made.Count == 0 ? [] : await ReindexBatch.LockAsync([.. made.Keys.Order()], connection, ct);
        // A row that somebody is writing at this moment is waited for by coming again.
        var upTo = sealing.Where(s => s.Version.Current && s.Form.Otherwise && !positions.ContainsKey(s.Version.Key)).Select(s => s.Version.Position - 1).DefaultIfEmpty(found.Count == 0 ? before.After : found[^1].Position).Min();
        var done = sealing.FindAll(s => s.Version.Position <= upTo);
        var progress = before with
        {
            After = upTo,
            Done = before.Done + found.Count(v => v.Position <= upTo),
            Changed = before.Changed + done.Count,
            // Behind where the log ended, the first batch that is sealed already: writers would be chased for ever.
            Finished = found.Count == 0 || (before.After >= before.Until && sealing.Count == 0),
        };
        await WriteAsync(progress, done, made, positions, connection, ct);
        await RebuildAsync([.. done.Where(d => d.Version.Current && d.Form.Otherwise).Select(d => d.Version.Place.Type).Distinct()], connection, ct);
        return progress;
    }

    // Tables of views have what was plain before. Once for each type in a run: what is filled in from now on is veiled, sealed or not.
    private async Task RebuildAsync(string[] types, NpgsqlConnection connection, CancellationToken ct)
    {
        if (types.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            "update records.reseal n set rebuilt = o.rebuilt || array(select unnest($1) except select unnest(o.rebuilt)) from records.reseal o returning array(select unnest($1) except select unnest(o.rebuilt))", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = types });
        if (await command.ExecuteScalarAsync(ct) is string[] { Length: > 0 } fresh)
        {
            await views.RebuildAsync(fresh, connection, ct);
        }
    }

    private async Task<List<LogVersion>> ReadAsync(long after, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select q.position, q.key, q.tenant, q.type, q.id, q.body, c.position is not null
            from (select l.*, sum(coalesce(octet_length(l.body), 0)) over (order by l.position) as bytes
                  from (select position, key, tenant, type, id, body from records.log where position > $1 order by position limit $2) l) q
            left join records.current c on c.key = q.key and c.position = q.position
            where q.bytes - coalesce(octet_length(q.body), 0) <= $3 order by q.position
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Size });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MostBytes });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<LogVersion>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(new LogVersion(
                reader.GetInt64(0), reader.GetInt64(1), new SealPlace(new Tenant(reader.GetInt32(2)), catalog.TypeName(reader.GetInt16(3)), reader.GetString(4)),
                await reader.IsDBNullAsync(5, ct) ? null : reader.GetFieldValue<byte[]>(5), reader.GetBoolean(6)));
        }

        return found;
    }

    private async Task<Dictionary<long, IndexEntry>> EntriesAsync(List<(LogVersion Version, ResealedForm Form)> sealing, CancellationToken ct)
    {
        var made = new Dictionary<long, IndexEntry>();
        foreach (var (version, form) in sealing.Where(s => s.Version.Current && s.Form.Otherwise))
        {
            var entry = await entries.OfAsync(form.Document.Root, ct);
            made.Add(version.Key, entry.Failed(out var failure) ? throw new InvalidDataException($"{version.Place.Type}/{version.Place.Id}: {failure}") : entry.Value);
        }

        if (made.Count > 0)
        {
            await ReindexBatch.LearnTextsAsync(database, sealing.Where(s => made.ContainsKey(s.Version.Key)).Select(s => (s.Version.Place.Tenant, made[s.Version.Key])), ct);
        }

        return made;
    }

    private async Task WriteAsync(
        ResealProgress progress, List<(LogVersion Version, ResealedForm Form)> done, Dictionary<long, IndexEntry> made, Dictionary<long, long> positions, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (done.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("update records.log l set body = u.body from unnest($1, $2) u (position, body) where l.position = u.position")
            {
                Parameters =
                {
                    IndexColumns.Column(done.ConvertAll(d => d.Version.Position)),
                    new NpgsqlParameter<byte[][]> { TypedValue = [.. done.Select(d => d.Form.Document.Utf8.ToArray())], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                },
            });
        }

        // What was written over meanwhile has the index rows of its own commit.
        var current = done.FindAll(d => d.Version.Current && d.Form.Otherwise && positions.GetValueOrDefault(d.Version.Key) == d.Version.Position);
        if (current.Count > 0)
        {
            ReindexBatch.AddIndex(batch, catalog, current.ConvertAll(d => (d.Version.Key, d.Version.Place.Tenant, made[d.Version.Key])));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("update records.reseal set after = $1, done = $2, changed = $3, updated_at = now(), finished_at = case when $4 then now() end")
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = progress.After }, new NpgsqlParameter<long> { TypedValue = progress.Done }, new NpgsqlParameter<long> { TypedValue = progress.Changed },
                new NpgsqlParameter<bool> { TypedValue = progress.Finished },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}
