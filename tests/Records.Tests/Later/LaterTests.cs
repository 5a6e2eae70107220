using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Later;

/// <summary><c>Prefer: respond-async</c> on what only reads.</summary>
public sealed class LaterTests(LaterServer server) : IClassFixture<LaterServer>
{
    private static readonly (string, string) Preference = ("Prefer", "respond-async");
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("Observation?code=later&_count=2&_sort=-_lastUpdated")]
    [InlineData("Patient/later/Observation?_count=2")]
    [InlineData("Patient/later/*?_count=2")]
    [InlineData("Patient/later/$everything?_count=3")]
    [InlineData("Observation/later-1/_history")]
    [InlineData("Observation?_summary=count&code:missing=false")]
    public async Task The_answer_is_in_a_batch_response_and_its_links_work(string path)
    {
        await StoreAsync();
        var now = (await fhir.SearchAsync(path)).Json;
        var begun = await fhir.GetAsync(path, Preference);
        Assert.Equal((202, "respond-async"), (begun.Status, string.Join("", begun.Headers.GetValues("Preference-Applied"))));
        var entry = Assert.Single((await EndAsync(begun)).AsArray())!;
        Assert.Equal("200 OK", (string)entry["response"]!["status"]!);
        Assert.Equal(Entries(now), Entries(entry["resource"]!));
        Assert.Equal(Links(now), Links(entry["resource"]!));
        foreach (var link in Links(entry["resource"]!))
        {
            await fhir.SearchAsync(link);
        }
    }

    [Fact]
    public async Task A_search_by_post_and_a_batch_of_reads_are_answered_later_too()
    {
        await StoreAsync();
        using var form = new StringContent("code=later&_count=2", Encoding.UTF8, "application/x-www-form-urlencoded");
        var posted = await EndAsync(await fhir.SendAsync(HttpMethod.Post, "Observation/_search", form, Preference));
        Assert.Equal(2, posted[0]!["resource"]!["entry"]!.AsArray().Count);
        var batch = Samples.Bundle("batch", Samples.Entry("GET", "Patient/later"), Samples.Entry("GET", "Patient/nobody"), Samples.Entry("GET", "Observation?nonsense=1"));
        var entries = await EndAsync(await fhir.BundleAsync(batch, Preference));
        Assert.Equal(["200", "404", "400"], entries.AsArray().Select(e => ((string)e!["response"]!["status"]!)[..3]));
        Assert.Contains("nonsense", (string)entries[2]!["response"]!["outcome"]!["issue"]![0]!["diagnostics"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_writes_or_is_quick_is_answered_at_once()
    {
        await StoreAsync();
        Assert.Equal(200, (await fhir.GetAsync("Patient/later", Preference)).Status);
        Assert.Equal(200, (await fhir.GetAsync("metadata", Preference)).Status);
        Assert.Equal(200, (await fhir.PutAsync(Samples.Patient("later"), Preference)).Status);
        Assert.Equal(200, (await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("PUT", "Patient/later", Samples.Patient("later"))), Preference)).Status);
        Assert.Equal(200, (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("GET", "Patient/later")), Preference)).Status);
        (await fhir.GetAsync("Nonsense?x=1", Preference)).Refused(404);
    }

    [Fact]
    public async Task The_answer_comes_in_xml_too_is_removed_and_expires()
    {
        await StoreAsync();
        var begun = await fhir.GetAsync("Observation?code=later", Preference);
        await EndAsync(begun);
        var location = begun.ContentHeaders.ContentLocation!.ToString();
        var xml = await fhir.GetAsync(location, ("Accept", "application/fhir+xml"));
        Assert.StartsWith("<Bundle", xml.Text[xml.Text.IndexOf("<Bundle", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.NotNull(xml.ContentHeaders.Expires);
        (await fhir.GetAsync($"{location}/result.json")).Refused(404);
        Assert.Equal(202, (await fhir.DeleteAsync(location)).Status);
        (await fhir.GetAsync(location)).Refused(404);
        await Eventually.TrueAsync(() => !Directory.Exists(Path.Combine(server.Folder, "request", location.Split('/')[^1])));
        begun = await fhir.GetAsync("Observation?code=later", Preference);
        await EndAsync(begun);
        location = begun.ContentHeaders.ContentLocation!.ToString();
        await server.ScalarAsync<string>($"update records.job set expires_at = created_at where id = '{location.Split('/')[^1]}' returning id");
        (await fhir.GetAsync(location)).Refused(404, "expired");
    }

    private async Task StoreAsync()
    {
        await fhir.StoreAsync(Samples.Patient("later"));
        for (var i = 0; i < 5; i++)
        {
            await fhir.StoreAsync(Samples.Observation($"later-{i}", "Patient/later", "later"));
        }
    }

    private async Task<JsonNode> EndAsync(Answer begun)
    {
        Assert.True(begun.Status == 202, begun.ToString());
        Answer? answer = null;
        await Eventually.TrueAsync(async () => (answer = await fhir.GetAsync(begun.ContentHeaders.ContentLocation!.ToString())).Status != 202, 60);
        Assert.True(answer!.Status == 200, answer.ToString());
        Assert.Equal("batch-response", (string)answer.Json["type"]!);
        return answer.Json["entry"]!;
    }

    private static List<string> Entries(JsonNode bundle) => [.. bundle["entry"]?.AsArray().Select(e => e!["resource"]!.ToJsonString()) ?? [], $"{bundle["total"]}"];

    private static List<string> Links(JsonNode bundle) => [.. bundle["link"]?.AsArray().Select(l => (string)l!["url"]!) ?? []];
}

/// <summary>A server with a folder for results.</summary>
public sealed class LaterServer : RecordServer, IDisposable
{
    private readonly TestFolder folder = new();

    internal string Folder => folder["objects"];

    public void Dispose() => folder.Dispose();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Objects", Folder)];
}
