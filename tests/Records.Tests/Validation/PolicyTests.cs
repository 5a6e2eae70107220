using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Validation;

/// <summary>What is checked before a resource is stored, alone and in a bundle, and what is kept of that.</summary>
public sealed class PolicyTests(PolicyTests.Server server) : IClassFixture<PolicyTests.Server>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_single_write_is_checked_against_the_profile_that_it_claims()
    {
        (await fhir.PutAsync(Claiming("one"))).Refused(400, "Named patient");
        await fhir.StoreAsync(Claiming("one", 2));
        Assert.Equal(["Full"], await CheckedAsync("one"));
    }

    [Fact]
    public async Task A_bundle_is_checked_against_structure_and_invariants()
    {
        var stored = await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient/two", Claiming("two"))));
        Assert.True(stored.Status == 200, stored.ToString());
        var batch = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("PUT", "Patient/two", Claiming("two", birthDate: "1980-01-02"))));
        Assert.Equal("200 OK", ((string?)batch.Entries.Single()["response"]!["status"])![..6]);
        Assert.Equal(["Invariants", "Invariants"], await CheckedAsync("two"));
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient/two", Broken("two"))))).Refused(400, "pat-1");
        var refused = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("PUT", "Patient/two", Broken("two"))));
        Assert.StartsWith("400", (string?)refused.Entries.Single()["response"]!["status"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_invariant_refuses_a_single_write_with_its_name_and_place()
    {
        var answer = await fhir.PutAsync(Broken("three"));
        answer.Refused(400, "pat-1");
        Assert.Equal(("invariant", "Patient.contact[0]"), ((string?)answer.Json["issue"]![0]!["code"], (string?)answer.Json["issue"]![0]!["expression"]![0]));
    }

    [Fact]
    public async Task A_profile_that_is_not_loaded_refuses_nothing()
    {
        var patient = Samples.Patient("four");
        patient["meta"] = new JsonObject { ["profile"] = new JsonArray("http://example.org/unknown") };
        await fhir.StoreAsync(patient);
    }

    [Fact]
    public async Task What_is_served_does_not_tell_how_it_was_checked()
    {
        var stored = await fhir.StoreAsync(Samples.Patient("five"));
        Assert.Equal(["lastUpdated", "versionId"], stored.Json["meta"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Loaded_profiles_stand_in_the_CapabilityStatement()
    {
        var resources = (await fhir.GetAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray();
        Assert.Equal([TestPackage.Profile], resources.Single(r => (string?)r!["type"] == "Patient")!["supportedProfile"]!.AsArray().Select(p => (string)p!));
        Assert.Null(resources.Single(r => (string?)r!["type"] == "Encounter")!["supportedProfile"]);
    }

    [Fact]
    public async Task What_is_not_there_has_no_mark()
    {
        using var http = new HttpClient();
        Assert.Equal(404, (int)(await http.GetAsync(new Uri(server.Address, "/admin/records/Patient/nobody/validation"))).StatusCode);
        Assert.Equal(404, (int)(await http.GetAsync(new Uri(server.Address, "/admin/records/Nonsense/x/validation"))).StatusCode);
    }

    private static JsonObject Claiming(string id, int names = 1, string birthDate = "1980-05-17")
    {
        var patient = Samples.Patient(id, birthDate: birthDate);
        patient["meta"] = new JsonObject { ["profile"] = new JsonArray(TestPackage.Profile) };
        for (var i = 1; i < names; i++)
        {
            patient["name"]!.AsArray().Add(new JsonObject { ["text"] = "another" });
        }

        return patient;
    }

    private static JsonObject Broken(string id)
    {
        var patient = Samples.Patient(id);
        patient["contact"] = new JsonArray(new JsonObject { ["gender"] = "male" });
        return patient;
    }

    private async Task<List<string>> CheckedAsync(string id)
    {
        using var http = new HttpClient();
        var json = JsonNode.Parse(await http.GetStringAsync(new Uri(server.Address, $"/admin/records/Patient/{id}/validation")))!;
        return [.. json["versions"]!.AsArray().Select(v => (string)v!["validation"]!)];
    }

    public sealed class Server : RecordServer, IAsyncLifetime
    {
        private readonly string folder = Directory.CreateTempSubdirectory(TestFolder.Prefix).FullName;

        async Task IAsyncLifetime.DisposeAsync()
        {
            await DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        protected override IEnumerable<KeyValuePair<string, string?>> Settings
        {
            get
            {
                TestPackage.Write(folder);
                File.WriteAllText(Path.Combine(folder, "nonsense.tgz"), "nonsense");
                return [new("Salus:Records:Packages", folder)];
            }
        }
    }
}
