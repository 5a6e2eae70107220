using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Search;

/// <summary><c>_content</c>: off, turned on over a filled record, off again.</summary>
public sealed class WholeContentTests(StructuralServer server) : IClassFixture<StructuralServer>
{
    private static readonly KeyValuePair<string, string?>[] On = [new("Salus:Records:Content", "true"), new("Salus:Records:Validation", "Structural")];

    [Fact]
    public async Task It_is_off_until_it_is_turned_on_and_answers_when_everything_is_indexed()
    {
        await server.Fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/secret-id","display":"Frau Ähren"},"code":{"text":"Bronchitis (akut)","coding":[{"system":"http://words.example","code":"J20.9","display":"Acute bronchitis"}]},
             "note":[{"text":"Seit **gestern** Husten"}],"recordedDate":"2026-01-02","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>Narrative</b></div>"},
             "contained":[{"resourceType":"Practitioner","id":"p","name":[{"family":"Inwendig"}]}]}
            """));
        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/x"},"code":{"text":"acute bronchitis, chronic cough"}}"""));
        await server.Fhir.StoreAsync(Samples.Patient("p1", family: "Husten"));
        (await server.Fhir.GetAsync("Condition?_content=husten")).Refused(400, "Salus:Records:Content");
        Assert.DoesNotContain("_content", (await server.Fhir.GetAsync("metadata")).Text, StringComparison.Ordinal);

        await using (var process = await RecordServer.StartAsync(server.ConnectionString, On))
        {
            using var fhir = new FhirClient(new Uri(process.Urls.First()));
            await Eventually.TrueAsync(async () =>
            {
                var answers = new[] { await fhir.GetAsync("Condition?_content=husten"), await fhir.GetAsync("Patient?_content=husten") };
                Assert.All(answers, a => Assert.True(a.Status is 200 or 503, a.ToString()));
                Assert.All(answers.Where(a => a.Status == 503), a => a.Refused(503, "is being indexed"));
                return answers.All(a => a.Status == 200);
            });
            // What the first process writes from now on is found too, though it was started without.
            await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Condition","id":"c3","subject":{"reference":"Patient/x"},"code":{"text":"Heuschnupfen"}}"""));
            foreach (var (query, found) in new[]
            {
                ("husten", "c1"), ("ahren", "c1"), ("BRONCHITIS", "c1 c2"), ("\"acute bronchitis\"", "c1 c2"), ("bronchitis -chronic", "c1"), ("J20.9", "c1"), ("narrative", "c1"), ("inwendig", "c1"), ("secret", ""), ("\"Patient/secret-id\"", ""), ("words.example", ""),
                ("2026", ""), ("practitioner", ""), ("xhtml", ""), ("heuschnupfen", "c3"), ("bronch", ""), ("gestern,cough", "c1 c2"),
            })
            {
                Assert.Equal(found, string.Join(' ', (await fhir.IdsAsync($"Condition?_content={Uri.EscapeDataString(query)}")).Order(StringComparer.Ordinal)));
            }

            Assert.Equal(["c1"], await fhir.IdsAsync("Condition?_text=narrative"));
            Assert.Empty(await fhir.IdsAsync("Condition?_text=husten"));
            Assert.Equal(["p1"], await fhir.IdsAsync("Patient?_filter=_content co husten and gender eq female"));
            await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/x"},"code":{"text":"healthy"}}"""));
            Assert.Equal(["c1"], await fhir.IdsAsync("Condition?_content=bronchitis"));
            await CheckAsync();
            Assert.Contains("_content", (await fhir.GetAsync("metadata")).Text, StringComparison.Ordinal);
        }

        await using (var plain = await RecordServer.StartAsync(server.ConnectionString, [new("Salus:Records:Content", "false")]))
        {
            using var fhir = new FhirClient(new Uri(plain.Urls.First()));
            (await fhir.GetAsync("Condition?_content=husten")).Refused(400, "Salus:Records:Content");
            (await server.Fhir.GetAsync("Condition?_content=husten")).Refused(400, "Salus:Records:Content");
            // Its rows go, those of _text stay.
            await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select count(*) from records.parameter where code = '_content'") == 0);
            await CheckAsync();
            Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from records.index_text"));
        }

        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Condition","id":"c4","subject":{"reference":"Patient/x"},"code":{"text":"husten"}}"""));
        await using var again = await RecordServer.StartAsync(server.ConnectionString, On);
        using var last = new FhirClient(new Uri(again.Urls.First()));
        await Eventually.TrueAsync(async () => (await last.GetAsync("Condition?_content=husten")).Status == 200);
        Assert.Equal(["c1", "c4"], (await last.IdsAsync("Condition?_content=husten")).Order(StringComparer.Ordinal));
    }

    // The index is what the bodies give.
    private async Task CheckAsync()
    {
        var report = await server.Get<RecordCheck>().RunAsync(new CheckOrder { MaxDifferences = 10 }, new CheckProgress(), CancellationToken.None);
        Assert.Empty(report.Differences.Select(d => d.ToString()));
    }
}
