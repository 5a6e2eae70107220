using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Jobs;

/// <summary>What somebody asks for.</summary>
/// <param name="Kind">Which <see cref="IJobKind"/> does it.</param>
/// <param name="Url">As the client wrote it.</param>
/// <param name="Request">As the kind understands it.</param>
/// <param name="Steps">How many steps it has.</param>
/// <param name="Most">How many of this kind a tenant may have under way.</param>
internal sealed record JobOrder(string Kind, string Url, string Request, int Steps, int Most);

/// <summary>The table of jobs. A change of state is one statement, so that a job that is cancelled stays so whatever its runner does.</summary>
internal sealed class JobTable(Database database, ICallers callers, JobSignal signal, IOptions<RecordsOptions> options, TimeProvider time)
{
    private const string Columns = "id, kind, tenant, actor, url, request, state, position, at, step, steps, after, part, count, rejected, bytes, error, expires_at, delegation";

    // Whose job it is: no one else sees it, and no other app of theirs.
    private const string Own = "(actor = $4 and delegation is not distinct from $5 or $6)";

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    // When a job is removed that comes no further from now on.
    private DateTime Expiry => Now.AddHours(options.Value.JobHours);

    /// <summary>Notes a job on the record as it is now; returns its id, or null when there are too many.</summary>
    /// <param name="more">Writes what belongs to it, in the same transaction.</param>
    public async Task<string?> AddAsync(Caller caller, JobOrder order, CancellationToken ct, Func<NpgsqlConnection, string, Task>? more = null)
    {
        // 160 bits are not guessed, should the address alone ever be enough.
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Counted one after the other, so that the limit holds.
        await using (var turn = Command(connection, "select pg_advisory_xact_lock(hashtextextended('salus.records.jobs', 0))"))
        {
            await turn.ExecuteNonQueryAsync(ct);
        }

        await using var insert = Command(
            connection,
            """
            insert into records.job (id, kind, tenant, actor, url, request, state, position, at, steps, created_at, expires_at, delegation)
            select $1, $2, $3, $4, $5, $6, 'running', h.position, greatest(h.at, '1970-01-01'::timestamptz), $7, $8, $9, $11 from records.head h
            where (select count(*) from records.job j where j.kind = $2 and j.tenant = $3 and j.state = 'running' and j.expires_at > $8) < $10
            """,
            id, order.Kind, caller.Tenant.Number, caller.Actor, order.Url, order.Request, order.Steps, Now, Expiry, order.Most, (object?)caller.Delegation ?? DBNull.Value);
        if (await insert.ExecuteNonQueryAsync(ct) == 0)
        {
            return null;
        }

        await (more?.Invoke(connection, id) ?? Task.CompletedTask);
        await transaction.CommitAsync(ct);
        RecordsMeter.JobsBegun.Add(1, new KeyValuePair<string, object?>("kind", order.Kind));
        signal.Set();
        return id;
    }

    /// <summary>A caller's own job that was not cancelled and is not too old; null when there is none.</summary>
    public async Task<Job?> FindAsync(Caller caller, string id, CancellationToken ct)
    {
        await using var command = Command(
            $"select {Columns} from records.job where id = $1 and tenant = $2 and state <> 'cancelled' and expires_at > $3 and {Own}", [id, caller.Tenant.Number, Now, .. OwnValues(caller)]);
        return (await ReadAsync(command, ct)).FirstOrDefault();
    }

    /// <summary>A job of this tenant that was not cancelled and is not too old, for who works on it; null when there is none.</summary>
    public async Task<Job?> FindAsync(Tenant tenant, string id, CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from records.job where id = $1 and tenant = $2 and state <> 'cancelled' and expires_at > $3", id, tenant.Number, Now);
        return (await ReadAsync(command, ct)).FirstOrDefault();
    }

    /// <summary>The jobs of a kind that are to be worked on, oldest first.</summary>
    public async Task<IReadOnlyList<Job>> RunningAsync(string kind, CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from records.job where kind = $1 and state = 'running' and expires_at > $2 order by created_at limit 100", kind, Now);
        return await ReadAsync(command, ct);
    }

    /// <summary>The jobs whose files are to be removed.</summary>
    public async Task<IReadOnlyList<Job>> OverAsync(CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from records.job where state = 'cancelled' or expires_at <= $1 limit 100", Now);
        return await ReadAsync(command, ct);
    }

    /// <summary>Cancels a caller's own job; false when there is none.</summary>
    public async Task<bool> CancelAsync(Caller caller, string id, CancellationToken ct)
    {
        await using var command = Command(
            $"update records.job set state = 'cancelled' where id = $1 and tenant = $2 and state <> 'cancelled' and expires_at > $3 and {Own}", [id, caller.Tenant.Number, Now, .. OwnValues(caller)]);
        var found = await command.ExecuteNonQueryAsync(ct) > 0;
        signal.Set();
        return found;
    }

