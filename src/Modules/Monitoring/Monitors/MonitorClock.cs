using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Monitors.Snapshots;

namespace Salus.Monitoring.Monitors;

/// <summary>Brings the monitors back when the process starts, unless they come with their partitions, and looks at them every second.</summary>
internal sealed class MonitorClock(PatientMonitors monitors, Rebuild rebuild, FactBook facts, MonitoringOptions options, TimeProvider time, ILogger<MonitorClock> log) : BackgroundService
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == MonitoringMode.Embedded)
        {
            await rebuild.AllAsync(cancellationToken);
        }

        await facts.RefreshAsync(cancellationToken);
        monitors.Tick();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => MonitoringLog.TickFailed(log, e), Second, Second).RunAsync(
        async ct =>
        {
            await Task.Delay(Second, time, ct);
            monitors.Tick();
        },
        stoppingToken);
}
