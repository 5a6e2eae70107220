using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Salus.TestSupport;

/// <summary>A request that an endpoint got.</summary>
public sealed record HookRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Of a notification: handshake, heartbeat, event-notification.</summary>
    public string Kind => Body.StartsWith('{') ? (string?)Parameter("type")?["valueCode"] ?? "" : "";

    public JsonNode? Parameter(string name) => Json["entry"]?[0]?["resource"]?["parameter"]?.AsArray().FirstOrDefault(p => (string?)p!["name"] == name);

    /// <summary>The numbers of the events that it brings.</summary>
    public IEnumerable<long> Events => Kind != "event-notification" ? [] : Json["entry"]![0]!["resource"]!["parameter"]!.AsArray().Where(p => (string?)p!["name"] == "notification-event")
        .Select(p => long.Parse((string)p!["part"]!.AsArray().First(x => (string?)x!["name"] == "event-number")!["valueString"]!, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What its entries say of resources.</summary>
    public IEnumerable<JsonNode> Entries => Json["entry"]!.AsArray().Skip(1).Select(e => e!);
}

/// <summary>A listening HTTP endpoint, as somebody who subscribes has one.</summary>
public sealed class HookEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;

    private HookEndpoint(WebApplication app) => this.app = app;

    public ConcurrentQueue<HookRequest> Requests { get; } = new();

    /// <summary>Sets the status of the answer; called for each request after it is noted in <see cref="Requests"/>, and before its events are in <see cref="Accepted"/>.</summary>
    public Func<HookRequest, HttpResponse, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Url => app.Urls.First();

    public int Port => new Uri(Url).Port;

    /// <summary>The numbers of the events that were answered with success, in order.</summary>
    public List<long> Accepted => [.. accepted];

    private readonly ConcurrentQueue<long> accepted = new();

    public static async Task<HookEndpoint> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", $"http://127.0.0.1:{port}"]);
        builder.Logging.ClearProviders();
        var endpoint = new HookEndpoint(builder.Build());
        endpoint.app.Run(endpoint.TakeAsync);
        await endpoint.app.StartAsync();
        return endpoint;
    }

    /// <summary>Waits until so many requests of a kind came.</summary>
    public Task GotAsync(int count, string? kind = null, int seconds = 20) =>
        Eventually.TrueAsync(() => Requests.Count(r => kind is null || r.Kind == kind) >= count, seconds, () => string.Join("\n", Requests.Select(r => $"{r.Method} {r.Path} {r.Body}")));

    /// <summary>Waits until so many events were accepted; which, and in which order, <see cref="Accepted"/> tells.</summary>
    public Task AcceptedAsync(int last, int seconds = 20) =>
        Eventually.TrueAsync(() => accepted.Count >= last, seconds, () => $"accepted {string.Join(' ', accepted)}; requests {Requests.Count}");

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var request = new HookRequest(http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        Requests.Enqueue(request);
        await Answer(request, http.Response);
        if (http.Response.StatusCode < 300)
        {
            foreach (var number in request.Events)
            {
                accepted.Enqueue(number);
            }
        }
    }
}
