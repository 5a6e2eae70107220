using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Live;

/// <summary>Notes of alerts that somebody's screen was sent them, together for all screens and behind the sending: what comes next does not wait for the database.</summary>
internal sealed class LiveDelivery(AlertTable table, LiveFollowers followers, TimeProvider time, ILogger<LiveDelivery> log) : BackgroundService
{
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock turn = new();
    // By alert: however many screens there are, and however long the database is away, it holds no more than there are alerts.
    private readonly HashSet<(Tenant Tenant, Guid Alert)> sent = [];

    /// <summary>These were sent to a screen.</summary>
    public void Sent(Tenant tenant, IReadOnlyList<Alert> alerts)
    {
        var any = false;
        lock (turn)
        {
            foreach (var alert in alerts)
            {
                any |= alert is { DeliveredAt: null, ResolvedAt: null } && sent.Add((tenant, alert.Id));
            }
        }

        if (any)
        {
            signal.Writer.TryWrite(true);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (Tenant Tenant, Guid Alert)[] waiting = [];
        return new WorkLoop(time, (e, pause) => MonitoringLog.DeliveriesNotNoted(log, pause, e), TimeSpan.FromSeconds(1)).RunAsync(
            async ct =>
            {
                if (waiting.Length == 0)
                {
                    await signal.Reader.ReadAsync(ct);
                    waiting = Take();
                }

                await NoteAsync(waiting, ct);
                waiting = [];
            },
            stoppingToken);
    }

    private (Tenant Tenant, Guid Alert)[] Take()
    {
        lock (turn)
        {
            var all = sent.ToArray();
            sent.Clear();
            return all;
        }
    }

    private async Task NoteAsync((Tenant Tenant, Guid Alert)[] all, CancellationToken ct)
    {
        foreach (var ofTenant in all.GroupBy(s => s.Tenant, s => s.Alert))
        {
            foreach (var delivered in await table.DeliverAsync(ofTenant.Key, [.. ofTenant], time.GetUtcNow(), ct))
            {
                followers.Changed(delivered);
            }
        }
    }
}
