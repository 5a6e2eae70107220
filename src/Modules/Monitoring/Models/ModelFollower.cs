using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Monitoring.Models;

/// <summary>Reads what models said: at the start, so that scores outlive the process, and every few seconds what other processes have taken.</summary>
internal sealed class ModelFollower(ModelScoreTable table, ModelBook book, ModelIntake intake, TimeProvider time, ILogger<ModelFollower> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    // A transaction that began before is seen when it ends.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    /// <summary>What was known before is known before the monitors speak.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var score in await table.SinceAsync(time.GetUtcNow() - ModelScoreCheck.Oldest - TimeSpan.FromMilliseconds(ModelReading.Shown), cancellationToken))
        {
            book.Put(score.Tenant, score.Patient, score.Reading);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => MonitoringLog.ModelScoresUnread(log, e), Pause, Pause).RunAsync(
        async ct =>
        {
            await Task.Delay(Pause, time, ct);
            foreach (var score in await table.SinceAsync(time.GetUtcNow() - Overlap, ct))
            {
                intake.Tell(score.Tenant, score.Patient, score.Reading);
            }

            book.Prune(time.GetUtcNow().ToUnixTimeMilliseconds());
        },
        stoppingToken);
}
