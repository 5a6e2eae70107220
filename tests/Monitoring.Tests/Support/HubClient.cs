using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Salus.Monitoring.Tests.Support;

/// <summary>A client of the hub of live push, made of Microsoft's SignalR client; what the server calls is heard in order.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private readonly Channel<(string Name, JsonElement Data)> heard = Channel.CreateUnbounded<(string, JsonElement)>();
    private readonly SocketConnection.Factory sockets;
    private readonly HubConnection hub;

    private HubClient(Uri address, Dictionary<string, string> headers)
    {
        sockets = new SocketConnection.Factory(headers);
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory>(sockets);
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(new UriBuilder(address) { Scheme = "ws" }.Uri));
        hub = builder.WithAutomaticReconnect([TimeSpan.Zero, TimeSpan.Zero]).Build();
        hub.Reconnected += _ =>
        {
            heard.Writer.TryWrite(("reconnected", default));
            return Task.CompletedTask;
        };
        foreach (var name in (string[])["state", "alert", "reset", "gone"])
        {
            hub.On<JsonElement>(name, data => heard.Writer.TryWrite((name, data)));
        }
    }

    /// <summary>Connects; with an origin, as a page of it.</summary>
    public static async Task<HubClient> ConnectAsync(Uri address, string? caller, string? origin)
    {
        var headers = new Dictionary<string, string>();
        if (caller is not null)
        {
            headers["X-Test-Caller"] = caller;
        }

        if (origin is not null)
        {
            headers["Origin"] = origin;
        }

        var client = new HubClient(address, headers);
        await client.hub.StartAsync();
        return client;
    }

    public Task WatchWardAsync(string ward, long? after = null) => hub.InvokeAsync("WatchWard", ward, after);

    public Task WatchPatientAsync(string patient, long? after = null) => hub.InvokeAsync("WatchPatient", patient, after);

    public Task LeavePatientAsync(string patient) => hub.InvokeAsync("LeavePatient", patient);

    /// <summary>Breaks the connection, as a network does.</summary>
    public void Break() => sockets.Last!.Abort(new ConnectionAbortedException());

    /// <summary>What was called next.</summary>
    public async Task<(string Name, JsonElement Data)> NextAsync()
    {
        using var stop = new CancellationTokenSource(Longest);
        return await heard.Reader.ReadAsync(stop.Token);
    }

    /// <summary>The next call that is meant; what came before it.</summary>
    public async Task<(JsonElement Data, List<(string Name, JsonElement Data)> Before)> UntilAsync(string name, Func<JsonElement, bool>? which = null)
    {
        var before = new List<(string, JsonElement)>();
        while (true)
        {
            var next = await NextAsync();
            if (next.Name == name && which?.Invoke(next.Data) != false)
            {
                return (next.Data, before);
            }

            before.Add(next);
        }
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();
}
