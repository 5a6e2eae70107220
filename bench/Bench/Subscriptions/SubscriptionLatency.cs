using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salus.Bench.Processes;

namespace Salus.Bench.Subscriptions;

/// <summary>How long after the answer to a write its notification is at the endpoint, and how fast a backlog arrives.</summary>
internal sealed class SubscriptionLatency : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentDictionary<string, long> arrived = new();
    private readonly StoreFolder folder;
    private readonly SalusServer server;
    private readonly WebApplication endpoint;
    private int handshakes;
    private int notifications;

    private SubscriptionLatency(StoreFolder folder, SalusServer server)
    {
        (this.folder, this.server) = (folder, server);
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        endpoint = builder.Build();
        endpoint.Run(TakeAsync);
    }

    public static async Task RunAsync(CommandLine options)
    {
        var writes = (int)options.Number("--writes", 300);
        var page = new ResultPage("Subscriptions", $"subscriptions {options.Text}".TrimEnd());
        page.Fact("Method", $"The server on an empty record, as a process of its own; the endpoint is in this process, on the same machine. Rest-hooks of the topic Observation with a filter by patient and content id-only. One client creates an Observation of the last subscription's patient {writes} times, one after the other, and waits each time for the notification. The time runs from the answer to the write, which comes after the commit.");
        var folder = new StoreFolder(null);
        await using (var bench = new SubscriptionLatency(folder, await SalusServer.StartAsync(folder.Path)))
        {
            await bench.endpoint.StartAsync();
            await bench.MeasureAsync(page, writes);
        }

        await page.WriteAsync(options.Page("subscriptions.md"));
        Console.WriteLine(await File.ReadAllTextAsync(options.Page("subscriptions.md")));
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        await endpoint.DisposeAsync();
        folder.Dispose();
    }

    private async Task MeasureAsync(ResultPage page, int writes)
    {
        page.Columns("subscriptions", "p50 ms", "p95 ms", "p99 ms", "slowest ms");
        var there = 0;
        foreach (var count in (int[])[1, 100])
        {
            for (; there < count; there++)
            {
                await PutAsync($"Subscription/s{there}", Subscription(there));
            }

            await WaitAsync(() => Volatile.Read(ref handshakes) >= count);
            var times = await LatencyAsync(count, writes);
            page.Format($"| {count} | {times.Percentile(0.5):F1} | {times.Percentile(0.95):F1} | {times.Percentile(0.99):F1} | {times.Max():F1} |");
        }

        const int Backlog = 2000;
        var before = Volatile.Read(ref notifications);
        var started = Stopwatch.GetTimestamp();
        var entries = Enumerable.Range(0, Backlog).Select(i => $$"""{"resource":{{Observation($"b{i}", i % 100)}},"request":{"method":"PUT","url":"Observation/b{{i}}"} }""");
        await SendAsync(HttpMethod.Post, "", $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}""");
        var answered = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await WaitAsync(() => Volatile.Read(ref notifications) >= before + Backlog);
        var all = Stopwatch.GetElapsedTime(started).TotalSeconds;
        page.Line();
        page.Format($"A transaction of {Backlog} Observations, of which each is the event of one of the 100 subscriptions: answered after {answered:F2} s, and all {Backlog} notifications, one event each, had arrived {all - answered:F2} s later ({Backlog / (all - answered):N0}/s).");
    }

    private async Task<List<double>> LatencyAsync(int count, int writes)
    {
        var times = new List<double>();
        for (var i = 0; i < writes + 20; i++)
        {
            var id = $"o{count}-{i}";
            await PutAsync($"Observation/{id}", Observation(id, count - 1));
            var answered = Stopwatch.GetTimestamp();
            long at = 0;
            await WaitAsync(() => arrived.TryGetValue(id, out at));
            if (i >= 20)
            {
                times.Add(Math.Max(0, Stopwatch.GetElapsedTime(answered, at).TotalMilliseconds));
            }
        }

        return times;
    }

    private async Task TakeAsync(HttpContext context)
    {
        var at = Stopwatch.GetTimestamp();
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        const string Focus = "\"url\":\"Observation";
        if (body.Contains("\"handshake\"", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref handshakes);
        }
        else if (body.Contains(Focus, StringComparison.Ordinal))
        {
            var name = body.IndexOf("/fhir/Observation/", StringComparison.Ordinal) + "/fhir/Observation/".Length;
            arrived.TryAdd(body[name..body.IndexOf('"', name)], at);
            Interlocked.Increment(ref notifications);
        }
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(1))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException("A notification did not come.");
            }
        }
    }

    private string Subscription(int number) =>
        $$"""
        {"resourceType":"Subscription","id":"s{{number}}","status":"requested","reason":"bench","criteria":"http://salus.invalid/SubscriptionTopic/Observation",
         "_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria","valueString":"Observation?patient=Patient/p{{number}}"}]},
         "channel":{"type":"rest-hook","endpoint":"{{endpoint.Urls.First()}}/{{number}}","payload":"application/fhir+json",
          "_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"id-only"}]} } }
        """;

    private static string Observation(string id, int patient) =>
        $$"""{"resourceType":"Observation","id":"{{id}}","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/p{{patient}}"},"valueQuantity":{"value":72} }""";

    private Task PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    private async Task SendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{server.Port}/fhir/{path}")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
