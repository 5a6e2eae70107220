using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Works on the subscriptions that have something to do, many at once and none for others to wait for: each is a task while it is worked on and nothing
/// otherwise, and an endpoint that is slow holds only the places of its own host.
/// </summary>
internal sealed class HookSender(DeliveryQueue queue, HookDelivery delivery, SubscriptionSignal signal, IOptions<SubscriptionOptions> options, TimeProvider time, ILogger<HookSender> log) : BackgroundService
{
    // What this process notes wakes it at once; what others note, and pauses that are over, are seen within this time.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    // After an error of the server itself, which may come again.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, (string Host, Task Work)> running = [];
    private long renewed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        renewed = time.GetTimestamp();
        await new WorkLoop(time, (e, _) => RecordsLog.DeliveryPaused(log, e), Poll, Poll).RunAsync(async ct =>
        {
            var next = signal.Next;
            await RoundAsync(ct);
            await Task.WhenAny(next, Task.Delay(Poll, time, ct));
        }, stoppingToken);
        await StopAsync();
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        foreach (var done in running.Where(r => r.Value.Work.IsCompleted).Select(r => r.Key).ToList())
        {
            running.Remove(done);
        }

        if (running.Count > 0 && time.GetElapsedTime(renewed) > Renewal)
        {
            await queue.RenewAsync([.. running.Keys], ct);
            renewed = time.GetTimestamp();
        }

        var free = options.Value.Connections - running.Count;
        if (free <= 0)
        {
            return;
        }

        var underWay = running.Values.Where(r => r.Host.Length > 0).CountBy(r => r.Host, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var (row, host) in await queue.TakeAsync(free, options.Value.ConnectionsPerHost, underWay, ct))
        {
            running[row.Number] = (host, WorkAsync(row, ct));
        }
    }

    private async Task WorkAsync(SubscriptionRow row, CancellationToken ct)
    {
        // Off the loop, which has others to hand out.
        await Task.Yield();
        try
        {
            if (await delivery.RunAsync(row, ct))
            {
                signal.Set();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            RecordsLog.DeliveryFailed(log, e, row.Number);
            await GiveBackAsync(row);
        }
    }

    private async Task GiveBackAsync(SubscriptionRow row)
    {
        try
        {
            await queue.PauseAsync(row, Rest, null, null, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The database is away, mostly: what was lent comes back when its time is over, because nobody renews it.
            RecordsLog.DeliveryPaused(log, e);
        }
    }

    private async Task StopAsync()
    {
        await Task.WhenAll(running.Values.Select(r => r.Work));
        try
        {
            await queue.ReleaseAllAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            RecordsLog.DeliveryPaused(log, e);
        }
    }
}
