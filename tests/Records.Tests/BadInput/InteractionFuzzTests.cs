using System.Text;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.BadInput;

/// <summary>
/// Patches, bundles, XML, searches, value sets and profiles, changed at random: each is answered, and never with a failure of the server. A text that
/// fails is kept in the corpus of its kind, and runs again each time.
/// </summary>
public sealed class InteractionFuzzTests(RecordServer server) : IClassFixture<RecordServer>
{
    public static TheoryData<string> Kinds => [.. FuzzSeeds.Kinds.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Changed_texts_never_end_in_a_failure_of_the_server(string name)
    {
        var kind = FuzzSeeds.Kinds.Single(k => k.Name == name);
        await StoreAsync();
        var random = new Random(Corpus.Seed(Array.IndexOf(FuzzSeeds.Kinds, kind)));
        var done = 0;
        var rounds = Corpus.Rounds(300);
        for (var round = 0; round < rounds; round++)
        {
            var seed = kind.Seeds[random.Next(kind.Seeds.Length)];
            var bytes = kind.ContentType is not { } type || round % 3 == 0 ? Mutations.Bytes(random, Encoding.UTF8.GetBytes(seed))
                : Encoding.UTF8.GetBytes(type.Contains("xml", StringComparison.Ordinal) ? Mutations.Xml(random, seed) : Mutations.Values(random, seed));
            var text = Encoding.Latin1.GetString(bytes);
            done += await SendAsync(kind, text) is >= 200 and < 300 ? 1 : 0;
            if (round % 20 == 0)
            {
                await StoreAsync();
            }
        }

        Assert.True(done > 0, $"none of {rounds} was done: that says little");
        await NothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_unchanged_is_done(string name)
    {
        var kind = FuzzSeeds.Kinds.Single(k => k.Name == name);
        await StoreAsync();
        foreach (var seed in kind.Seeds)
        {
            var status = await SendAsync(kind, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(seed)));
            Assert.True(status is 200 or 201, $"{status}: {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_failed_once_does_not_fail_again(string name)
    {
        var kind = FuzzSeeds.Kinds.Single(k => k.Name == name);
        await StoreAsync();
        foreach (var (_, text) in CorpusOf(kind).Kept)
        {
            await SendAsync(kind, text);
        }
    }

    // No session is left in a transaction, and as many searches as before find a place.
    private async Task NothingIsLeftAsync()
    {
        await Eventually.TrueAsync(async () =>
            await server.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'") == 0);
        var searches = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => server.Fhir.GetAsync(i % 2 == 0 ? "Patient?family=fuzz" : "Patient?family:contains=uzz&_total=accurate")));
        Assert.All(searches, s => Assert.Equal(200, s.Status));
    }

    private static Corpus CorpusOf(FuzzKind kind) => new($"tests/Records.Tests/BadInput/Corpus/{kind.Name}");

    // What a request has changed or deleted is there again.
    private async Task StoreAsync()
    {
        foreach (var resource in FuzzSeeds.Resources)
        {
            await server.Fhir.StoreAsync(Samples.Resource(resource));
        }
    }

    // The text has a character for each byte, because it need not be UTF-8.
    private async Task<int> SendAsync(FuzzKind kind, string text)
    {
        var answer = kind.ContentType is { } type
            ? await server.Fhir.SendAsync(kind.Method, kind.Path, FhirClient.Json(Encoding.Latin1.GetBytes(text), type))
            : await server.Fhir.GetAsync(Query(text));
        await JudgeAsync(kind, text, answer);
        if (kind.Name == "profile" && answer.Status == 201)
        {
            // What was stored is a profile now: resources are validated against it.
            var checkedBy = await server.Fhir.SendAsync(
                HttpMethod.Post, "Observation/$validate?profile=http://example.org/fuzz-profile",
                FhirClient.Json("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"category":[{"coding":[{"code":"a"},{"system":"http://b","code":"c"}]}]}"""));
            await JudgeAsync(kind, text, checkedBy);
            await server.Fhir.DeleteAsync($"StructureDefinition/{(string)answer.Json["id"]!}");
        }

        return answer.Status;
    }

    private static string Query(string text)
    {
        var at = text.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = at < 0 ? ("Patient", text) : (text[..at], text[(at + 1)..]);
        return $"{Uri.EscapeDataString(path)}?{string.Join('&', query.Split('&').Select(p => string.Join('=', p.Split('=', 2).Select(Uri.EscapeDataString))))}";
    }

    private async Task JudgeAsync(FuzzKind kind, string text, Answer answer)
    {
        var inside = kind.Name == "bundle" && answer.Status == 200 ? answer.Entries.Select(e => (string)e["response"]!["status"]!) : [];
        if (answer.Status < 500 && inside.All(s => s[0] < '5'))
        {
            return;
        }

        Assert.Fail($"kept as {CorpusOf(kind).Keep(text)}: {text}\n{answer}\nthe server is {(await server.Fhir.GetAsync("Patient/f")).Status}");
    }
}
