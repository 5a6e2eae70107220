using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Bundles;

public sealed class TransactionTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const string A = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";
    private const string B = "urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059";
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Names_of_the_bundle_become_ids_everywhere()
    {
        var observation = Samples.Observation(subject: A);
        observation["hasMember"] = new JsonArray(new JsonObject { ["reference"] = B });
        observation["contained"] = JsonNode.Parse($$"""[{"resourceType":"Provenance","id":"c","target":[{"reference":"{{A}}"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"reference":"{{A}}"} }]}]""");
        observation["note"] = JsonNode.Parse($$"""[{"authorReference":{"reference":"{{A}}"},"text":"{{A}} in text stays"}]""");
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("POST", "Observation", observation),
            Samples.Entry("POST", "Patient", Samples.Patient(family: "Bundled"), A),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: A), B)));

        Assert.Equal((200, "transaction-response"), (answer.Status, (string?)answer.Json["type"]));
        var locations = answer.Entries.Select(e => (string)e["response"]!["location"]!).ToList();
        Assert.Equal(["Observation", "Patient", "Observation"], locations.Select(l => l.Split('/')[0]));
        var stored = (await fhir.GetAsync(locations[0])).Json;
        var patient = string.Join('/', locations[1].Split('/')[..2]);
        Assert.Equal(patient, (string?)stored["subject"]!["reference"]);
        Assert.Equal(string.Join('/', locations[2].Split('/')[..2]), (string?)stored["hasMember"]![0]!["reference"]);
        Assert.Equal(patient, (string?)stored["contained"]![0]!["target"]![0]!["reference"]);
        Assert.Equal($"{A} in text stays", (string?)stored["note"]![0]!["text"]);
        Assert.Equal(2, (await fhir.IdsAsync($"Observation?subject={patient}")).Count);
    }

    [Fact]
    public async Task Names_lead_to_updated_resources_too()
    {
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("PUT", "Patient/named", Samples.Patient("named"), "http://elsewhere.org/fhir/Patient/77"),
            Samples.Entry("PUT", "Observation/named", Samples.Observation("named", "http://elsewhere.org/fhir/Patient/77"))));

        Assert.Equal(200, answer.Status);
        Assert.Equal("Patient/named", (string?)(await fhir.GetAsync("Observation/named")).Json["subject"]!["reference"]);
    }

    [Fact]
    public async Task A_relative_reference_means_the_entry_at_the_same_base_first()
    {
        await fhir.StoreAsync(Samples.Patient("77", "Somebodyelse"));
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("POST", "Patient", Samples.Patient("77"), "http://elsewhere.org/fhir/Patient/77"),
            Samples.Entry("POST", "Observation", Samples.Observation("5", "Patient/77"), "http://elsewhere.org/fhir/Observation/5"),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "Patient/77"), A)));

        Assert.Equal(200, answer.Status);
        var places = answer.Entries.Select(e => string.Join('/', ((string)e["response"]!["location"]!).Split('/')[..2])).ToList();
        Assert.Equal(places[0], (string?)(await fhir.GetAsync(places[1])).Json["subject"]!["reference"]);
        Assert.Equal("Patient/77", (string?)(await fhir.GetAsync(places[2])).Json["subject"]!["reference"]);
    }

    [Fact]
    public async Task Conditional_references_are_resolved_to_the_one_match()
    {
        var practitioner = Samples.Resource("""{"resourceType":"Practitioner","id":"dr","identifier":[{"system":"http://npi","value":"n|1"}]}""");
        await fhir.StoreAsync(practitioner);
        var observation = Samples.Observation("conditional");
        observation["performer"] = new JsonArray(new JsonObject { ["reference"] = "Practitioner?identifier=http://npi|n\\|1" });
        var answer = await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Observation/conditional", observation)));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal("Practitioner/dr", (string?)(await fhir.GetAsync("Observation/conditional")).Json["performer"]![0]!["reference"]);
    }

    [Theory]
    [InlineData("Practitioner?identifier=none-such", 412)]
    [InlineData("Practitioner?identifier=twice", 412)]
    [InlineData("Practitioner?nonsense=1", 400)]
    [InlineData("Nonsense?identifier=1", 400)]
    [InlineData("urn:uuid:00000000-0000-0000-0000-000000000001", 400)]
    public async Task A_reference_that_leads_nowhere_is_named_and_nothing_is_stored(string reference, int status)
    {
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Practitioner","id":"t1","identifier":[{"value":"twice"}]}"""));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Practitioner","id":"t2","identifier":[{"value":"twice"}]}"""));
        var head = await server.HeadAsync();
        var observation = Samples.Observation();
        observation["performer"] = new JsonArray(new JsonObject { ["reference"] = reference });
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction", Samples.Entry("POST", "Patient", Samples.Patient()), Samples.Entry("POST", "Observation", observation)));

        answer.Refused(status, "Bundle.entry[1].resource");
        Assert.Contains("performer[0].reference", answer.Problems, StringComparison.Ordinal);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task Writes_deletes_and_reads_go_together_in_the_order_of_the_bundle()
    {
        await fhir.StoreAsync(Samples.Patient("old"));
        await fhir.StoreAsync(Samples.Patient("upd", "Before"));
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("GET", "Patient/upd"),
            Samples.Entry("DELETE", "Patient/old"),
            Samples.Entry("PUT", "Patient/upd", Samples.Patient("upd", "After")),
            Samples.Entry("POST", "Patient", Samples.Patient()),
            Samples.Entry("DELETE", "Patient/never-there"),
            Samples.Entry("GET", "Patient?_id=upd,old")));

        Assert.Equal(["200", "204", "200", "201", "204", "200"], answer.Entries.Select(e => ((string)e["response"]!["status"]!)[..3]));
        var entries = answer.Entries.ToList();
        Assert.Equal("After", (string?)entries[0]["resource"]!["name"]![0]!["family"]);
        Assert.Equal(["upd"], entries[5]["resource"]!["entry"]!.AsArray().Select(e => (string?)e!["resource"]!["id"]));
    }

    [Fact]
    public async Task A_resource_that_comes_back_is_created_anew()
    {
        await fhir.StoreAsync(Samples.Patient("again"));
        await fhir.DeleteAsync("Patient/again");
        var answer = await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient/again", Samples.Patient("again"))));
        Assert.Equal(("201 Created", "W/\"3\""), ((string?)answer.Entries.Single()["response"]!["status"], (string?)answer.Entries.Single()["response"]!["etag"]));
    }

    [Fact]
    public async Task Any_failing_entry_keeps_all_of_it_out()
    {
        await fhir.StoreAsync(Samples.Patient("stays"));
        var ok = Samples.Entry("POST", "Patient", Samples.Patient(family: "Halfdone"));
        var match = Samples.Entry("PUT", "Patient/stays", Samples.Patient("stays"));
        match["request"]!["ifMatch"] = "W/\"9\"";
        var none = Samples.Entry("PUT", "Patient/stays", Samples.Patient("stays"));
        none["request"]!["ifNoneMatch"] = "*";
        var head = await server.HeadAsync();
        foreach (var (wrong, status) in new[]
        {
            (Samples.Entry("POST", "Patient", Samples.Resource("""{"resourceType":"Patient","gender":"nonsense"}""")), 400),
            (Samples.Entry("POST", "Patient"), 400),
            (Samples.Entry("DELETE", "Patient"), 400),
            (Samples.Entry("DELETE", "Patient?nope=x"), 400),
            (Samples.Entry("PUT", "Patient/a", Samples.Patient("b")), 400),
            (Samples.Entry("POST", "Observation", Samples.Patient()), 400),
            (match, 412),
            (none, 412),
        })
        {
            (await fhir.BundleAsync(Samples.Bundle("transaction", ok.DeepClone().AsObject(), wrong))).Refused(status, "entry[1]");
            (await fhir.BundleAsync(Samples.Bundle("transaction", wrong.DeepClone().AsObject(), ok.DeepClone().AsObject()))).Refused(status, "entry[0]");
        }

        Assert.Equal(head, await server.HeadAsync());
        Assert.Empty(await fhir.IdsAsync("Patient?family=halfdone"));
    }

    [Fact]
    public async Task Two_writes_to_one_resource_and_two_equal_names_are_refused()
    {
        var head = await server.HeadAsync();
        (await fhir.BundleAsync(Samples.Bundle(
            "transaction", Samples.Entry("PUT", "Patient/d", Samples.Patient("d")), Samples.Entry("DELETE", "Patient/d")))).Refused(400, "Bundle.entry[1]");
        (await fhir.BundleAsync(Samples.Bundle(
            "transaction", Samples.Entry("POST", "Patient", Samples.Patient(), A), Samples.Entry("POST", "Patient", Samples.Patient(), A)))).Refused(400, "Bundle.entry[1]");
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task All_writes_of_a_transaction_stand_together_in_the_log()
    {
        var writers = Enumerable.Range(0, 6).Select(async n =>
        {
            var entries = Enumerable.Range(0, 40).Select(i => Samples.Entry("PUT", $"Patient/tx-{n}-{i}", Samples.Patient($"tx-{n}-{i}"))).ToArray();
            Assert.Equal(200, (await fhir.BundleAsync(Samples.Bundle("transaction", entries))).Status);
        });
        await Task.WhenAll(writers);

        var spans = await server.ScalarAsync<long>(
            "select count(*) from (select max(position) - min(position) as span from records.log where id like 'tx-%' group by split_part(id, '-', 2)) s where span <> 39");
        Assert.Equal(0, spans);
    }
}
