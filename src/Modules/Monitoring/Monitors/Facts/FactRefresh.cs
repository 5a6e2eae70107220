using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>Reads facts when they are wanted or changed, and lets the monitors have a look at them at once.</summary>
internal sealed class FactRefresh(FactBook book, PatientMonitors monitors, TimeProvider time, ILogger<FactRefresh> log) : BackgroundService
{
    // For what another process changed.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => Failed(e), Pause, Pause).RunAsync(
        async ct =>
        {
            await book.WaitAsync(Poll, ct);
            if (await book.RefreshAsync(ct))
            {
                monitors.Tick();
            }
        },
        stoppingToken);

    private void Failed(Exception e)
    {
        MonitoringLog.FactsUnread(log, e);
        // Who waits still waits.
        book.Signal();
    }
}
