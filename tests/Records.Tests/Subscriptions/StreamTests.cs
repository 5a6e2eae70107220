using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Subscriptions.Streams;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Subscriptions.SubscriptionSamples;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>Websockets and Server-Sent Events, with clients that come, go, return and stop reading.</summary>
public sealed class StreamTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_socket_is_bound_by_its_token_told_what_happens_and_resumes_where_it_was()
    {
        await fhir.SubscribeAsync(Backport("socket", "Patient", "family=Socket", null, "id-only", "websocket"));
        var token = await TokenAsync("socket");
        using (var socket = await ConnectAsync())
        {
            await SayAsync(socket, $"bind-with-token {token}");
            Assert.Equal("handshake", Kind(await HearAsync(socket)));
            await WriteAsync("Socket", 3);
            Assert.Equal([1, 2, 3], await NumbersAsync(socket, 3));
        }

        await WriteAsync("Socket", 5, from: 3);
        using var again = await ConnectAsync();
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select delivered from records.subscription where id = 'socket'") == 3);
        await SayAsync(again, $"bind-with-token {token}");
        Assert.Equal("handshake", Kind(await HearAsync(again)));
        Assert.Equal([4, 5], await NumbersAsync(again, 2));

        using var from = await ConnectAsync();
        await SayAsync(from, $"bind-with-token {token} 1");
        Assert.Equal("handshake", Kind(await HearAsync(from)));
        Assert.Equal([2, 3, 4, 5], await NumbersAsync(from, 4));
    }

    [Fact]
    public async Task A_classic_socket_is_bound_and_pinged()
    {
        await fhir.SubscribeAsync(Classic("classic-socket", "Patient?family=Ping", null, channel: "websocket"));
        using var socket = await ConnectAsync();
        await SayAsync(socket, "bind classic-socket");
        Assert.Equal("bound classic-socket", await HearAsync(socket));
        await WriteAsync("Ping", 2);
        Assert.Equal("ping classic-socket", await HearAsync(socket));
        Assert.Equal("ping classic-socket", await HearAsync(socket));
    }

    [Fact]
    public async Task A_socket_is_bound_again_when_its_subscription_has_ended_and_is_back()
    {
        await fhir.SubscribeAsync(Classic("rebound", "Patient?family=Rebound", null, channel: "websocket"));
        using var socket = await ConnectAsync();
        await SayAsync(socket, "bind rebound");
        Assert.Equal("bound rebound", await HearAsync(socket));
        var subscription = (await fhir.GetAsync("Subscription/rebound")).Json.AsObject();
        subscription["status"] = "off";
        await fhir.StoreAsync(subscription);
        Assert.Equal("ended rebound", await HearAsync(socket));
        subscription["status"] = "active";
        await fhir.StoreAsync(subscription);
        await Eventually.TrueAsync(async () => await server.ScalarAsync<string>("select status from records.subscription where id = 'rebound'") == "active");
        await SayAsync(socket, "bind rebound");
        Assert.Equal("bound rebound", await HearAsync(socket));
        await WriteAsync("Rebound", 1);
        Assert.Equal("ping rebound", await HearAsync(socket));
    }

    [Theory]
    [InlineData("bind-with-token nothing", "unknown or too old")]
    [InlineData("bind nobody", "no Subscription/nobody")]
    [InlineData("bind €€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€", "There is no Subscription/€€€")]
    [InlineData("hello", "Say 'bind-with-token TOKEN'")]
    public async Task A_socket_that_says_something_else_is_closed_with_the_reason(string message, string why)
    {
        using var socket = await ConnectAsync();
        await SayAsync(socket, message);
        var result = await socket.ReceiveAsync(new byte[100], CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        Assert.Contains(why, result.CloseStatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_has_heartbeats_and_ends_with_its_subscription()
    {
        await fhir.SubscribeAsync(Backport("beat", "Patient", "family=Beat", null, "empty", "websocket").With("heartbeat-period", "valueUnsignedInt", 1));
        using var socket = await ConnectAsync();
        await SayAsync(socket, $"bind-with-token {await TokenAsync("beat")}");
        Assert.Equal("handshake", Kind(await HearAsync(socket)));
        Assert.Equal("heartbeat", Kind(await HearAsync(socket)));
        await fhir.DeleteAsync("Subscription/beat");
        string? last;
        do
        {
            last = await HearAsync(socket);
        }
        while (last.StartsWith('{'));
        Assert.Equal("ended beat", last);
    }

    [Fact]
    public async Task An_event_stream_resumes_after_the_last_event_without_loss()
    {
        await fhir.SubscribeAsync(Backport("sse", "Patient", "family=Sse", null, "full-resource", "websocket"));
        using (var stream = await SseClient.OpenAsync(fhir.Base + "Subscription/sse/$events-stream"))
        {
            Assert.Equal(("handshake", "0"), await stream.NextAsync());
            await WriteAsync("Sse", 2);
            Assert.Equal(("event-notification", "1"), await stream.NextAsync());
            Assert.Equal("Sse", (string?)stream.Data["entry"]![1]!["resource"]!["name"]![0]!["family"]);
        }

        await WriteAsync("Sse", 4, from: 2);
        using var again = await SseClient.OpenAsync(fhir.Base + "Subscription/sse/$events-stream", lastEventId: "1");
        Assert.Equal(("handshake", "1"), await again.NextAsync());
        for (var number = 2; number <= 4; number++)
        {
            Assert.Equal(("event-notification", $"{number}"), await again.NextAsync());
        }
    }

    [Fact]
    public async Task Separators_of_lines_within_a_text_do_not_break_an_event()
    {
        await fhir.SubscribeAsync(Backport("lines", "Patient", "family=Lines", null, "full-resource", "websocket"));
        using var stream = await SseClient.OpenAsync(fhir.Base + "Subscription/lines/$events-stream");
        await stream.NextAsync();
        var patient = Samples.Patient("lines", "Lines");
        patient["name"]![0]!["text"] = "one\u2028two\u0085three\u2029four";
        var raw = new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var body = patient.ToJsonString(raw).Replace("\\u2028", "\u2028", StringComparison.OrdinalIgnoreCase).Replace("\\u0085", "\u0085", StringComparison.OrdinalIgnoreCase).Replace("\\u2029", "\u2029", StringComparison.OrdinalIgnoreCase);
        Assert.Equal(201, (await fhir.SendAsync(HttpMethod.Put, "Patient/lines", FhirClient.Json(body))).Status);
        Assert.Equal(("event-notification", "1"), await stream.NextAsync());
        Assert.Equal("one\u2028two\u0085three\u2029four", (string?)stream.Data["entry"]![1]!["resource"]!["name"]![0]!["text"]);
        Assert.Equal(400, (await fhir.GetAsync("Subscription/lines/$events-stream?eventsSinceNumber=9223372036854775808")).Status);
    }

    [Fact]
    public async Task A_stream_right_after_the_write_waits_until_the_subscription_is_followed()
    {
        await fhir.StoreAsync(Backport("at-once", "Patient", "family=AtOnce", null, "empty", "websocket"));
        Assert.Equal(200, (await fhir.GetAsync("Subscription/at-once/$status")).Status);
        using var stream = await SseClient.OpenAsync(fhir.Base + "Subscription/at-once/$events-stream");
        Assert.Equal("handshake", (await stream.NextAsync()).Kind);
        stream.Dispose();

        (await fhir.GetAsync("Subscription/never/$events-stream")).Refused(404, "There is no Subscription/never");
        await fhir.DeleteAsync("Subscription/at-once");
        await Eventually.TrueAsync(async () => await server.ScalarAsync<string>("select status from records.subscription where id = 'at-once'") == "deleted");
        (await fhir.GetAsync("Subscription/at-once/$events-stream")).Refused(410, "was deleted");
        (await fhir.GetAsync("Subscription/at-once/$status")).Refused(410, "was deleted");
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_loses_nothing()
    {
        await fhir.SubscribeAsync(Backport("lazy", "Patient", "family=Lazy", null, "full-resource", "websocket").With("max-count", "valuePositiveInt", 1000));
        var big = Samples.Patient("lazy", "Lazy");
        big["text"] = new JsonObject { ["status"] = "generated", ["div"] = $"<div xmlns=\"http://www.w3.org/1999/xhtml\">{new string('x', 1_000_000)}</div>" };
        using var lazy = await SseClient.OpenAsync(fhir.Base + "Subscription/lazy/$events-stream");
        Assert.Equal("handshake", (await lazy.NextAsync()).Kind);
        for (var i = 0; i < 40; i++)
        {
            big["gender"] = i % 2 == 0 ? "male" : "female";
            await fhir.StoreAsync(big);
        }

        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select events from records.subscription where id = 'lazy'") == 40);
        // Buffers of the system take some; then the server's patience ends, and with it the stream.
        await Eventually.TrueAsync(() => server.Get<StreamPlaces>().Taken == 0);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (; ;)
            {
                await lazy.NextAsync();
            }
        });
        using var again = await SseClient.OpenAsync(fhir.Base + "Subscription/lazy/$events-stream", lastEventId: "0");
        Assert.Equal("handshake", (await again.NextAsync()).Kind);
        var last = 0L;
        while (last < 40)
        {
            last = long.Parse((await again.NextAsync()).Id, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task The_stop_of_the_server_closes_streams_at_once()
    {
        var database = await TestDatabase.CreateAsync(new Salus.Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        var app = await RecordServer.StartAsync(database.ConnectionString, SubscriptionServer.Quick);
        using var client = new FhirClient(new Uri(app.Urls.First()));
        await client.SubscribeAsync(Backport("stop", "Patient", "family=Stop", null, "empty", "websocket"));
        using var stream = await SseClient.OpenAsync(client.Base + "Subscription/stop/$events-stream");
        await stream.NextAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(client.Base.ToString().Replace("http:", "ws:", StringComparison.Ordinal) + "_subscriptions/ws"), CancellationToken.None);
        var token = (string)(await client.GetAsync("Subscription/stop/$get-ws-binding-token")).Json["parameter"]![0]!["valueString"]!;
        await SayAsync(socket, $"bind-with-token {token}");
        await HearAsync(socket);

        // A connection that did not end by itself would be waited for much longer.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var stopping = app.StopAsync(CancellationToken.None);
        WebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(new byte[64 * 1024], limit.Token);
        }
        while (result.MessageType != WebSocketMessageType.Close);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, result.CloseStatus);
        await Assert.ThrowsAnyAsync<IOException>(() => DrainAsync(stream));
        await stopping.WaitAsync(limit.Token);
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    private static async Task DrainAsync(SseClient stream)
    {
        while (true)
        {
            await stream.NextAsync();
        }
    }

    private async Task<string> TokenAsync(string id)
    {
        var answer = await fhir.GetAsync($"Subscription/{id}/$get-ws-binding-token");
        Assert.True(answer.Status == 200, answer.ToString());
        return (string)answer.Json["parameter"]!.AsArray().Single(p => (string?)p!["name"] == "token")!["valueString"]!;
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var metadata = await fhir.GetAsync("metadata");
        var url = (string)metadata.Json["rest"]![0]!["extension"]![0]!["valueUri"]!;
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(url), CancellationToken.None);
        return socket;
    }

    private async Task WriteAsync(string family, int until, int from = 0)
    {
        for (var i = from; i < until; i++)
        {
            await fhir.StoreAsync(Samples.Patient($"{family.ToLowerInvariant()}-{i}", family));
        }
    }

    private static Task SayAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<string> HearAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var buffer = new byte[64 * 1024];
        var length = 0;
        for (; ;)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            length += result.Count;
            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
    }

    private static string? Kind(string text) => (string?)Parameter(text, "type")["valueCode"];

    private static async Task<List<long>> NumbersAsync(ClientWebSocket socket, int count)
    {
        var numbers = new List<long>();
        while (numbers.Count < count)
        {
            numbers.Add(long.Parse((string)Parameter(await HearAsync(socket), "notification-event")["part"]![0]!["valueString"]!, System.Globalization.CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    private static JsonNode Parameter(string text, string name) => JsonNode.Parse(text)!["entry"]![0]!["resource"]!["parameter"]!.AsArray().First(p => (string?)p!["name"] == name)!;
}

/// <summary>A small reader of Server-Sent Events.</summary>
internal sealed class SseClient : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler());
    private StreamReader reader = null!;

    public JsonNode Data { get; private set; } = null!;

    public static async Task<SseClient> OpenAsync(string url, string? lastEventId = null)
    {
        var client = new SseClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        client.reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        return client;
    }

    public async Task<(string Kind, string Id)> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var (kind, id, data) = ("", "", new StringBuilder());
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
            {
                Data = JsonNode.Parse(data.ToString())!;
                return (kind, id);
            }

            (kind, id) = line.StartsWith("event: ", StringComparison.Ordinal) ? (line[7..], id) : line.StartsWith("id: ", StringComparison.Ordinal) ? (kind, line[4..]) : (kind, id);
            data.Append(line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : "");
        }

        throw new EndOfStreamException();
    }

    public void Dispose()
    {
        reader?.Dispose();
        http.Dispose();
    }
}
