using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Salus.Faults.Tests.Support;

/// <summary>
/// Bedside monitors that send without a pause, a batch of some values each time, and note what was acknowledged. What is refused or not answered is sent again until it is: as a monitor
/// with a buffer does. So every sample has to stand there once in the end.
/// </summary>
internal sealed class Senders : IAsyncDisposable
{
    public const int Devices = 6;
    private const int Batch = 5;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(Rounds.Long ? 0 : 20);

    private readonly FhirClient fhir;
    private readonly CancellationTokenSource stop = new();
    private readonly Task sending;

    private Senders(FhirClient fhir, long begin)
    {
        this.fhir = fhir;
        sending = Task.WhenAll(Enumerable.Range(0, Devices).Select(device => Task.Run(() => SendAsync(device, begin))));
    }

    /// <summary>Times of samples that the server said it has stored, by device.</summary>
    public ConcurrentDictionary<int, ConcurrentBag<long>> Acknowledged { get; } = new();

    /// <summary>Samples that were acknowledged.</summary>
    public int Count => Acknowledged.Values.Sum(b => b.Count);

    /// <summary>Answers that said no.</summary>
    public ConcurrentQueue<Answer> Refusals { get; } = new();

    /// <summary>Registers the devices with a patient each, from an hour ago on.</summary>
    public static async Task RegisterAsync(FhirClient fhir)
    {
        var since = TimeProvider.System.GetUtcNow().AddHours(-1).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        for (var n = 0; n < Devices; n++)
        {
            foreach (var resource in new[]
            {
                $$"""{"resourceType":"Patient","id":"bed{{n}}"}""",
                $$"""{"resourceType":"Device","id":"monitor{{n}}"}""",
                $$$"""{"resourceType":"DeviceUseStatement","id":"use{{{n}}}","status":"active","subject":{"reference":"Patient/bed{{{n}}}"},"device":{"reference":"Device/monitor{{{n}}}"},"timingPeriod":{"start":"{{{since}}}"}}""",
            })
            {
                var answer = await fhir.PutAsync(JsonNode.Parse(resource)!);
                Assert.True(answer.Status is 200 or 201, answer.ToString());
            }
        }
    }

    /// <param name="begin">The time of the first sample, in milliseconds since 1970; the next ones follow a millisecond later each.</param>
    public static Senders Start(FhirClient fhir, long begin) => new(fhir, begin);

    /// <summary>Waits until so many more samples are acknowledged.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        var goal = Count + more;
        await Eventually.TrueAsync(() => Count >= goal || sending.IsFaulted, seconds: 120, () => $"{Count} acknowledged; last refusals: {string.Join(" | ", Refusals.TakeLast(3))}");
    }

    /// <summary>Each ends when what it sends is acknowledged.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await sending;
    }

    /// <summary>Compares what was acknowledged with what the server tells of the patients: samples that are missing, and those that stand there twice.</summary>
    /// <param name="asked">Another server to ask than the one that is sent to.</param>
    public async Task<(int Lost, int Twice)> CompareAsync(long begin, FhirClient? asked = null)
    {
        var (lost, twice) = (0, 0);
        foreach (var (device, all) in Acknowledged)
        {
            // What is acknowledged from here on is not asked for.
            var times = all.ToList();
            var answer = await (asked ?? fhir).GetAsync($"/telemetry/bed{device}?metric=heart-rate&resolution=raw&from={begin}&to={times.Max() + 1}&points=1000000");
            Assert.True(answer.Status == 200, answer.ToString());
            var stored = answer.Json["series"]!.AsArray().SelectMany(s => s!["points"]!.AsArray()).Select(p => (long)p![0]!).ToList();
            lost += times.Except(stored).Count();
            twice += stored.Count - stored.Distinct().Count();
        }

        return (lost, twice);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task SendAsync(int device, long begin)
    {
        for (var time = begin; !stop.IsCancellationRequested; time += Batch)
        {
            var times = Enumerable.Range(0, Batch).Select(i => time + i).ToList();
            while (!await TakenAsync(device, times))
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(Breath);
            }

            times.ForEach(Acknowledged.GetOrAdd(device, _ => []).Add);
            await Task.Delay(Rest);
        }
    }

    private async Task<bool> TakenAsync(int device, List<long> times)
    {
        var samples = times.Select(t => (JsonNode)new JsonObject { ["time"] = t, ["code"] = "heart-rate", ["value"] = 60 + (t % 40), ["unit"] = "/min" }).ToArray();
        Answer answer;
        try
        {
            answer = await fhir.SendAsync(HttpMethod.Post, "/telemetry", new JsonObject { ["device"] = $"monitor{device}", ["samples"] = new JsonArray(samples) }, "application/json");
        }
        catch (HttpRequestException)
        {
            return false;
        }

        if (answer.Status == 200)
        {
            Assert.True((int)answer.Json["rejected"]! == 0, answer.ToString());
            return true;
        }

        Assert.True(answer.Status is 503 or 429 && answer.Headers.RetryAfter is not null, answer.ToString());
        Refusals.Enqueue(answer);
        return false;
    }
}
