using System.Data;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Export;

/// <summary>Reads resources of one type as they were at a position of the log, in the order of their ids, a batch at a time.</summary>
internal sealed class ExportRows(Catalog catalog, SearchSql plan, SearchParser searches)
{
    private const int Batch = 500;

    /// <summary>Keys and ids behind the last one, those that no filter finds left out; and the last id looked at, null at the end.</summary>
    public async Task<(List<(long Key, string Id)> Rows, string? Last)> NextAsync(NpgsqlConnection connection, ExportJob job, string type, bool deleted, string after, CancellationToken ct)
    {
#pragma warning disable CA2100 // Written in this class.
        // What was deleted or changed since the position: of the others the current version is the one, and is there.
        await using var command = new NpgsqlCommand(
            $"""
            select c.key, c.id from records.current c
            where c.tenant = $1 and c.type = $2 and c.id > $3 and c.key <= $4 {(deleted ? "and (c.deleted or c.position > $4)" : "")} order by c.id limit {Batch}
            """,
            connection)
        {
            Parameters = { new() { Value = job.Caller.Tenant.Number }, new() { Value = catalog.Number(type) }, new() { Value = after }, new() { Value = job.Position } },
        };
#pragma warning restore CA2100
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
    public static async Task ReadAsync(
        NpgsqlConnection connection, ExportJob job, List<(long Key, string Id)> rows, bool deleted, Func<string, ReadOnlyMemory<byte>, Task<bool>> take, CancellationToken ct)
    {
        var body = deleted ? "(select b.body from records.log b where b.key = v.key and b.version < v.version and b.body is not null order by b.version desc limit 1)" : "v.body";
#pragma warning disable CA2100 // Written in this class.
        await using var command = new NpgsqlCommand(
            $"""
            select k.id, {body}
            from unnest($1, $2) k (key, id)
            cross join lateral (select l.key, l.version, l.operation, l.at, l.body from records.log l where l.key = k.key and l.position <= $3 order by l.version desc limit 1) v
            where (v.operation = 2) = $4 and ($5::timestamptz is null or v.at > $5) order by k.id collate "C"
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(r => r.Key)] }, new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(r => r.Id)] },
                new() { Value = job.Position }, new() { Value = deleted }, new() { Value = (object?)job.Request.Since ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
            },
        };
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetString(0);
            if (!await take(id, await reader.IsDBNullAsync(1, ct) ? default : reader.GetFieldValue<byte[]>(1)))
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
