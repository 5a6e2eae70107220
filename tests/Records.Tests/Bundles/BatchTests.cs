using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Bundles;

public sealed class BatchTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Every_entry_has_its_own_outcome_in_its_place()
    {
        await fhir.StoreAsync(Samples.Patient("there"));
        await fhir.StoreAsync(Samples.Patient("leaving"));
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "batch",
            Samples.Entry("POST", "Patient", Samples.Patient()),
            Samples.Entry("PUT", "Patient/mine", Samples.Patient("mine")),
            Samples.Entry("POST", "Patient", Samples.Resource("""{"resourceType":"Patient","birthDate":"yesterday"}""")),
            Samples.Entry("GET", "/Patient/there"),
            Samples.Entry("GET", "Patient/nobody"),
            Samples.Entry("DELETE", "Patient/leaving"),
            Samples.Entry("PUT", "Patient/a", Samples.Patient("b")),
            Samples.Entry("GET", "Patient?_id=there"),
            Samples.Entry("GET", "Patient?nope=1"),
            Samples.Entry("PATCH", "Patient/there", Samples.Patient()),
            Samples.Entry("POST", "Nonsense", Samples.Patient())));

        Assert.Equal((200, "batch-response"), (answer.Status, (string?)answer.Json["type"]));
        Assert.Equal(["201", "201", "400", "200", "404", "204", "400", "200", "400", "400", "400"], answer.Entries.Select(e => ((string)e["response"]!["status"]!)[..3]));
        var entries = answer.Entries.ToList();
        Assert.StartsWith("Patient/mine/_history/1", (string)entries[1]["response"]!["location"]!, StringComparison.Ordinal);
        Assert.Equal("W/\"1\"", (string?)entries[1]["response"]!["etag"]);
        Assert.Equal("there", (string?)entries[3]["resource"]!["id"]);
        Assert.Equal("searchset", (string?)entries[7]["resource"]!["type"]);
        foreach (var wrong in new[] { 2, 4, 6, 8, 9, 10 })
        {
            Assert.Equal("OperationOutcome", (string?)entries[wrong]["response"]!["outcome"]!["resourceType"]);
        }

        Assert.Contains("birthDate", entries[2].ToJsonString(), StringComparison.Ordinal);
        (await fhir.GetAsync("Patient/leaving")).Refused(410);
    }

    [Fact]
    public async Task Entries_on_one_resource_run_in_their_order()
    {
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "batch",
            Samples.Entry("PUT", "Patient/o", Samples.Patient("o", "A")),
            Samples.Entry("PUT", "Patient/o", Samples.Patient("o", "B")),
            Samples.Entry("DELETE", "Patient/o"),
            Samples.Entry("PUT", "Patient/o", Samples.Patient("o", "C"))));

        Assert.Equal(["W/\"1\"", "W/\"2\"", "W/\"3\"", "W/\"4\""], answer.Entries.Select(e => (string?)e["response"]!["etag"]));
        Assert.Equal("C", (string?)(await fhir.GetAsync("Patient/o")).Json["name"]![0]!["family"]);
    }

    [Fact]
    public async Task Conditions_of_entries_hold_as_headers_do()
    {
        await fhir.StoreAsync(Samples.Patient("cond"));
        var match = Samples.Entry("PUT", "Patient/cond", Samples.Patient("cond"));
        match["request"]!["ifMatch"] = "W/\"7\"";
        var none = Samples.Entry("PUT", "Patient/cond2", Samples.Patient("cond2"));
        none["request"]!["ifNoneMatch"] = "*";
        var again = none.DeepClone().AsObject();
        var answer = await fhir.BundleAsync(Samples.Bundle("batch", match, none, again));

        Assert.Equal(["412", "201", "412"], answer.Entries.Select(e => ((string)e["response"]!["status"]!)[..3]));
    }

    [Fact]
    public async Task Prefer_representation_brings_the_stored_resources()
    {
        var bundle = Samples.Bundle("batch", Samples.Entry("PUT", "Patient/rep", Samples.Patient("rep")));
        Assert.Null((await fhir.BundleAsync(bundle)).Entries.Single()["resource"]);
        Assert.Equal("rep", (string?)(await fhir.BundleAsync(bundle, ("Prefer", "return=representation"))).Entries.Single()["resource"]!["id"]);
    }

    [Fact]
    public async Task An_empty_batch_is_answered_empty()
    {
        var answer = await fhir.BundleAsync(new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch" });
        Assert.Equal((200, "batch-response"), (answer.Status, (string?)answer.Json["type"]));
        Assert.Empty(answer.Entries);
    }

    [Fact]
    public async Task A_thousand_entries_are_stored_and_found()
    {
        var entries = Enumerable.Range(0, 1000).Select(i => Samples.Entry("PUT", $"Patient/many-{i}", Samples.Patient($"many-{i}", "Thousand"))).ToArray();
        var answer = await fhir.BundleAsync(Samples.Bundle("batch", entries));
        Assert.All(answer.Entries, e => Assert.StartsWith("201", (string)e["response"]!["status"]!, StringComparison.Ordinal));
        Assert.Equal(1000, (int)(await fhir.SearchAsync("Patient?family=thousand&_summary=count")).Json["total"]!);
    }
}
