using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

public sealed class LostUpdateTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Thirty_two_clients_that_add_with_if_match_lose_nothing()
    {
        await fhir.StoreAsync(Counter(0));
        const int Clients = 32;
        const int Each = 4;
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (var done = 0; done < Each;)
            {
                var read = await fhir.GetAsync("Basic/counter");
                var answer = await fhir.PutAsync(Counter((int)read.Json["extension"]![0]!["valueInteger"]! + 1), ("If-Match", read.ETag!));
                Assert.True(answer.Status is 200 or 412, answer.ToString());
                done += answer.Status == 200 ? 1 : 0;
                Interlocked.Add(ref refused, answer.Status == 412 ? 1 : 0);
            }
        }));

        var last = await fhir.GetAsync("Basic/counter");
        Assert.Equal(Clients * Each, (int)last.Json["extension"]![0]!["valueInteger"]!);
        Assert.Equal($"{(Clients * Each) + 1}", last.Version);
        Assert.True(refused > 0, "nobody was ever refused: the clients did not meet");
    }

    [Fact]
    public async Task Blind_updates_all_hold_with_dense_versions()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 32).Select(async client =>
        {
            var own = new List<int>();
            for (var i = 0; i < 4; i++)
            {
                var answer = await fhir.PutAsync(Samples.Patient("blind", $"C{client}"));
                Assert.True(answer.Status is 200 or 201, answer.ToString());
                own.Add(int.Parse(answer.Version, System.Globalization.CultureInfo.InvariantCulture));
            }

            return own;
        }));
        Assert.Equal(Enumerable.Range(1, 128), versions.SelectMany(v => v).Order());
    }

    [Fact]
    public async Task Of_many_that_create_the_same_id_one_creates_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => fhir.PutAsync(Samples.Patient("race"), ("If-None-Match", "*"))));
        Assert.Equal(1, answers.Count(a => a.Status == 201));
        Assert.Equal(31, answers.Count(a => a.Status == 412));
    }

    [Fact]
    public async Task Transactions_that_meet_are_each_whole()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async client =>
        {
            var entries = Enumerable.Range(0, 5).Select(i => Samples.Entry("PUT", $"Patient/pair-{i}", Samples.Patient($"pair-{i}", $"C{client}"))).ToArray();
            var answer = await fhir.BundleAsync(Samples.Bundle("transaction", entries));
            Assert.True(answer.Status == 200, answer.ToString());
            Assert.Single(answer.Entries.Select(e => (string?)e["response"]!["etag"]).Distinct());
        }));
        var families = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            var last = await fhir.GetAsync($"Patient/pair-{i}");
            families.Add((string)last.Json["name"]![0]!["family"]!);
            Assert.Equal("16", last.Version);
        }

        Assert.Single(families);
    }

    [Theory]
    [InlineData("nul")]
    [InlineData("half")]
    [InlineData("system")]
    public async Task A_poisoned_write_set_fails_alone(string poison)
    {
        var head = await server.HeadAsync();
        var committer = server.Get<Committer>();
        var sets = new List<Task<Outcome<Committed[]>>>();
        for (var i = 0; i < 40; i++)
        {
            var write = await PrepareAsync($"poison-{poison}-{i}");
            if (i == 20)
            {
                Poison(write, poison);
            }

            sets.Add(committer.CommitAsync(new WriteSet(Caller.Local, [write]), CancellationToken.None));
        }

        var outcomes = await Task.WhenAll(sets);
        Assert.True(outcomes[20].Failed(out _));
        Assert.Equal(39, outcomes.Count(o => !o.Failed(out _)));
        Assert.Equal(head + 39, await server.HeadAsync());
        (await fhir.GetAsync($"Patient/poison-{poison}-20")).Refused(404);
        Assert.Equal(200, (await fhir.GetAsync($"Patient/poison-{poison}-21")).Status);
    }

    [Fact]
    public async Task After_a_refused_commit_the_next_ones_hold()
    {
        var committer = server.Get<Committer>();
        for (var i = 0; i < 60; i++)
        {
            var write = await PrepareAsync($"refused-{i}");
            Poison(write, i % 2 == 0 ? "nul" : "half");
            Assert.True((await committer.CommitAsync(new WriteSet(Caller.Local, [write]), CancellationToken.None)).Failed(out _));
            // Different tables each time, so that different statements are the first to be prepared after the refusal.
            await fhir.StoreAsync(Samples.Patient($"after-{i % 7}", $"After{i}"));
            await fhir.StoreAsync((i % 3) switch
            {
                0 => Samples.Observation($"after-{i}"),
                1 => Samples.Resource($$"""{"resourceType":"Basic","id":"after-{{i % 5}}","code":{"text":"x"} }"""),
                _ => Samples.Resource($$"""{"resourceType":"RiskAssessment","id":"after-{{i % 5}}","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.5}]}"""),
            });
            await fhir.DeleteAsync($"Patient/after-{i % 7}");
        }
    }

    private async Task<PendingWrite> PrepareAsync(string id)
    {
        var preparation = server.Get<Preparation>();
        var document = preparation.Read(System.Text.Encoding.UTF8.GetBytes(Samples.Patient(id).ToJsonString())).Value;
        return (await preparation.WriteAsync(document.Root, Tenant.Default, id, expected: 0, fresh: false, map: null, CancellationToken.None)).Value;
    }

    // What a resource of valid FHIR must never lead to: text that PostgreSQL refuses, that its driver cannot write, a code system nobody knows.
    private void Poison(PendingWrite write, string poison)
    {
        var parameter = server.Get<SearchParameterSet>().Find("Patient", poison == "system" ? "identifier" : "family")!;
        var number = server.Get<Catalog>().Number(parameter);
        switch (poison)
        {
            case "nul":
                write.Strings.Add(new IndexedString(number, "a\0b", "a\0b"));
                break;
            case "half":
                write.Strings.Add(new IndexedString(number, "a\ud800b", "a\ud800b"));
                break;
            default:
                write.Values.Quantities.Add(new QuantityValue(parameter, 1, 1, "http://never-learned", "x", null));
                break;
        }
    }

    private static JsonObject Counter(int value) => Samples.Resource(
        $$"""{"resourceType":"Basic","id":"counter","code":{"text":"x"},"extension":[{"url":"http://example.org/n","valueInteger":{{value}} }]}""");
}
