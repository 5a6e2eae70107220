using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Monitoring.Alerts;

/// <summary>Escalates what nobody acknowledged in time, and wakes what was snoozed. The times stand in the database: they outlive a process, and of several each step is taken by one.</summary>
internal sealed class Escalations(AlertTable table, RuleBook book, AlertEngine engine, TimeProvider time, ILogger<Escalations> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Does what is due.</summary>
    internal async Task RunDueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var alert in (IEnumerable<Alert>)[.. await table.EscalateDueAsync(now, ct), .. await table.WakeDueAsync(now, ct)])
        {
            engine.Tell(alert);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var round = 0;
        return new WorkLoop(time, (e, pause) => MonitoringLog.EscalationFailed(log, pause, e), Pace).RunAsync(
            async ct =>
            {
                await RunDueAsync(ct);
                if (round++ % 10 == 0)
                {
                    await book.LoadAsync(ct);
                }

                await Task.Delay(Pace, time, ct);
            },
            stoppingToken);
    }
}
