using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Export;

/// <summary>The table of jobs. A change of state is one statement, so that a job that is cancelled stays so whatever its runner does.</summary>
internal sealed class ExportJobs(Database database, ExportSignal signal, IOptions<RecordsOptions> options, TimeProvider time)
{
    private const string Columns = "id, tenant, actor, url, request, state, position, at, step, after, part, exported, error, expires_at";

    /// <summary>Notes a job on the record as it is now; returns its id.</summary>
    public async Task<string> AddAsync(Caller caller, ExportRequest request, string url, CancellationToken ct)
    {
        // Whoever has the address may read the files: 160 bits are not guessed.
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var now = time.GetUtcNow().UtcDateTime;
        await using var command = Command(
            """
            insert into records.job (id, tenant, actor, url, request, state, position, at, created_at, expires_at)
            select $1, $2, $3, $4, $5, 'running', h.position, greatest(h.at, '1970-01-01'::timestamptz), $6, $7 from records.head h
            """,
            id, caller.Tenant.Number, caller.Actor, url, request.ToJson(), now, now.AddHours(options.Value.ExportHours));
        await command.ExecuteNonQueryAsync(ct);
        signal.Set();
        return id;
    }

    /// <summary>A job of this tenant that was not cancelled and is not too old; null when there is none.</summary>
    public async Task<ExportJob?> FindAsync(Tenant tenant, string id, CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from records.job where id = $1 and tenant = $2 and state <> 'cancelled' and expires_at > $3", id, tenant.Number, time.GetUtcNow().UtcDateTime);
        return (await ReadAsync(command, ct)).FirstOrDefault();
    }

    /// <summary>The jobs that are to be worked on, oldest first.</summary>
    public async Task<IReadOnlyList<ExportJob>> RunningAsync(CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from records.job where state = 'running' and expires_at > $1 order by created_at limit 100", time.GetUtcNow().UtcDateTime);
        return await ReadAsync(command, ct);
    }

    /// <summary>The jobs whose files are to be removed.</summary>
    public async Task<IReadOnlyList<ExportJob>> OverAsync(CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from records.job where state = 'cancelled' or expires_at <= $1 limit 100", time.GetUtcNow().UtcDateTime);
        return await ReadAsync(command, ct);
    }

    public async Task<bool> CancelAsync(Tenant tenant, string id, CancellationToken ct)
    {
        await using var command = Command(
            "update records.job set state = 'cancelled' where id = $1 and tenant = $2 and state <> 'cancelled' and expires_at > $3", id, tenant.Number, time.GetUtcNow().UtcDateTime);
        var found = await command.ExecuteNonQueryAsync(ct) > 0;
        signal.Set();
        return found;
    }

    public async Task FailAsync(ExportJob job, string error, CancellationToken ct)
    {
        await using var command = Command("update records.job set state = 'failed', error = $2 where id = $1 and state = 'running'", job.Id, error);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task RemoveAsync(ExportJob job, CancellationToken ct)
    {
        await using var command = Command("delete from records.job where id = $1", job.Id);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<IReadOnlyList<ExportFile>> FilesAsync(ExportJob job, CancellationToken ct)
    {
        await using var command = Command("select part, name, kind, type, count, bytes from records.job_file where job = $1 order by part", job.Id);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var files = new List<ExportFile>();
        while (await reader.ReadAsync(ct))
        {
            files.Add(new ExportFile(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return files;
    }

    /// <summary>Saves how far a job has come, with the file that was written, in the transaction that holds its lock. False when it was cancelled meanwhile.</summary>
    public static async Task<bool> SaveAsync(NpgsqlConnection connection, ExportJob job, ExportFile? file, CancellationToken ct)
    {
        await using var update = new NpgsqlCommand(
            "update records.job set step = $2, after = $3, part = $4, exported = $5, state = case when $6 then 'done' else state end where id = $1 and state = 'running'", connection)
        {
            Parameters =
            {
                new() { Value = job.Id }, new() { Value = job.Step }, new() { Value = job.After }, new() { Value = job.Part }, new() { Value = job.Exported }, new() { Value = job.Step >= job.Steps },
            },
        };
        if (await update.ExecuteNonQueryAsync(ct) == 0)
        {
            return false;
        }

        if (file is not null)
        {
            await using var insert = new NpgsqlCommand("insert into records.job_file (job, part, name, kind, type, count, bytes) values ($1, $2, $3, $4, $5, $6, $7)", connection)
            {
                Parameters =
                {
                    new() { Value = job.Id }, new() { Value = file.Part }, new() { Value = file.Name }, new() { Value = file.Kind }, new() { Value = file.Type },
                    new() { Value = file.Count }, new() { Value = file.Bytes },
                },
            };
            await insert.ExecuteNonQueryAsync(ct);
        }

        return true;
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
#pragma warning disable CA2100 // Written in this class.
        var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static async Task<List<ExportJob>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var jobs = new List<ExportJob>();
        while (await reader.ReadAsync(ct))
        {
            jobs.Add(new ExportJob(
                reader.GetString(0), new Caller(new Tenant(reader.GetInt32(1)), reader.GetString(2)), reader.GetString(3), ExportRequest.FromJson(reader.GetString(4)), reader.GetString(5),
                reader.GetInt64(6), reader.GetFieldValue<DateTime>(7), reader.GetInt32(8), reader.GetString(9), reader.GetInt32(10), reader.GetInt64(11),
                await reader.IsDBNullAsync(12, ct) ? null : reader.GetString(12), reader.GetFieldValue<DateTime>(13)));
        }

        return jobs;
    }
}

/// <summary>Wakes the runner of exports.</summary>
internal sealed class ExportSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref next).Task;

    public void Set() => Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
