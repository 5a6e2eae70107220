using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Sealing;

/// <summary>Seals what is stored when rules or keys have changed: after an upgrade, a change of options, a rotation. Goes on where it was after whatever ended it.</summary>
internal sealed class Resealer(SealKeys keys, ResealBatch batch, TimeProvider time, ILogger<Resealer> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, pause) => RecordsLog.ResealFailed(log, e, pause)).RunAsync(
        async ct =>
        {
            if (!keys.Reseals)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
            }

            var started = time.GetTimestamp();
            var progress = await batch.StepAsync(ct);
            if (progress is { Finished: true })
            {
                RecordsLog.Resealed(log, progress.Changed, progress.Done);
            }

            // As long as it worked it rests, so that searches and writes have the other half.
            await Task.Delay(progress is { Finished: false } ? time.GetElapsedTime(started) : Poll, time, ct);
        },
        stoppingToken);
}
