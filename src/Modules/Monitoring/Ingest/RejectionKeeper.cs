using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>Writes rejections every second, and removes old ones every hour.</summary>
internal sealed partial class RejectionKeeper(RejectionTable table, IngestOptions options, TimeProvider time, ILogger<RejectionKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Cleaning = TimeSpan.FromHours(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await table.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseFault.Is(e) || e is OperationCanceledException)
        {
            // What cannot be written by then is still in the metrics and in the answers.
            Failed(log, e);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var cleaned = DateTimeOffset.MinValue;
        return new WorkLoop(time, (e, _) => Failed(log, e), Pause, Pause).RunAsync(
            async ct =>
            {
                await table.FlushAsync(ct);
                var now = time.GetUtcNow();
                if (now - cleaned > Cleaning)
                {
                    await table.CleanAsync(now.AddDays(-options.RejectionDays), ct);
                    cleaned = now;
                }

                await Task.Delay(Pause, time, ct);
            },
            stoppingToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "The rejected values of devices could not be written; they stay counted in memory.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
