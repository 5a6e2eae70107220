using Npgsql;
using Salus.Records.Storage;

namespace Salus.Records.Reindex;

/// <summary>The rows of <c>records.reindex</c>. A job's row is locked while a batch of it is done, so that several processes take turns.</summary>
internal static class ReindexJobs
{
    /// <summary>
    /// The type to go on with: one that is under way; or else the smallest of those that have one of these numbers or a retired one; or else the one whose last attempt, which
    /// failed, is longest ago. Null when there is nothing to do.
    /// </summary>
    public static async Task<string?> NextAsync(NpgsqlConnection connection, IEnumerable<int> incomplete, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select resource_type from (
                (select r.resource_type, case when r.problem is null then 0 else 2 end as place,
                     case when r.problem is null then 0 else extract(epoch from r.updated_at) end as first
                 from records.reindex r where r.finished_at is null and r.extractor <= $2)
                union all
                (select p.resource_type, 1, (select coalesce(sum(n.count), 0) from records.type_count n join records.resource_type t on t.id = n.type where t.name = p.resource_type)
                 from (select distinct resource_type from records.parameter where retired or id = any($1)) p
                 where not exists (select from records.reindex r where r.resource_type = p.resource_type and r.finished_at is null))) next
            order by place, first, resource_type limit 1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. incomplete] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = IndexContents.Version });
        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>Begins a job unless one is under way. What the type has in <c>records.parameter</c> at this moment is complete, or gone, when it has ended.</summary>
    public static async Task BeginAsync(NpgsqlConnection connection, string type, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into records.reindex (resource_type, extractor, parameters, retired, after, done, total, started_at, updated_at)
            select $1, $2, array(select id from records.parameter where resource_type = $1 and not retired), array(select id from records.parameter where resource_type = $1 and retired),
                0, 0, (select coalesce(sum(n.count), 0) from records.type_count n join records.resource_type t on t.id = n.type where t.name = $1), clock_timestamp(), clock_timestamp()
            on conflict (resource_type) do update set
                extractor = excluded.extractor, parameters = excluded.parameters, retired = excluded.retired, after = 0, done = 0, total = excluded.total,
                started_at = excluded.started_at, updated_at = excluded.updated_at, finished_at = null, problem = null
            where records.reindex.finished_at is not null or records.reindex.extractor < excluded.extractor
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = IndexContents.Version });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The job under way, locked for this transaction; null when there is none, it is of a newer Salus, or another process is at it.</summary>
    public static async Task<ReindexProgress?> LockAsync(NpgsqlConnection connection, string type, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        // A process that is cut off in mid-batch must not keep the job, and the rows it has locked, from the others.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local idle_in_transaction_session_timeout = '30s'"));
        // What is done and how far it is are lost together, and done again: that needs no wait for the disk.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local synchronous_commit = off"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select {ReindexProgress.Columns} from records.reindex where resource_type = $1 and finished_at is null and extractor = $2 for update skip locked")
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = type }, new NpgsqlParameter<int> { TypedValue = IndexContents.Version } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? ReindexProgress.Read(reader) : null;
    }

    /// <summary>Ends a job: its parameters are complete, unless they were retired meanwhile.</summary>
    public static async Task FinishAsync(NpgsqlConnection connection, ReindexProgress job, CancellationToken ct)
    {
        await Catalog.LockAsync(connection, ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update records.parameter set indexed = $2 where id = any($1) and not retired and indexed < $2")
        {
            Parameters = { new NpgsqlParameter<int[]> { TypedValue = job.Parameters }, new NpgsqlParameter<int> { TypedValue = job.Extractor } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from records.parameter where id = any($1) and retired")
        {
            Parameters = { new NpgsqlParameter<int[]> { TypedValue = job.Retired } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "update records.reindex set total = done, updated_at = clock_timestamp(), finished_at = clock_timestamp(), problem = null where resource_type = $1")
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = job.ResourceType } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Notes why a job does not go on.</summary>
    public static async Task FailAsync(NpgsqlConnection connection, string type, string problem, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update records.reindex set problem = $2, updated_at = clock_timestamp() where resource_type = $1 and finished_at is null", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = problem });
        await command.ExecuteNonQueryAsync(ct);
    }
}
