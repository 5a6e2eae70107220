using System.Runtime.CompilerServices;
using Salus.Kernel;

namespace Salus.Records.Subscriptions.Streams;

/// <summary>What a listener is sent.</summary>
/// <param name="What">The notification; null for a sign of life of the connection alone.</param>
/// <param name="Row">The subscription as it was.</param>
internal sealed record StreamItem(Notification? What, SubscriptionRow Row, SubscriptionDefinition Definition);

/// <summary>
/// The notifications of one subscription for one listener, in order and without gaps: they are read from the database after the one before was taken, so that
/// a slow listener holds one notification and nothing more.
/// </summary>
internal sealed class NotificationStream(StreamHub hub, SubscriptionEvents events, SubscriptionReader reader, ICallers callers, TimeProvider time)
{
    // Proxies close what is silent for a minute.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <param name="after">The last event that the listener has.</param>
    public async IAsyncEnumerable<StreamItem> RunAsync(SubscriptionRow row, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        var watched = hub.Enter(row.Number);
        try
        {
            var first = reader.Read(row.Body);
            if (first.Failed(out _))
            {
                yield break;
            }

            var definition = first.Value;
            yield return new StreamItem(new Notification("handshake", row.Events, []), row, definition);
            for (var silent = time.GetTimestamp(); !ct.IsCancellationRequested;)
            {
                var next = watched.Next;
                if (watched.State is { } state && state.Version != row.Version)
                {
                    if (state.Status is "off" or "deleted" || await events.FindAsync(row.Tenant, row.Id, ct) is not { } newer || reader.Read(newer.Body) is var read && read.Failed(out _))
                    {
                        yield break;
                    }

                    (row, definition) = (newer, read.Value);
                }

                var some = await events.AfterAsync(row.Number, after, long.MaxValue, definition.MaxCount, definition.Content == PayloadContent.FullResource, ct);
                if (some.Count > 0)
                {
                    // Who may not act any more is told nothing any more.
                    if (await callers.FindAsync(row.Tenant, row.Owner.Actor, row.Owner.Delegation, ct) is null)
                    {
                        yield break;
                    }

                    after = some[^1].Number;
                    yield return new StreamItem(new Notification("event-notification", after, some), row, definition);
                    silent = time.GetTimestamp();
                }
                else if (!await WaitAsync(next, Period(definition) - time.GetElapsedTime(silent), ct))
                {
                    yield return new StreamItem(definition.Heartbeat > 0 ? new Notification("heartbeat", after, []) : null, row, definition);
                    silent = time.GetTimestamp();
                }
            }
        }
        finally
        {
            hub.Leave(watched);
        }
    }

    private static TimeSpan Period(SubscriptionDefinition definition) => definition.Heartbeat > 0 ? TimeSpan.FromSeconds(definition.Heartbeat) : Silence;

    /// <summary>False when the time is over.</summary>
    private async Task<bool> WaitAsync(Task next, TimeSpan most, CancellationToken ct)
    {
        if (most <= TimeSpan.Zero)
        {
            return false;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny(next, Task.Delay(most, time, stop.Token));
        await stop.CancelAsync();
        ct.ThrowIfCancellationRequested();
        return first == next;
    }
}
