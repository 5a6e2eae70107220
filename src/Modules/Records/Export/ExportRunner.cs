using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Export;

/// <summary>Works on the exports that are noted, a piece of each in turn, and removes the files of those that are cancelled or too old.</summary>
internal sealed class ExportRunner(ExportJobs jobs, ExportStep step, ExportSignal signal, IObjectStore store, TimeProvider time, ILogger<ExportRunner> log) : BackgroundService
{
    // Jobs of this process wake it at once; those of other processes, and what has become too old, are seen within a second.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = signal.Next;
            try
            {
                if (!await RoundAsync(stoppingToken))
                {
                    await Task.WhenAny(next, Task.Delay(Poll, time, stoppingToken));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                RecordsLog.ExportPaused(log, e);
                await Task.Delay(Poll, time, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    /// <summary>A piece of every job; false when there was nothing to do.</summary>
    private async Task<bool> RoundAsync(CancellationToken ct)
    {
        foreach (var over in await jobs.OverAsync(ct))
        {
            await foreach (var file in store.ListAsync(ExportFile.ObjectName(over.Id, ""), ct))
            {
                await store.DeleteAsync(file.Name, ct);
            }

            await jobs.RemoveAsync(over, ct);
        }

        var worked = false;
        foreach (var job in await jobs.RunningAsync(ct))
        {
            try
            {
                worked |= await step.RunAsync(job, ct);
            }
            catch (Exception e) when (e is not (OperationCanceledException or NpgsqlException or TimeoutException))
            {
                // A database that is away comes back; a disk that is full or a text that cannot be read does not by itself.
                RecordsLog.ExportFailed(log, e, job.Id[..8]);
                await jobs.FailAsync(job, e is IOException ? $"The file could not be written: {e.Message}" : "Salus could not export this because of an error of its own; the log has the details.", ct);
            }
        }

        return worked;
    }
}
