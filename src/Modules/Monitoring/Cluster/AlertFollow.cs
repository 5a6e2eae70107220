using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Cluster;

/// <summary>Tells of alerts that other processes changed, by the table of alerts, so that none is missed: those who follow patients here, and the rules of this process's patients when somebody ended an alert.</summary>
internal sealed class AlertFollow(SampleOwner owner, AlertTable table, AlertEngine engine, AlertChanges changes, TimeProvider time, ILogger<AlertFollow> log) : BackgroundService
{
    // Numbers are given before their change is committed: one that comes a little later may have a smaller one.
    private const int Overlap = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? last = null;
        return !owner.Clustered ? Task.CompletedTask : new WorkLoop(time, (e, _) => MonitoringLog.AlertsUnread(log, e), Poll, Poll).RunAsync(
            async ct =>
            {
                if (last is null)
                {
                    // What was before this process is read by whoever asks, and with its partition.
                    last = await table.LastChangeAsync(ct);
                    (await table.ChangedAsync(Math.Max(0, last.Value - Overlap), ct)).ForEach(a => changes.Note(a));
                }

                var found = await table.ChangedAsync(Math.Max(0, last.Value - Overlap), ct);
                foreach (var alert in found.Where(changes.Note))
                {
                    engine.Hear(alert);
                }

                if (found.Count > 0 && found[^1].Change > last)
                {
                    last = found[^1].Change;
                    changes.Forget(last.Value - (2 * Overlap));
                }

                await changes.WaitAsync(Poll, ct);
            },
            stoppingToken);
    }
}
