using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Does for one subscription, which this process has taken, what is to be done: the handshake, its events in their order, a heartbeat. An event has arrived when
/// the endpoint has answered with success; until then nothing after it is sent, so each arrives at least once, and in order.
/// </summary>
internal sealed class HookDelivery(
    DeliveryQueue queue, SubscriptionReader reader, SubscriptionEvents events, NotificationBundle bundles, HookClient client, PublicAddress address, SubscriptionStatusChange status, ICallers callers,
    IOptions<SubscriptionOptions> options, ILogger<HookDelivery> log)
{
    private const int MostHandshakes = 3;

    // A new version comes back through the feed in milliseconds; should it not, the work is done again.
    private static readonly TimeSpan ForTheFeed = TimeSpan.FromSeconds(5);

    /// <summary>True when the subscription has something to do again at once.</summary>
    public async Task<bool> RunAsync(SubscriptionRow row, CancellationToken ct)
    {
        var read = reader.Read(row.Body);
        if (read.Failed(out var failure))
        {
            await status.SetAsync(row, "error", failure.ToString(), ct);
            await queue.PauseAsync(row, ForTheFeed, row.Attempts, failure.ToString(), ct);
            return false;
        }

        if (await callers.FindAsync(row.Tenant, row.Owner.Actor, row.Owner.Delegation, ct) is null)
        {
            const string Gone = "Who owns this subscription may not act any more: the account or app is gone, locked, or lost its right.";
            await status.SetAsync(row, "error", Gone, ct);
            await queue.PauseAsync(row, ForTheFeed, row.Attempts, Gone, ct);
            return false;
        }

        var definition = read.Value;
        if (row.Status == "requested")
        {
            return await ActivateAsync(row, definition, ct);
        }

        if (row.Events == row.Delivered)
        {
            return await BeatAsync(row, definition, ct);
        }

        return await DeliverAsync(row, definition, ct);
    }

    private async Task<bool> BeatAsync(SubscriptionRow row, SubscriptionDefinition definition, CancellationToken ct)
    {
        if (!await SendAsync(row, definition, new Notification("heartbeat", row.Events, []), ct))
        {
            return false;
        }

        await queue.ArrivedAsync(row, row.Delivered, ct);
        return await queue.ReleaseAsync(row, ct);
    }

    private async Task<bool> DeliverAsync(SubscriptionRow row, SubscriptionDefinition definition, CancellationToken ct)
    {
        for (var after = row.Delivered; ;)
        {
            var next = await events.AfterAsync(row.Number, after, long.MaxValue, definition.MaxCount, definition.Content == PayloadContent.FullResource && definition.HasPayload, ct);
            if (next.Count == 0)
            {
                // What came after the last look finds the subscription taken: so it is looked at again.
                return await queue.ReleaseAsync(row, ct) && after > row.Delivered;
            }

            if (!await SendAsync(row, definition, new Notification("event-notification", next[^1].Number, next), ct))
            {
                return false;
            }

            after = next[^1].Number;
            RecordsMeter.EventsDelivered.Add(next.Count, new KeyValuePair<string, object?>("channel", "rest-hook"));
            if (!await queue.ArrivedAsync(row, after, ct))
            {
                await queue.ReleaseAsync(row, ct);
                return true;
            }

            // What failed before is forgotten now.
            row = row with { Attempts = 0 };
        }
    }

    private async Task<bool> ActivateAsync(SubscriptionRow row, SubscriptionDefinition definition, CancellationToken ct)
    {
        // R4 knows no handshake: what a classic endpoint is sent is always an event.
        if (definition is { IsHook: true, Classic: false } && !await SendAsync(row, definition, new Notification("handshake", row.Events, []), ct))
        {
            return false;
        }

        await status.SetAsync(row, "active", null, ct);
        await queue.PauseAsync(row, ForTheFeed, 0, null, ct);
        return true;
    }

    /// <summary>False when it did not arrive; then the subscription was given back.</summary>
    private async Task<bool> SendAsync(SubscriptionRow row, SubscriptionDefinition definition, Notification what, CancellationToken ct)
    {
        var answer = definition.Classic ? await SendClassicAsync(definition, what, ct) : await SendBundleAsync(row, definition, what, ct);
        RecordsMeter.Notifications.Add(1, new("channel", "rest-hook"), new("outcome", answer.Error is null ? "arrived" : "failed"));
        if (answer.Error is not { } error)
        {
            return true;
        }

        var attempts = row.Attempts + 1;
        RecordsLog.NotificationFailed(log, row.Number, attempts, error);
        if (attempts >= (row.Status == "requested" ? Math.Min(MostHandshakes, options.Value.MaxAttempts) : options.Value.MaxAttempts))
        {
            await status.SetAsync(row, "error", $"{error} After {attempts} attempts no more are made; set the status to requested or active to go on.", ct);
            await queue.PauseAsync(row, ForTheFeed, attempts, error, ct);
        }
        else
        {
            await queue.PauseAsync(row, Pause(attempts, answer.RetryAfter), attempts, error, ct);
        }

        return false;
    }

    private Task<HookAnswer> SendBundleAsync(SubscriptionRow row, SubscriptionDefinition definition, Notification what, CancellationToken ct)
    {
        var json = bundles.Write(row, definition, what, address.Fhir, definition.Content);
        if (!definition.Xml)
        {
            return client.SendAsync(definition, HttpMethod.Post, "", json, ct);
        }

        return bundles.ToXml(json) is { } xml
            ? client.SendAsync(definition, HttpMethod.Post, "", xml, ct)
            : Task.FromResult(new HookAnswer("A resource of the notification has no form in XML; ask for application/fhir+json.", null));
    }

    // http://hl7.org/fhir/R4/valueset-subscription-channel-type.html: an empty POST, or with a payload an update below the endpoint, one event each.
    private Task<HookAnswer> SendClassicAsync(SubscriptionDefinition definition, Notification what, CancellationToken ct)
    {
        if (!definition.HasPayload || what.Events is not [var change])
        {
            return client.SendAsync(definition, HttpMethod.Post, "", default, ct);
        }

        ReadOnlyMemory<byte>? body = definition.Xml ? bundles.ToXml(change.Body) : change.Body;
        return body is { } known
            ? client.SendAsync(definition, HttpMethod.Put, $"{change.Type}/{change.Id}", known, ct)
            : Task.FromResult(new HookAnswer("The resource has no form in XML; ask for application/fhir+json.", null));
    }

    /// <summary>Twice as long each time, somewhat scattered so that those that failed together do not come back together; longer when the endpoint asks for it.</summary>
    private TimeSpan Pause(int attempts, TimeSpan? asked)
    {
        var longest = TimeSpan.FromSeconds(options.Value.LongestPauseSeconds);
        var own = TimeSpan.FromMilliseconds(options.Value.RetryMilliseconds * Math.Pow(2, Math.Min(attempts - 1, 30)) * (0.75 + Random.Shared.NextDouble() / 4));
        var pause = asked > own ? asked.Value : own;
        return pause < longest ? pause : longest;
    }
}
