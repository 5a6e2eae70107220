using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Records.Subscriptions.Streams;

/// <summary>
/// One websocket. A client of the backport says <c>bind-with-token TOKEN</c>, or with the number of the last event that it has <c>bind-with-token TOKEN 17</c>, and
/// gets notifications as bundles; one of R4 says <c>bind ID</c> and gets <c>bound ID</c>, then <c>ping ID</c> for each event.
/// </summary>
internal sealed class SubscriptionSocket(
    WebSocket socket, Caller caller, string address, NotificationStream notifications, SubscriptionEvents events, NotificationBundle bundles, BindingTokens tokens, StreamPlaces places, ILogger log) : IDisposable
{
    private const int MostMessage = 512;
    private const int MostBindings = 100;
    private readonly SemaphoreSlim sending = new(1);
    private readonly HashSet<int> bound = [];
    private readonly List<Task> streams = [];

    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // A read that is cancelled breaks the socket, and then there is no way to say goodbye: so the end is another task beside it.
        var end = Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var (status, why) = (WebSocketCloseStatus.NormalClosure, "");
        try
        {
            while (await NextAsync(end) is { } message)
            {
                if (await BindAsync(message, stop.Token) is { } wrong)
                {
                    (status, why) = (WebSocketCloseStatus.PolicyViolation, wrong);
                    break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
        }

        if (places.Stopping.IsCancellationRequested)
        {
            (status, why) = (WebSocketCloseStatus.EndpointUnavailable, "Salus is stopping. Come again.");
        }

        await stop.CancelAsync();
        await Task.WhenAll(streams).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await CloseAsync(status, why);
    }

    public void Dispose() => sending.Dispose();

    /// <summary>Null when it is bound, otherwise why not.</summary>
    private async Task<string?> BindAsync(string message, CancellationToken ct)
    {
        var words = message.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["bind", var id])
        {
            var row = await events.FindAsync(caller.Tenant, id, ct);
            if (row is null || row.Status is "off" || row.Problem is not null || row.Owner.Refuse(caller, id) is not null)
            {
                return $"There is no Subscription/{(id.Length <= 64 ? id : "…")} that is in use.";
            }

            await SendAsync($"bound {id}", ct);
            return Start(row, row.Delivered, classic: true, ct);
        }

        if (words is not (["bind-with-token", _] or ["bind-with-token", _, _]))
        {
            return "Say 'bind-with-token TOKEN' with a token of Subscription/$get-ws-binding-token, or 'bind ID'.";
        }

        var rows = await tokens.FindAsync(words[1], ct);
        long after = -1;
        if (words.Length == 3 && (rows.Count > 1 || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out after)))
        {
            return "The number of the last event goes with a token for one subscription.";
        }

        return rows.Count == 0
            ? "The token is unknown or too old. Ask for another by Subscription/$get-ws-binding-token."
            : rows.Select(row => Start(row, after >= 0 ? after : row.Delivered, classic: false, ct)).ToList().Find(wrong => wrong is not null);
    }

    private string? Start(SubscriptionRow row, long after, bool classic, CancellationToken ct)
    {
        if (row is not { Status: not "off", Problem: null })
        {
            return null;
        }

        lock (bound)
        {
            if (bound.Count == MostBindings)
            {
                return $"A socket takes {MostBindings} subscriptions. Open another one.";
            }

            if (!bound.Add(row.Number))
            {
                return null;
            }
        }

        streams.RemoveAll(s => s.IsCompleted);
        streams.Add(StreamAsync(row, after, classic, ct));
        return null;
    }

    private async Task StreamAsync(SubscriptionRow row, long after, bool classic, CancellationToken ct)
    {
        try
        {
            await foreach (var (what, now, definition) in notifications.RunAsync(row, after, ct))
            {
                if (what is null || (classic && what.Kind == "handshake"))
                {
                    continue;
                }

                if (!await SendAsync(classic ? $"ping {row.Id}" : Text(now, definition, what), ct))
                {
                    RecordsLog.ClientTooSlow(log, row.Number, places.PatienceSeconds);
                    socket.Abort();
                    return;
                }

                if (what.Events.Count > 0 && !definition.IsHook)
                {
                    await events.ArrivedAsync(row.Number, what.Since, ct);
                    RecordsMeter.EventsDelivered.Add(what.Events.Count, new KeyValuePair<string, object?>("channel", "websocket"));
                }

                RecordsMeter.Notifications.Add(1, new("channel", "websocket"), new("outcome", "arrived"));
            }

            // Before the client hears of it, which may bind again at once.
            lock (bound)
            {
                bound.Remove(row.Number);
            }

            await SendAsync($"ended {row.Id}", ct);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
        }
        catch (Exception e)
        {
            // Without its stream a client would wait for nothing: it comes back, and goes on where it was.
            RecordsLog.DeliveryFailed(log, e, row.Number);
            socket.Abort();
        }
    }

    private string Text(SubscriptionRow row, SubscriptionDefinition definition, Notification what)
    {
        var json = bundles.Write(row, definition, what, address, definition.Content);
        return Encoding.UTF8.GetString(definition.Xml && bundles.ToXml(json) is { } xml ? xml : json.Span);
    }

    /// <summary>False when the client does not take it in time.</summary>
    private async Task<bool> SendAsync(string text, CancellationToken ct)
    {
        await sending.WaitAsync(ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(places.Patience);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<string?> NextAsync(Task end)
    {
        var reading = ReadAsync();
        if (await Task.WhenAny(reading, end) == reading)
        {
            return await reading;
        }

        _ = reading.ContinueWith(r => r.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return null;
    }

    /// <summary>The next message; null when the client has closed or says more than anybody needs to.</summary>
    private async Task<string?> ReadAsync()
    {
        var buffer = new byte[MostMessage];
        for (var length = 0; length < MostMessage;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += read.Count;
            if (read.MessageType != WebSocketMessageType.Text)
            {
                return null;
            }

            if (read.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }

        await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"A message has at most {MostMessage} bytes.");
        return null;
    }

    // A reason has at most 123 bytes (https://www.rfc-editor.org/rfc/rfc6455#section-5.5).
    private static string Shortened(string why)
    {
        const int Most = 123;
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var rune in why.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > Most)
            {
                break;
            }

            text.Append(rune);
        }

        return text.ToString();
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string why)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        // The stop of the server waits for this.
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await socket.CloseOutputAsync(status, Shortened(why), limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }
}
