using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Sealing.SealedRecord;

namespace Salus.Records.Tests.Sealing;

/// <summary>Sealed values from outside: served as they came, found as a whole, nowhere in the database.</summary>
public sealed class SealedSearchTests : IAsyncLifetime
{
    private SealedRecord record = null!;

    private FhirClient Fhir => record.Fhir;

    public async Task InitializeAsync() => record = await StartAsync(("Sealed:Paths", "Patient.telecom.value"), ("Content", "true"));

    public async Task DisposeAsync() => await record.DisposeAsync();

    [Fact]
    public async Task The_plain_value_is_served_and_is_nowhere_in_the_database()
    {
        var stored = await Fhir.StoreAsync(Patient("nowhere", "100-20-3001"));
        Assert.Equal("100-20-3001", (string?)stored.Json["identifier"]![1]!["value"]);
        var read = await Fhir.GetAsync("Patient/nowhere");
        Assert.Equal(stored.Text, read.Text);
        Assert.Equal("m-nowhere", (string?)read.Json["identifier"]![0]!["value"]);
        Assert.Equal("555-nowhere", (string?)read.Json["telecom"]![0]!["value"]);

        Assert.Empty(await record.PlacesOfAsync("100-20-3001"));
        Assert.Empty(await record.PlacesOfAsync("555-nowhere"));
        // The search itself can find: what is not sealed is there.
        Assert.Contains("records.log.body", await record.PlacesOfAsync("m-nowhere"));
        Assert.Contains("records.current.exact", await record.PlacesOfAsync("m-nowhere"));
    }

    [Theory]
    [InlineData("identifier=http://hl7.org/fhir/sid/us-ssn|100-20-3002")]
    [InlineData("identifier=100-20-3002")]
    [InlineData("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|100-20-3002")]
    [InlineData("_filter=identifier eq http://hl7.org/fhir/sid/us-ssn|100-20-3002")]
    [InlineData("phone=555-found")]
    [InlineData("identifier=http://hospital.example/mrn|m-found&telecom=555-found")]
    public async Task A_sealed_value_is_found_as_a_whole(string query)
    {
        await Fhir.StoreAsync(Patient("found", "100-20-3002"));
        await Fhir.StoreAsync(Patient("other", "100-20-3009"));
        Assert.Equal(["found"], await Fhir.IdsAsync($"Patient?{query}"));
        Assert.Equal("100-20-3002", (string?)(await Fhir.SearchAsync($"Patient?{query}")).Json["entry"]![0]!["resource"]!["identifier"]![1]!["value"]);
    }

    [Theory]
    [InlineData("identifier=100-20")]
    [InlineData("identifier=http://hospital.example/mrn|100-20-3003")]
    [InlineData("_content=3003")]
    [InlineData("identifier=~sealed~1~")]
    public async Task A_part_of_it_or_another_system_finds_nothing(string query)
    {
        await Fhir.StoreAsync(Patient("hidden", "100-20-3003"));
        Assert.Empty(await Fhir.IdsAsync($"Patient?_id=hidden&{query}"));
    }

    [Fact]
    public async Task Not_equal_and_not_leave_out_the_sealed_value()
    {
        await Fhir.StoreAsync(Patient("not", "100-20-3004"));
        Assert.Empty(await Fhir.IdsAsync($"Patient?_id=not&identifier:not={Ssn}|100-20-3004"));
        Assert.Equal(["not"], await Fhir.IdsAsync($"Patient?_id=not&identifier:not={Ssn}|100-20-3005"));
        // It has another identifier too.
        Assert.Equal(["not"], await Fhir.IdsAsync($"Patient?_id=not&_filter=identifier ne {Ssn}|100-20-3004"));
    }

