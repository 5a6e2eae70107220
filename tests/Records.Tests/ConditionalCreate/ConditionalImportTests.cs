using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.ConditionalCreate.ConditionalCreateTests;

namespace Salus.Records.Tests.ConditionalCreate;

/// <summary>Bundles of files that name their shared resources by ifNoneExist.</summary>
public sealed class ConditionalImportTests : RecordServer, IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_import_of_bundles_that_share_a_doctor_stores_the_doctor_once()
    {
        Directory.CreateDirectory(folder["in"]);
        for (var i = 0; i < 20; i++)
        {
            var doctor = Samples.Resource("""{"resourceType":"Practitioner","identifier":[{"system":"http://npi","value":"7"}]}""");
            var visit = Samples.Observation(subject: $"urn:uuid:00000000-0000-4000-8000-0000000000{i:00}");
            visit["performer"] = new JsonArray(new JsonObject { ["reference"] = "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001" });
            File.WriteAllText(folder[$"in/{i:00}.json"], Samples.Bundle(
                "transaction",
                UnlessThere(doctor, "identifier=http://npi|7", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001"),
                UnlessThere(Identified($"visit-{i}"), $"identifier=http://mrn|visit-{i}", $"urn:uuid:00000000-0000-4000-8000-0000000000{i:00}"),
                Samples.Entry("POST", "Observation", visit)).ToJsonString());
        }

        using var importer = Importer.IntoServer(Address, new RecordsOptions(), TimeProvider.System);
        var order = new ImportOrder([folder["in"]]) { StateFolder = folder["state"] };
        var report = (await importer.RunAsync(order, default)).Value;
        Assert.True(report.Complete, string.Join("; ", report.Rejected.Select(r => r.Reason)));
        var observations = await Fhir.SearchAsync("Observation?_count=100");
        Assert.Equal(20, observations.Entries.Count());
        Assert.Equal($"Practitioner/{Assert.Single(await Fhir.IdsAsync("Practitioner"))}", Assert.Single(observations.Entries.Select(e => (string?)e["resource"]!["performer"]![0]!["reference"]).Distinct()));
        Assert.Equal(20, (await Fhir.IdsAsync("Patient?_count=100")).Count);

        // The same again, its notes lost, as a client would after a lost answer.
        await Fhir.BundleAsync(JsonNode.Parse(await File.ReadAllTextAsync(folder["in/00.json"]))!);
        Assert.Single(await Fhir.IdsAsync("Practitioner"));
        Assert.Equal(20, (await Fhir.IdsAsync("Patient?_count=100")).Count);
    }

    // Its condition has a '!' where a '|' belongs, so it finds nothing.
    [DataFact("r4-examples/Bundle-xds.json")]
    public async Task The_official_example_of_a_conditional_create_is_taken()
    {
        var bundle = JsonNode.Parse(await File.ReadAllTextAsync(TestData.Find("r4-examples/Bundle-xds.json")!))!;
        Assert.Equal("201 Created", Statuses(await Fhir.BundleAsync(bundle))[1]);
    }
}