    public async Task FailAsync(Job job, string error, CancellationToken ct)
    {
        await using var command = Command("update records.job set state = 'failed', error = $2, expires_at = $3 where id = $1 and state = 'running'", job.Id, error, Expiry);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task RemoveAsync(Job job, CancellationToken ct)
    {
        await using var command = Command("delete from records.job where id = $1", job.Id);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<IReadOnlyList<JobFile>> FilesAsync(Job job, CancellationToken ct)
    {
        await using var command = Command("select part, name, kind, type, count, bytes from records.job_file where job = $1 order by part", job.Id);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var files = new List<JobFile>();
        while (await reader.ReadAsync(ct))
        {
            files.Add(new JobFile(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return files;
    }

    /// <summary>Where a file of a caller's own job that is done is in the object store; null when there is none.</summary>
    public async Task<string?> ObjectOfAsync(Caller caller, string id, string name, CancellationToken ct)
    {
        // A name that the job does not have never reaches the store.
        await using var command = Command(
            $"""
            select {Columns} from records.job j where id = $1 and tenant = $2 and state = 'done' and expires_at > $3 and {Own}
            and exists (select from records.job_file f where f.job = j.id and f.name = $7 and f.kind <> 'result')
            """,
            [id, caller.Tenant.Number, Now, .. OwnValues(caller), name]);
        return await ReadAsync(command, ct) is [var job] ? JobFile.ObjectName(job, name) : null;
    }

    /// <summary>Saves how far a job has come, with the file that was written, in the caller's transaction. False when it was cancelled meanwhile.</summary>
    public async Task<bool> SaveAsync(NpgsqlConnection connection, Job job, JobFile? file, CancellationToken ct)
    {
        await using var update = Command(
            connection,
            """
            update records.job set step = $2, after = $3, part = $4, count = $5, rejected = $6, bytes = $7, expires_at = $8, state = case when $9 then 'done' else state end
            where id = $1 and state = 'running'
            """,
            job.Id, job.Step, job.After, job.Part, job.Count, job.Rejected, job.Bytes, Expiry, job.Step >= job.Steps);
        if (await update.ExecuteNonQueryAsync(ct) == 0)
        {
            return false;
        }

        if (file is not null)
        {
            await using var insert = Command(
                connection, "insert into records.job_file (job, part, name, kind, type, count, bytes) values ($1, $2, $3, $4, $5, $6, $7)",
                job.Id, file.Part, file.Name, file.Kind, file.Type, file.Count, file.Bytes);
            await insert.ExecuteNonQueryAsync(ct);
        }

        return true;
    }

    private static object[] OwnValues(Caller caller) => [caller.Actor, (object?)caller.Delegation ?? DBNull.Value, caller.Permit.IsEverything];

#pragma warning disable CA2100 // Written in this class.
    private NpgsqlCommand Command(string sql, params object[] values) => With(database.Source.CreateCommand(sql), values);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values) => With(new NpgsqlCommand(sql, connection), values);
#pragma warning restore CA2100

    private static NpgsqlCommand With(NpgsqlCommand command, object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    // With what each may do now, which can be nothing any more.
    private async Task<List<Job>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var jobs = await RowsAsync(command, ct);
        for (var i = 0; i < jobs.Count; i++)
        {
            var noted = jobs[i].Caller;
            jobs[i] = jobs[i] with { Caller = await callers.FindAsync(noted.Tenant, noted.Actor, noted.Delegation, ct) ?? noted };
        }

        return jobs;
    }

    private static async Task<List<Job>> RowsAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var jobs = new List<Job>();
        while (await reader.ReadAsync(ct))
        {
            jobs.Add(new Job(
                reader.GetString(0), reader.GetString(1), Noted(reader), reader.GetString(4), reader.GetString(5), reader.GetString(6),
                reader.GetInt64(7), reader.GetFieldValue<DateTime>(8), reader.GetInt32(9), reader.GetInt32(10), reader.GetString(11), reader.GetInt32(12), reader.GetInt64(13), reader.GetInt64(14),
                reader.GetInt64(15), await reader.IsDBNullAsync(16, ct) ? null : reader.GetString(16), reader.GetFieldValue<DateTime>(17)));
        }

        return jobs;
    }

    private static Caller Noted(NpgsqlDataReader reader) =>
        new(new Tenant(reader.GetInt32(2)), reader.GetString(3)) { Delegation = reader.IsDBNull(18) ? null : reader.GetString(18) };
}

/// <summary>Wakes the runner of jobs.</summary>
internal sealed class JobSignal : Signal;
