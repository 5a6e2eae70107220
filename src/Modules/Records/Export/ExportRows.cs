using System.Data;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Export;

/// <summary>Reads resources of one type as they were at a position of the log, in the order of their ids, a batch at a time.</summary>
internal sealed class ExportRows(Catalog catalog, SearchSql plan, SearchParser searches, AccessConditions access)
{
    private const int Batch = 500;

    /// <summary>Keys and ids behind the last one, those that no filter finds left out; and the last id looked at, null at the end.</summary>
    public async Task<(List<(long Key, string Id)> Rows, string? Last)> NextAsync(NpgsqlConnection connection, ExportJob job, string type, bool deleted, string after, CancellationToken ct)
    {
        var allowed = await access.OfAsync(job.Caller, type, Interactions.Search, ct);
        if (allowed.Failed(out _))
        {
            // It was allowed when the export was asked for, and is not any more.
            return ([], null);
        }

        // What was deleted or changed since the position: of the others the current version is the one, and is there.
        var sql = new SqlText();
        sql.Append($"select c.key, c.id from records.current c where c.tenant = {sql.Add(job.Caller.Tenant.Number)} and c.type = {sql.Add(catalog.Number(type))} and c.id > {sql.Add(after)}");
        var position = sql.Add(job.Position);
        sql.Append($" and c.key <= {position}{(deleted ? $" and (c.deleted or c.position > {position})" : "")}").Append(await allowed.Value.OfCurrentAsync(sql, "c", ct));
        await using var command = sql.Append($" order by c.id limit {Batch}").ToCommand(connection);
        var rows = new List<(long Key, string Id)>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                rows.Add((reader.GetInt64(0), reader.GetString(1)));
            }
        }

        var last = rows.Count == 0 ? null : rows[^1].Id;
        var filters = deleted ? [] : job.Request.Filters.Where(f => f.StartsWith($"{type}?", StringComparison.Ordinal)).ToList();
        if (filters.Count > 0 && rows.Count > 0)
        {
            var found = await MatchingAsync(connection, job, filters, [.. rows.Select(r => r.Key)], ct);
            rows.RemoveAll(r => !found.Contains(r.Key));
        }

        return (rows, last);
    }

    /// <summary>The versions at the position of the job, one after the other: the row that is current in the reader is all that is in memory.</summary>
    /// <param name="deleted">Deletions, with the body of the version before them; otherwise what was there.</param>
    /// <param name="take">Gets id and body; false ends the reading.</param>
    public async Task ReadAsync(
        NpgsqlConnection connection, ExportJob job, string type, List<(long Key, string Id)> rows, bool deleted, Func<string, ReadOnlyMemory<byte>, Task<bool>> take, CancellationToken ct)
    {
        var allowed = await access.OfAsync(job.Caller, type, Interactions.Search, ct);
        if (allowed.Failed(out _))
        {
            return;
        }

        var body = deleted ? "(select b.body from records.log b where b.key = v.key and b.version < v.version and b.body is not null order by b.version desc limit 1)" : "v.body";
        var sql = new SqlText();
        sql.Append(
            $"""
            select k.id, {body}
            from unnest({sql.Add(rows.Select(r => r.Key).ToArray())}, {sql.Add(rows.Select(r => r.Id).ToArray())}) k (key, id)
            join records.current c on c.key = k.key
            cross join lateral (select l.* from records.log l where l.key = k.key and l.position <= {sql.Add(job.Position)} order by l.version desc limit 1) v
            where (v.operation = 2) = {sql.Add(deleted)}
            """);
        sql.Append(job.Request.Since is { } since ? $" and v.at > {sql.Add(since)}" : "").Append(allowed.Value.OfVersion(sql, "v", "c")).Append(" order by k.id collate \"C\"");
        await using var command = sql.ToCommand(connection);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetString(0);
            if (!await take(id, await reader.IsDBNullAsync(1, ct) ? default : reader.Body(1, catalog, job.Caller.Tenant, type, id)))
            {
                return;
            }
        }
    }

    private async Task<HashSet<long>> MatchingAsync(NpgsqlConnection connection, ExportJob job, List<string> filters, long[] keys, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var filter in filters)
        {
            var sql = await plan.MatchingAsync(job.Caller, ExportRequest.Filter(filter, job.Request.Types, searches).Value, keys, ct);
            if (sql.Failed(out var failure))
            {
                // Neither the filter nor the reason, which repeats it: a search may name a person, and this is logged.
                throw new InvalidDataException($"A filter of {filter[..filter.IndexOf('?', StringComparison.Ordinal)]}, which could be run when the export was asked for, cannot any more ({failure.Kind}).");
            }

            batch.BatchCommands.Add(sql.Value.ToBatchCommand());
        }

        var found = new HashSet<long>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        do
        {
            while (await reader.ReadAsync(ct))
            {
                found.Add(reader.GetInt64(0));
            }
        }
        while (await reader.NextResultAsync(ct));
        return found;
    }
}
