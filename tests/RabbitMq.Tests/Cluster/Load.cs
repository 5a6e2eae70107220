using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.RabbitMq.Tests.Cluster;

/// <summary>
/// Gateways that send without a pause to all processes in turn, each for some patients, a few values of each at once. What is refused or not answered is sent again, to the next process, until it is
/// acknowledged: so every value has to stand there once in the end.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Gateways = 4;
    private const int Batch = 5;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, ConcurrentBag<long>> acknowledged = new();
    private readonly int patients;
    private readonly Func<int, string, long, decimal> value;
    private readonly Task sending;
    private volatile Uri[] nodes;
    private long sent;

    /// <param name="value">Of a patient's metric at a time.</param>
    public Load(IEnumerable<SalusProcess> nodes, int patients, Func<int, string, long, decimal> value)
    {
        (this.nodes, this.patients, this.value) = ([.. nodes.Select(n => n.Address)], patients, value);
        Begin = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
        sending = Task.WhenAll(Enumerable.Range(0, Gateways).Select(g => Task.Run(() => SendAsync(g))));
    }

    /// <summary>The time of the first value.</summary>
    public long Begin { get; }

    /// <summary>Acknowledged values.</summary>
    public long Count => Interlocked.Read(ref sent);

    /// <summary>Acknowledged times of the heart rate, by patient.</summary>
    public IReadOnlyDictionary<int, ConcurrentBag<long>> Acknowledged => acknowledged;

    /// <summary>Answers that said no, or did not come.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>Sends to these from here on.</summary>
    public void To(IEnumerable<SalusProcess> those) => nodes = [.. those.Select(n => n.Address)];

    /// <summary>Waits until so many more values are acknowledged.</summary>
    public async Task MoreAsync(int values)
    {
        var goal = Count + values;
        await Eventually.TrueAsync(() => Count >= goal || sending.IsFaulted, seconds: 120, () => $"{Count} acknowledged; last refusals: {string.Join(" | ", Refusals.TakeLast(3))}");
        if (sending.IsFaulted)
        {
            await sending;
        }
    }

    /// <summary>Each gateway ends when what it sends is acknowledged.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await sending;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        http.Dispose();
    }

    private async Task SendAsync(int gateway)
    {
        var mine = Enumerable.Range(0, patients).Where(p => p % Gateways == gateway).ToList();
        var turn = gateway;
        // Times go with the clock, so that values are fresh; each is used once.
        for (var time = Begin; !stop.IsCancellationRequested; time = Math.Max(time + Batch, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - Batch))
        {
            long[] times = [.. Enumerable.Range(0, Batch).Select(i => time + i)];
            var body = Body(mine, times);
            while (!await TakenAsync(nodes, turn++, body))
            {
                await Task.Delay(Breath);
            }

            foreach (var patient in mine)
            {
                Array.ForEach(times, acknowledged.GetOrAdd(patient, _ => []).Add);
            }

            Interlocked.Add(ref sent, mine.Count * Batch * 3);
        }
    }

    private string Body(List<int> mine, long[] times)
    {
        (string Code, string Unit)[] metrics = [("heart-rate", "/min"), ("respiratory-rate", "/min"), ("oxygen-saturation", "%")];
        var batches = mine.Select(patient => (JsonNode)new JsonObject
        {
            ["device"] = $"monitor{patient}",
            ["samples"] = new JsonArray([.. metrics.SelectMany(m => times.Select(t => (JsonNode)new JsonObject { ["time"] = t, ["code"] = m.Code, ["value"] = value(patient, m.Code, t), ["unit"] = m.Unit }))]),
        });
        return new JsonObject { ["batches"] = new JsonArray([.. batches]) }.ToJsonString();
    }

    private async Task<bool> TakenAsync(Uri[] to, int turn, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(to[turn % to.Length], "/telemetry"), content);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Assert.True((int)JsonNode.Parse(text)!["rejected"]! == 0, text);
                return true;
            }

            Assert.True(answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests && answer.Headers.RetryAfter is not null, $"{(int)answer.StatusCode} {text}");
            Refusals.Enqueue(text);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Refusals.Enqueue(e.Message);
        }

        return false;
    }
}
