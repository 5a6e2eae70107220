using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Operations;

/// <summary>$everything and searches in a compartment, on two patients with all that belongs to them.</summary>
public sealed class EverythingTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_patient_has_its_compartment_and_what_that_refers_to_and_nothing_else()
    {
        await StoreAsync("all");
        var bundle = await fhir.SearchAsync("Patient/all-p/$everything");
        Assert.Equal(("searchset", "Patient/all-p"), ((string?)bundle.Json["type"], Names(bundle).First()));
        Assert.Equal(
            ["Condition/all-c", "Encounter/all-e", "Location/all-l", "Medication/all-m", "MedicationRequest/all-r", "Observation/all-o1", "Observation/all-o2", "Observation/all-performed", "Organization/all-org", "Patient/all-p", "Practitioner/all-d"],
            Names(bundle).Order(StringComparer.Ordinal));
        Assert.All(bundle.Entries, e => Assert.Equal("match", (string?)e["search"]!["mode"]));
        Assert.Equal(Names(bundle), Names(await fhir.SendAsync(HttpMethod.Post, "Patient/all-p/$everything", null)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task Pages_give_each_resource_once(int count)
    {
        var name = $"page{count}";
        await StoreAsync(name);
        var whole = Names(await fhir.SearchAsync($"Patient/{name}-p/$everything")).ToList();
        var seen = new List<string>();
        for (string? next = $"Patient/{name}-p/$everything?_count={count}"; next is not null;)
        {
            var page = await fhir.SearchAsync(next);
            Assert.InRange(page.Entries.Count(), 1, count);
            seen.AddRange(Names(page));
            next = page.Link("next");
            // What comes meanwhile stands in front of what is still to be read.
            await fhir.StoreAsync(Samples.Observation($"{name}-late-{seen.Count}", $"Patient/{name}-p"));
        }

        Assert.Equal(whole, seen);
    }

    [Fact]
    public async Task Types_times_and_shapes_narrow_it()
    {
        await StoreAsync("narrow");
        Assert.Equal(["Condition/narrow-c", "Observation/narrow-o1"], (await NamesAsync("Patient/narrow-p/$everything?_type=Condition,Observation&start=2025-01-01&end=2025-12-31")).Order(StringComparer.Ordinal));
        Assert.Contains("Location/narrow-l", await NamesAsync("Patient/narrow-p/$everything?_type=Location&_type=Patient"));
        var late = await NamesAsync("Patient/narrow-p/$everything?start=2026-01-01");
        Assert.Contains("Observation/narrow-o2", late);
        Assert.DoesNotContain("Observation/narrow-o1", late);
        Assert.Contains("Patient/narrow-p", late);
        Assert.DoesNotContain("Observation/narrow-o2", await NamesAsync("Patient/narrow-p/$everything?end=2025"));
        Assert.Empty(await NamesAsync("Patient/narrow-p/$everything?_since=2999-01-01"));
        var since = (string)(await fhir.GetAsync("Observation/narrow-o2")).Json["meta"]!["lastUpdated"]!;
        var changed = await NamesAsync($"Patient/narrow-p/$everything?_since={since}");
        Assert.Contains("Observation/narrow-o2", changed);
        Assert.DoesNotContain("Patient/narrow-p", changed);
        var shaped = await fhir.SearchAsync("Patient/narrow-p/$everything?_summary=true");
        Assert.All(shaped.Entries, e => Assert.Contains("SUBSETTED", e["resource"]!["meta"]!.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_encounter_has_its_compartment_its_patient_and_what_they_refer_to()
    {
        await StoreAsync("enc");
        Assert.Equal(["Condition/enc-c", "Encounter/enc-e", "Location/enc-l", "Patient/enc-p", "Practitioner/enc-d"], (await NamesAsync("Encounter/enc-e/$everything")).Order(StringComparer.Ordinal));
        (await fhir.GetAsync("Encounter/$everything")).Refused(404, "Encounter/[id]/$everything");
    }

    // http://hl7.org/fhir/R4/compartmentdefinition-encounter.html
    [Theory]
    [InlineData("RiskAssessment", 404)]
    [InlineData("Flag", 404)]
    [InlineData("DocumentManifest", 200)]
    [InlineData("ChargeItem", 200)]
    [InlineData("VisionPrescription", 200)]
    public async Task In_the_compartment_of_an_encounter_are_the_types_that_R4_puts_there(string type, int status) =>
        Assert.Equal(status, (await fhir.GetAsync($"Encounter/any/{type}")).Status);

    [Fact]
    public async Task Of_all_patients_each_page_has_what_its_resources_refer_to()
    {
        await StoreAsync("type1");
        await StoreAsync("type2");
        var (matches, included) = (new List<string>(), new HashSet<string>());
        for (string? next = "Patient/$everything?_count=3"; next is not null;)
        {
            var page = await fhir.SearchAsync(next);
            matches.AddRange(page.Entries.Where(e => (string?)e["search"]!["mode"] == "match").Select(Name));
            included.UnionWith(page.Entries.Where(e => (string?)e["search"]!["mode"] == "include").Select(Name));
            next = page.Link("next");
        }

        Assert.Equal(matches.Count, matches.Distinct().Count());
        foreach (var name in new[] { "type1", "type2" })
        {
            Assert.Equal(8, matches.Count(m => m.Contains($"/{name}-", StringComparison.Ordinal)));
            Assert.Subset(included, new HashSet<string> { $"Practitioner/{name}-d", $"Location/{name}-l", $"Medication/{name}-m", $"Organization/{name}-org" });
        }

        Assert.DoesNotContain("Observation/type1-unrelated", matches);
    }

    [Fact]
    public async Task What_is_not_there_or_not_understood_is_refused()
    {
        await StoreAsync("bad");
        (await fhir.GetAsync("Patient/nobody/$everything")).Refused(404);
        await fhir.StoreAsync(Samples.Patient("gone"));
        await fhir.DeleteAsync("Patient/gone");
        (await fhir.GetAsync("Patient/gone/$everything")).Refused(410);
        foreach (var (query, place) in new[]
        {
            ("_count=0", "_count"), ("_count=x", "_count"), ("_type=Nonsense", "_type"), ("start=yesterday", "start"), ("end=2026-13", "end"), ("_since=x", "_since"), ("_cursor=x", "_cursor"), ("nonsense=1", "nonsense"),
        })
        {
            (await fhir.GetAsync($"Patient/bad-p/$everything?{query}")).Refused(400, place);
        }
    }

    [Fact]
    public async Task A_compartment_is_searched_by_type_or_as_a_whole()
    {
        await StoreAsync("comp");
        Assert.Equal(["comp-o1"], await fhir.IdsAsync("Patient/comp-p/Observation?date=lt2026"));
        Assert.Equal(["comp-o1", "comp-o2", "comp-performed"], (await fhir.IdsAsync("Patient/comp-p/Observation?_count=1")).Order());
        Assert.Equal(["comp-c"], await fhir.IdsAsync("Encounter/comp-e/Condition?_sort=-recorded-date"));
        Assert.Equal(3, (int)(await fhir.SearchAsync("Patient/comp-p/Observation?_summary=count")).Json["total"]!);
        var included = await fhir.SearchAsync("Patient/comp-p/Observation?_include=Observation:performer");
        Assert.Contains("comp-p", included.Ids("include"));
        Assert.StartsWith($"{fhir.Base}Patient/comp-p/Observation", included.Link("self"), StringComparison.Ordinal);
        Assert.Equal(
            ["Condition/comp-c", "Encounter/comp-e", "MedicationRequest/comp-r", "Observation/comp-o1", "Observation/comp-o2", "Observation/comp-performed", "Patient/comp-p"],
            (await NamesAsync("Patient/comp-p/*?_count=2")).Order(StringComparer.Ordinal));
        Assert.Equal(["Condition/comp-c"], await NamesAsync("Patient/comp-p/*?_type=Condition"));
        var batch = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("GET", "Patient/comp-p/Observation?date=lt2026"), Samples.Entry("GET", "Patient/comp-p/$everything")));
        Assert.Equal([1, 11], batch.Entries.Select(e => e["resource"]!["entry"]!.AsArray().Count));
        (await fhir.GetAsync("Patient/comp-p/Practitioner")).Refused(404, "never");
        (await fhir.GetAsync("Patient/comp-p/Nonsense")).Refused(404, "Nonsense");
        (await fhir.GetAsync("Practitioner/comp-d/Observation")).Refused(404, "compartment");
        (await fhir.GetAsync("Patient/comp-p/*?code=1")).Refused(400, "code");
        (await fhir.GetAsync("Patient/comp-p/Observation?nonsense=1")).Refused(400, "nonsense");
        (await fhir.GetAsync("Patient/a b/Observation")).Refused(400, "id");
    }

    private async Task StoreAsync(string name)
    {
        JsonObject R(string json) => Samples.Resource(json.Replace("~", name, StringComparison.Ordinal));
        foreach (var resource in new[]
        {
            R("""{"resourceType":"Organization","id":"~-org","name":"Ward"}"""),
            R("""{"resourceType":"Practitioner","id":"~-d","name":[{"family":"Doctor"}]}"""),
            R("""{"resourceType":"Practitioner","id":"~-unrelated","name":[{"family":"Doctor"}]}"""),
            R("""{"resourceType":"Location","id":"~-l","name":"Room"}"""),
            R("""{"resourceType":"Medication","id":"~-m","code":{"text":"Aspirin"}}"""),
            R("""{"resourceType":"Patient","id":"~-p","birthDate":"1980-05-17","managingOrganization":{"reference":"Organization/~-org"}}"""),
            R("""{"resourceType":"Patient","id":"~-other"}"""),
            R("""{"resourceType":"Encounter","id":"~-e","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/~-p"},"location":[{"location":{"reference":"Location/~-l"}}]}"""),
            R("""{"resourceType":"Condition","id":"~-c","subject":{"reference":"Patient/~-p"},"encounter":{"reference":"Encounter/~-e"},"asserter":{"reference":"Practitioner/~-d"}}"""),
            R("""{"resourceType":"MedicationRequest","id":"~-r","status":"active","intent":"order","subject":{"reference":"Patient/~-p"},"medicationReference":{"reference":"Medication/~-m"}}"""),
            R("""{"resourceType":"Observation","id":"~-o1","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/~-p"},"effectiveDateTime":"2025-06-01"}"""),
            R("""{"resourceType":"Observation","id":"~-performed","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/~-other"},"performer":[{"reference":"Patient/~-p"}],"effectiveDateTime":"2026-03-01"}"""),
            R("""{"resourceType":"Observation","id":"~-unrelated","status":"final","code":{"text":"x"},"subject":{"reference":"Group/~-p"}}"""),
            R("""{"resourceType":"Observation","id":"~-o2","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/~-p"},"effectiveDateTime":"2026-06-01"}"""),
        })
        {
            await fhir.StoreAsync(resource);
        }
    }

    private static string Name(JsonNode entry) => $"{entry["resource"]!["resourceType"]}/{entry["resource"]!["id"]}";

    private static IEnumerable<string> Names(Answer bundle)
    {
        Assert.True(bundle.Status == 200, bundle.ToString());
        return bundle.Entries.Select(Name);
    }

    private async Task<List<string>> NamesAsync(string path)
    {
        var names = new List<string>();
        for (var next = path; next is not null;)
        {
            var page = await fhir.SearchAsync(next);
            names.AddRange(Names(page));
            next = page.Link("next");
        }

        return names;
    }
}
