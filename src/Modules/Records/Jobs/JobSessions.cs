using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Jobs;

/// <summary>The connections of jobs; and the lock by which one process at a time works on a job.</summary>
internal sealed class JobSessions(Database database) : SessionPool(database, "salus-jobs", Most)
{
    // More than the kinds together ever have open: imports hold one each while they last.
    private const int Most = 40;
    private const string Key = "hashtextextended('salus.records.job.' || $1, 0)";

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => Source.OpenConnectionAsync(ct);

    /// <summary>Takes a job until the transaction that is open on the connection ends; false when another process has it.</summary>
    public static Task<bool> TakeAsync(NpgsqlConnection connection, Job job, CancellationToken ct) => AskAsync(connection, $"select pg_try_advisory_xact_lock({Key})", job, ct);

    /// <summary>Takes a job for as long as the connection is open, or its process lives; false when another process has it.</summary>
    public static Task<bool> HoldAsync(NpgsqlConnection connection, Job job, CancellationToken ct) => AskAsync(connection, $"select pg_try_advisory_lock({Key})", job, ct);

    /// <summary>Gives back what <see cref="HoldAsync"/> took.</summary>
    public static Task ReleaseAsync(NpgsqlConnection connection, Job job, CancellationToken ct) => AskAsync(connection, $"select pg_advisory_unlock({Key})", job, ct);

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, Job job, CancellationToken ct)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = job.Id } } };
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
