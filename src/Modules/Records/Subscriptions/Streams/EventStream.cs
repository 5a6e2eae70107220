using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Subscriptions.Streams;

/// <summary>
/// <c>GET Subscription/1/$events-stream</c>: the notifications of a subscription as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
/// The id of each is the number of its last event, so a client that comes back with <c>Last-Event-ID</c> goes on where it was.
/// </summary>
internal sealed class EventStream(NotificationStream notifications, FollowedSubscriptions subscriptions, SubscriptionReader reader, NotificationBundle bundles, StreamPlaces places, ILogger<EventStream> log)
{
    public async Task<Outcome<Reply>> RunAsync(FhirExchange exchange, HttpContext http, string id)
    {
        var found = await subscriptions.FindAsync(exchange.Caller, id, exchange.Stop);
        if (found.Failed(out var unknown))
        {
            return unknown;
        }

        var row = found.Value;
        if (row is { Status: "off" } or { Problem: not null })
        {
            return new Failure(FailureKind.Unprocessable, "business-rule", $"Subscription/{id} has the status {row.Status} and no events. {row.Problem}");
        }

        if (reader.Read(row.Body).Failed(out var unreadable))
        {
            return unreadable;
        }

        var after = row.Events;
        if (http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last)
        {
            if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            {
                return new Failure(FailureKind.Invalid, "value", "Last-Event-ID is the number of an event, as this stream sends it.", "Last-Event-ID");
            }
        }
        else if (exchange.Query.FirstOrDefault(q => q.Key == "eventsSinceNumber").Value is { } since)
        {
            if (!long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var first))
            {
                return new Failure(FailureKind.Invalid, "value", "eventsSinceNumber is the number of the first event that is wanted.", "eventsSinceNumber");
            }

            after = Math.Max(0, first - 1);
        }

        if (await exchange.AuditStreamAsync(AuditKind.Notification, []) is { } unrecorded)
        {
            return unrecorded;
        }

        if (places.Enter() is { } full)
        {
            return full;
        }

        try
        {
            await StreamAsync(http, row, after, exchange.Address);
        }
        finally
        {
            places.Leave();
        }

        return new Reply(200) { Sent = true };
    }

    private async Task StreamAsync(HttpContext http, SubscriptionRow row, long after, string address)
    {
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, places.Stopping);
        try
        {
            await foreach (var item in notifications.RunAsync(row, after, stop.Token))
            {
                // The number of a handshake is where the stream begins; of events, the last that it brings.
                var number = item.What?.Kind == "handshake" ? after : item.What?.Since ?? after;
                after = number;
                if (!await SendAsync(http, Text(item, number, address), row.Number, stop.Token))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> SendAsync(HttpContext http, string text, int number, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(places.Patience);
        try
        {
            await http.Response.WriteAsync(text, patience.Token);
            await http.Response.Body.FlushAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            RecordsLog.ClientTooSlow(log, number, places.PatienceSeconds);
            http.Abort();
            return false;
        }
    }

    private string Text(StreamItem item, long number, string address)
    {
        if (item.What is not { } what)
        {
            return ": alive\n\n";
        }

        var json = Encoding.UTF8.GetString(bundles.Write(item.Row, item.Definition, what, address, item.Definition.Classic && !item.Definition.HasPayload ? PayloadContent.IdOnly : item.Definition.Content).Span);
        // A resource keeps the line breaks that it was stored with; in an event each line is named. Other separators of lines, such as U+2028, stand within texts.
        var data = json.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\ndata: ", StringComparison.Ordinal);
        return $"id: {number}\nevent: {what.Kind}\ndata: {data}\n\n";
    }
}
