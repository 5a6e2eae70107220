using System.Text;
using System.Text.Json;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Jobs;
using Salus.Records.Transaction;

namespace Salus.Records.Later;

/// <summary>Runs a request that was noted, for who asked for it, and keeps the answer. It only reads, so a process that dies in the middle of it costs that it is run again.</summary>
internal sealed class LaterStep(JobTable jobs, JobSessions sessions, BundleInteraction bundles, IObjectStore store) : IJobKind
{
    private const string File = "result.json";

    public string Name => IJobKind.Request;

    public string Progress(Job job) => "not answered yet";

    public async Task<bool> RunAsync(Job noted, CancellationToken ct)
    {
        await using var connection = await sessions.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await JobSessions.TakeAsync(connection, noted, ct) || await jobs.FindAsync(noted.Caller.Tenant, noted.Id, ct) is not { State: "running" } job)
        {
            return false;
        }

        // The transaction is the lock, and rests while the request is answered elsewhere. What the operator set against idle sessions is not meant here.
        await using (var patient = new NpgsqlCommand("set local idle_in_transaction_session_timeout = 0", connection))
        {
            await patient.ExecuteNonQueryAsync(ct);
        }

        var request = JsonSerializer.Deserialize<LaterRequest>(job.Request)!;
        var answer = await bundles.RunAsync(job.Caller, Encoding.UTF8.GetBytes(request.Bundle), ReturnPreference.Unstated, request.Address, ct);
        if (answer.Failed(out var failure))
        {
            await jobs.FailAsync(job, failure.ToString(), ct);
            return true;
        }

        var body = answer.Value.Body;
        await store.PutAsync(JobFile.ObjectName(job, File), (stream, stop) => stream.WriteAsync(body, stop).AsTask(), ct);
        if (!await jobs.SaveAsync(connection, job with { Step = 1, Count = 1, Bytes = body.Length }, new JobFile(0, File, "result", "Bundle", 1, body.Length), ct))
        {
            await store.DeleteAsync(JobFile.ObjectName(job, File), ct);
        }

        await transaction.CommitAsync(ct);
        return true;
    }

    public async Task<Outcome<Reply>> ResultAsync(Job job, string address, CancellationToken ct)
    {
        await using var stream = await store.OpenAsync(JobFile.ObjectName(job, File), ct);
        if (stream is null)
        {
            return new Failure(FailureKind.NotFound, "not-found", "The answer is not in the object store any more. Ask again.");
        }

        var body = new byte[stream.Length];
        await stream.ReadExactlyAsync(body, ct);
        return Reply.Bundle(body);
    }
}
