using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Live;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Meters;

/// <summary>What monitoring has in hand at this moment, at <c>/metrics</c>.</summary>
internal sealed class MonitoringGauges(SampleFlow flow, Handover handover, MonitorBook book, AlertEngine engine, AlertTable table, AlertMeter alerts, LiveFollowers followers, SampleOwner owner) : IHostedService, IDisposable
{
    private static readonly AlertPriority[] Priorities = Enum.GetValues<AlertPriority>();

    private readonly Meter meter = new("Salus.Monitoring");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        alerts.Known(await table.OpenAsync(cancellationToken));
        meter.CreateObservableGauge("salus.monitoring.waiting", () => flow.Waiting, "{sample}", "Samples that wait to be durable or are being written");
        meter.CreateObservableGauge("salus.monitoring.lag", () => handover.Lag, "{commit}", "Commits that the slowest lane of partitions has not been told of");
        meter.CreateObservableGauge("salus.monitoring.partitions", () => owner.Count, "{partition}", "Partitions of patients that this process has");
        meter.CreateObservableGauge("salus.monitoring.patients", () => book.Count, "{patient}", "Patients of whom something came in the last day");
        meter.CreateObservableGauge("salus.monitoring.alerts.open", Open, "{alert}", "Alerts that have not ended, by priority and whether somebody has acknowledged them");
        meter.CreateObservableGauge("salus.monitoring.alerts.waiting", () => engine.Waiting, "{change}", "What rules came to and is not in the database yet");
        meter.CreateObservableGauge("salus.monitoring.live.connections", () => followers.Count, "{connection}", "Streams and connections of the hub that follow somebody");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => meter.Dispose();

    // Also what is 0: a graph that ends looks as if nobody counted.
    private IEnumerable<Measurement<int>> Open()
    {
        var counts = alerts.Open.CountBy(a => (a.Priority, Acknowledged: a.Status == AlertStatus.Acknowledged)).ToDictionary();
        foreach (var priority in Priorities)
        {
            foreach (var acknowledged in new[] { false, true })
            {
                yield return new(counts.GetValueOrDefault((priority, acknowledged)), new("priority", priority.ToString().ToLowerInvariant()), new("acknowledged", acknowledged ? "yes" : "no"));
            }
        }
    }
}
