using System.Text.Json.Nodes;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Sixty-four clients read one resource, add one, and write it back with If-Match: no addition is lost, not even through a kill.</summary>
public sealed class CounterTests : IDisposable
{
    private const int Clients = 64;
    private const int Each = 5;
    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_counter_is_the_number_of_acknowledged_updates(bool kill)
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await SalusProcess.ReadyAsync(folder["data"], port);
        try
        {
            Assert.Equal(201, (await fhir.PutAsync(Counter(0))).Status);
            var tally = new Tally();
            var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AddAsync(fhir, tally))).ToList();
            if (kill)
            {
                await Eventually.TrueAsync(() => tally.Acknowledged > Clients, seconds: 60);
                await salus.KillAsync();
                salus.Dispose();
                salus = await SalusProcess.ReadyAsync(folder["data"], port);
            }

            await Task.WhenAll(clients);
            var last = await fhir.GetAsync("Basic/counter");
            var value = (int)last.Json["extension"]![0]!["valueInteger"]!;
            Rounds.Report(kill ? "64 clients, one resource, kill -9 of Salus" : "64 clients, one resource", 1, tally.Acknowledged, Math.Max(0, tally.Acknowledged - value), $"counter {value}, {tally.Conflicts} conflicts, {tally.Unknown} unknown");
            // An update without an answer may have been stored: at most that many more.
            Assert.InRange(value, tally.Acknowledged, tally.Acknowledged + tally.Unknown);
            Assert.Equal($"W/\"{value + 1}\"", last.ETag);
            Assert.True(tally.Conflicts > 0, "nobody was ever refused: the clients did not meet");
            Assert.Equal(kill, tally.Unknown > 0);
            await StoreProof.WholeAsync(new Cluster(folder["data"]).ConnectionString);
        }
        finally
        {
            salus.Dispose();
        }
    }

    private static async Task AddAsync(FhirClient fhir, Tally tally)
    {
        for (var done = 0; done < Each;)
        {
            Answer? read = null;
            try
            {
                read = await fhir.GetAsync("Basic/counter");
                if (read.Status == 503)
                {
                    continue;
                }

                var answer = await fhir.PutAsync(Counter((int)read.Json["extension"]![0]!["valueInteger"]! + 1), read.ETag);
                Assert.True(answer.Status is 200 or 412 or 503, answer.ToString());
                done += answer.Status == 200 ? 1 : 0;
                tally.Add(answer.Status);
            }
            catch (HttpRequestException)
            {
                // A read that was not answered changes nothing; an update may have been stored.
                tally.Add(read is null ? 0 : 503);
                await Task.Delay(50);
            }
        }
    }

    private static JsonObject Counter(int value) => JsonNode.Parse(
        $$"""{"resourceType":"Basic","id":"counter","code":{"text":"x"},"extension":[{"url":"http://example.org/n","valueInteger":{{value}} }]}""")!.AsObject();

    private sealed class Tally
    {
        private int acknowledged;
        private int conflicts;
        private int unknown;

        public int Acknowledged => Volatile.Read(ref acknowledged);

        public int Conflicts => Volatile.Read(ref conflicts);

        public int Unknown => Volatile.Read(ref unknown);

        public void Add(int status)
        {
            Interlocked.Add(ref acknowledged, status == 200 ? 1 : 0);
            Interlocked.Add(ref conflicts, status == 412 ? 1 : 0);
            Interlocked.Add(ref unknown, status == 503 ? 1 : 0);
        }
    }
}
