using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Subscriptions.Streams;

/// <summary><c>/fhir/_subscriptions/ws</c>, where clients of the websocket channel connect.</summary>
internal sealed class SubscriptionSockets(NotificationStream notifications, SubscriptionEvents events, NotificationBundle bundles, BindingTokens tokens, StreamPlaces places, ILogger<SubscriptionSockets> log)
{
    public const string Path = "_subscriptions/ws";

    public static string Address(string fhir) => (fhir.StartsWith("https:", StringComparison.Ordinal) ? "wss" : "ws") + fhir[fhir.IndexOf(':', StringComparison.Ordinal)..] + "/" + Path;

    public static void Map(IEndpointRouteBuilder fhir)
    {
        var pipeline = fhir.CreateApplicationBuilder();
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        pipeline.Run(http => ((SubscriptionSockets)http.RequestServices.GetService(typeof(SubscriptionSockets))!).AcceptAsync(http));
        fhir.MapMethods("/" + Path, [HttpMethods.Get, HttpMethods.Connect], pipeline.Build());
    }

    private Task AcceptAsync(HttpContext http) => FhirExchange.RunAsync(http, async exchange =>
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return new Failure(FailureKind.Invalid, "invalid", $"This address takes websockets: {Address(exchange.Address)}.");
        }

        if (!OwnOrigin.Sent(http.Request))
        {
            return OwnOrigin.Websockets;
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
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, places.Stopping);
            using var session = new SubscriptionSocket(socket, exchange.Caller, exchange.Address, notifications, events, bundles, tokens, places, log);
            await session.RunAsync(stop.Token);
        }
        finally
        {
            places.Leave();
        }

        return new Reply(101) { Sent = true };
    }, anyFormat: true);
}
