using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Meters;

/// <summary>Counts what becomes of alerts, as this process sees it. Safe for all threads.</summary>
internal sealed class AlertMeter : IAlertObserver
{
    private static readonly Meter Meter = new("Salus.Monitoring");

    private static readonly Counter<long> Changes =
        Meter.CreateCounter<long>("salus.monitoring.alert.changes", "{change}", "Alerts by priority and what became of them: raised, acknowledged, escalated, resolved");

    private readonly ConcurrentDictionary<Guid, Alert> open = new();

    /// <summary>The open alerts.</summary>
    public IEnumerable<Alert> Open => open.Values;

    /// <summary>Those that were open before this process are not raised by it.</summary>
    public void Known(IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts)
        {
            open.TryAdd(alert.Id, alert);
        }
    }

    /// <inheritdoc/>
    public void Changed(Alert alert)
    {
        var before = open.TryGetValue(alert.Id, out var known) ? known : null;
        if (before?.Change > alert.Change)
        {
            return;
        }

        if (alert.Status == AlertStatus.Resolved)
        {
            open.TryRemove(alert.Id, out _);
        }
        else
        {
            open[alert.Id] = alert;
        }

        if (before?.Status != alert.Status && Word(alert.Status) is { } word)
        {
            Changes.Add(1, new("change", word), new("priority", alert.Priority.ToString().ToLowerInvariant()));
        }
    }

    private static string? Word(AlertStatus status) => status == AlertStatus.Delivered ? null : status.ToString().ToLowerInvariant();
}