    [Fact]
    public async Task References_by_identifier_and_chains_find_it()
    {
        await Fhir.StoreAsync(Patient("chained", "100-20-3006"));
        await Fhir.StoreAsync(JsonNode.Parse(
            $$$"""
            {"resourceType":"Observation","id":"chain","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/chained"},
             "performer":[{"identifier":{"system":"{{{Ssn}}}","value":"100-20-3007"}}]}
            """)!);
        Assert.Equal(["chain"], await Fhir.IdsAsync($"Observation?subject:Patient.identifier={Ssn}|100-20-3006"));
        Assert.Equal(["chain"], await Fhir.IdsAsync($"Observation?performer:identifier={Ssn}|100-20-3007"));
        Assert.Equal(["chained"], await Fhir.IdsAsync("Patient?_has:Observation:subject:performer:identifier=100-20-3007&_id=chained"));
        var page = await Fhir.SearchAsync("Observation?_id=chain&_include=Observation:subject");
        Assert.Equal("100-20-3006", (string?)page.Json["entry"]![1]!["resource"]!["identifier"]![1]!["value"]);
        Assert.Empty(await record.PlacesOfAsync("100-20-3007"));
    }

    [Fact]
    public async Task Conditional_creates_and_bundles_find_it()
    {
        var condition = ("If-None-Exist", $"identifier={Ssn}|100-20-3010");
        var patient = Patient("x", "100-20-3010", "conditional");
        patient.Remove("id");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Fhir.PostAsync(patient.DeepClone(), condition)));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers, a => Assert.True(a.Status is 200 or 201, a.ToString()));
        Assert.All(answers, a => Assert.Equal("100-20-3010", (string?)a.Json["identifier"]![1]!["value"]));
        var id = (string)answers[0].Json["id"]!;

        var bundle = JsonNode.Parse(
            $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient?identifier={{{Ssn}}}|100-20-3010"}},"request":{"method":"POST","url":"Observation"}},
              {"resource":{"resourceType":"Patient","identifier":[{"system":"{{{Ssn}}}","value":"100-20-3010"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier={{{Ssn}}}|100-20-3010"}}]}
            """)!;
        var done = await Fhir.BundleAsync(bundle, ("Prefer", "return=representation"));
        Assert.True(done.Status == 200, done.ToString());
        Assert.Equal($"Patient/{id}", (string?)done.Json["entry"]![0]!["resource"]!["subject"]!["reference"]);
        Assert.Single(await Fhir.IdsAsync($"Patient?identifier={Ssn}|100-20-3010"));

        var put = Patient("x", "100-20-3010", "again");
        put.Remove("id");
        var updated = await Fhir.SendAsync(HttpMethod.Put, $"Patient?identifier={Ssn}|100-20-3010", new StringContent(put.ToJsonString(), Encoding.UTF8, "application/fhir+json"));
        Assert.True(updated.Status == 200, updated.ToString());
        Assert.Equal(id, (string?)updated.Json["id"]);
    }

    [Fact]
    public async Task History_patch_shapes_and_escapes_keep_the_value()
    {
        var patient = Patient("patched", "100-20-3011");
        patient["identifier"]![1]!["value"] = "Ünï \"1\" \\ 2";
        await Fhir.StoreAsync(patient);
        var patch = new StringContent("""[{"op":"test","path":"/identifier/1/value","value":"Ünï \"1\" \\ 2"},{"op":"replace","path":"/name/0/family","value":"Other"}]""", Encoding.UTF8, "application/json-patch+json");
        var patched = await Fhir.SendAsync(HttpMethod.Patch, "Patient/patched", patch);
        Assert.True(patched.Status == 200, patched.ToString());
        Assert.Equal("Ünï \"1\" \\ 2", (string?)patched.Json["identifier"]![1]!["value"]);
        foreach (var path in new[] { "Patient/patched/_history", "Patient/_history?_count=2", "Patient/patched/$everything" })
        {
            var answer = await Fhir.GetAsync(path);
            Assert.Equal("Ünï \"1\" \\ 2", (string?)answer.Json["entry"]![0]!["resource"]!["identifier"]![1]!["value"]);
        }

        Assert.Equal("Ünï \"1\" \\ 2", (string?)(await Fhir.GetAsync("Patient/patched/_history/1")).Json["identifier"]![1]!["value"]);
        Assert.Equal("Ünï \"1\" \\ 2", (string?)(await Fhir.GetAsync("Patient/patched?_elements=identifier")).Json["identifier"]![1]!["value"]);
        Assert.Equal(["patched"], await Fhir.IdsAsync($"Patient?identifier={Uri.EscapeDataString("Ünï \"1\" \\\\ 2")}"));
    }

    [Theory]
    [InlineData("~sealed~1~k1~hash~AAAA")]
    [InlineData("\\u007esealed~1~k1~hash~AAAA")]
    public async Task A_text_that_looks_like_a_sealed_one_is_refused(string forged)
    {
        foreach (var body in new[]
        {
            Patient("forged", "1").ToJsonString().Replace("\"1\"", $"\"{forged}\"", StringComparison.Ordinal),
            Patient("forged", "1").ToJsonString().Replace("\"Sealed\"", $"\"{forged}\"", StringComparison.Ordinal),
        })
        {
            var answer = await Fhir.SendAsync(HttpMethod.Put, "Patient/forged", new StringContent(body, Encoding.UTF8, "application/fhir+json"));
            Assert.True(answer.Status == 422, answer.ToString());
            Assert.Contains("may not begin with '~sealed~1~'", answer.Text, StringComparison.Ordinal);
        }

        // Elsewhere than at the beginning it is text as any other.
        await Fhir.StoreAsync(JsonNode.Parse(Patient("unforged", "2").ToJsonString().Replace("Sealed", "a ~sealed~1~ and \\\"~sealed~1~x", StringComparison.Ordinal))!);
        Assert.Equal("a ~sealed~1~ and \"~sealed~1~x", (string?)(await Fhir.GetAsync("Patient/unforged")).Json["name"]![0]!["family"]);
    }

    [Fact]
    public async Task Views_have_the_hash_and_runs_the_value()
    {
        await Fhir.StoreAsync(Patient("viewed", "100-20-3012"));
        await Fhir.StoreAsync(Patient("viewed2", "100-20-3012"));
        var view = JsonNode.Parse(
            """
            {"resourceType":"ViewDefinition","id":"sealedview","name":"sealedview","status":"active","resource":"Patient",
             "select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"ssn","path":"identifier.where(system='http://hl7.org/fhir/sid/us-ssn').value.first()"}]}]}
            """)!;
        Assert.True((await Fhir.PutAsync(view)).Status is 200 or 201);
        await Eventually.TrueAsync(async () => await record.ScalarAsync<long>("select count(*) from pg_views where schemaname = 'views' and viewname = 'sealedview'") == 1);
        Assert.Equal(1, await record.ScalarAsync<long>("select count(distinct ssn) from views.sealedview where id like '%viewed%' and ssn like 'sealed:%'"));
        Assert.Empty(await record.PlacesOfAsync("100-20-3012"));
        var run = await Fhir.GetAsync("ViewDefinition/sealedview/$run?_format=ndjson");
        Assert.Contains("100-20-3012", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exports_the_feed_and_searches_of_everything_have_the_value()
    {
        await Fhir.StoreAsync(Patient("exported", "100-20-3020"));
        var asked = await Fhir.GetAsync("Patient/$export?_type=Patient", ("Prefer", "respond-async"));
        Assert.True(asked.Status == 202, asked.ToString());
        var status = asked.ContentHeaders.TryGetValues("Content-Location", out var values) ? values.Single() : asked.Headers.GetValues("Content-Location").Single();
        Answer done = asked;
        await Eventually.TrueAsync(async () => (done = await Fhir.GetAsync(status)).Status == 200);
        var file = await Fhir.GetAsync((string)done.Json["output"]![0]!["url"]!);
        Assert.Contains("100-20-3020", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("~sealed~", file.Text, StringComparison.Ordinal);

        await using var connection = await record.Source.OpenConnectionAsync();
        var events = await record.Get<Records.Feed.ChangeFeed>().ReadAsync(0, 100, types: null, connection, default);
        Assert.Contains("100-20-3020", Encoding.UTF8.GetString(events.Single(e => e.Id == "exported").Body.Span), StringComparison.Ordinal);
        var all = await Fhir.SearchAsync("?_type=Patient,Observation&_id=exported");
        Assert.Equal("100-20-3020", (string?)all.Json["entry"]![0]!["resource"]!["identifier"]![1]!["value"]);
        Assert.Empty(await record.PlacesOfAsync("100-20-3020"));
    }

    [Fact]
    public async Task The_check_finds_nothing_wrong_and_opens_every_version()
    {
        await Fhir.StoreAsync(Patient("checked", "100-20-3013"));
        await Fhir.StoreAsync(Patient("checked", "100-20-3014"));
        var report = await record.CheckAsync();
        Assert.True(report.Clean, string.Join('\n', report.Differences));
    }
}
