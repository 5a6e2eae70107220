using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;

namespace Salus.Records.Reindex;

/// <summary>
/// Indexes the stored resources of a type again when one of its parameters is not complete or was retired: after an upgrade, and when a SearchParameter was
/// added, changed or removed. Type by type, in the order of keys; goes on where it was after whatever ended it.
/// </summary>
internal sealed class Reindexer(
    Database database, SearchParameterSet parameters, IndexState state, ParameterLoader loader, ReindexBatch batch, TimeProvider time, ILogger<Reindexer> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, pause) => RecordsLog.ReindexFailed(log, e, pause)).RunAsync(
        async ct =>
        {
            var started = time.GetTimestamp();
            var worked = await StepAsync(ct);
            // As long as it worked it rests, so that searches and writes have the other half.
            await Task.Delay(worked ? time.GetElapsedTime(started) : Poll, time, ct);
        },
        stoppingToken);

    /// <summary>Begins a job, does a batch of one, or ends it. False when there is nothing to do.</summary>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        if (await ReindexJobs.NextAsync(connection, state.Incomplete(parameters.Current), ct) is not { } type)
        {
            return false;
        }

        if (await ParameterLoader.VersionAsync(connection, ct) != parameters.Current.Version)
        {
            await loader.RefreshAsync(ct);
            return true;
        }

        await ReindexJobs.BeginAsync(connection, type, ct);
        try
        {
            return await BatchAsync(connection, type, ct);
        }
        catch (Exception e) when (Failures.IsOfTheWork(e))
        {
            await ReindexJobs.FailAsync(connection, type, e.Message, ct);
            throw;
        }
    }

    private async Task<bool> BatchAsync(NpgsqlConnection connection, string type, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await ReindexJobs.LockAsync(connection, type, ct) is not { } job)
        {
            return false;
        }

        // Asked under the lock of the job: what a process with older definitions makes must not count as done.
        if (await ParameterLoader.VersionAsync(connection, ct) != parameters.Current.Version)
        {
            await transaction.RollbackAsync(ct);
            await loader.RefreshAsync(ct);
            return true;
        }

        var done = await batch.RunAsync(job, connection, ct);
        if (done == 0)
        {
            await ReindexJobs.FinishAsync(connection, job, ct);
        }

        await transaction.CommitAsync(ct);
        RecordsMeter.Reindexed.Add(done, new KeyValuePair<string, object?>("type", type));
        RecordsMeter.ReindexRemaining.Record(done == 0 ? 0 : Math.Max(0, job.Total - job.Done - done), new KeyValuePair<string, object?>("type", type));
        await state.ReadAsync(connection, ct);
        return true;
    }
}
