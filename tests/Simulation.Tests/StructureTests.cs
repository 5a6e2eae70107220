using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Salus.Simulation.Tests;

public sealed partial class StructureTests(Hospital hospital) : IClassFixture<Hospital>
{
    /// <summary>Elements with a minimum cardinality of 1 in R4, and those that R4 or common use makes pointless to leave out.</summary>
    static readonly Dictionary<string, string[]> Required = new()
    {
        ["Organization"] = ["name"],
        ["Location"] = ["status", "name", "physicalType", "managingOrganization"],
        ["Practitioner"] = ["identifier", "name"],
        ["PractitionerRole"] = ["practitioner", "organization", "code"],
        ["Patient"] = ["identifier", "name", "gender", "birthDate", "generalPractitioner"],
        ["Encounter"] = ["status", "class", "subject", "period", "serviceProvider"],
        ["Condition"] = ["clinicalStatus", "verificationStatus", "code", "subject", "onsetDateTime"],
        ["AllergyIntolerance"] = ["clinicalStatus", "verificationStatus", "code", "patient"],
        ["MedicationRequest"] = ["status", "intent", "medicationCodeableConcept", "subject", "dosageInstruction"],
        ["Observation"] = ["status", "code", "category", "subject", "encounter", "effectiveDateTime"],
        ["DiagnosticReport"] = ["status", "code", "subject", "result"],
        ["Procedure"] = ["status", "code", "subject", "performedPeriod"],
        ["Immunization"] = ["status", "vaccineCode", "patient", "occurrenceDateTime"],
        ["CarePlan"] = ["status", "intent", "subject"],
        ["DocumentReference"] = ["status", "type", "content"],
    };

    static readonly Dictionary<string, string[]> Targets = new()
    {
        ["subject"] = ["Patient"], ["patient"] = ["Patient"], ["encounter"] = ["Encounter"], ["condition"] = ["Condition"], ["reasonReference"] = ["Condition"],
        ["addresses"] = ["Condition"], ["result"] = ["Observation"], ["individual"] = ["Practitioner"], ["practitioner"] = ["Practitioner"], ["requester"] = ["Practitioner"],
        ["recorder"] = ["Practitioner"], ["actor"] = ["Practitioner"], ["author"] = ["Practitioner"], ["generalPractitioner"] = ["Practitioner"], ["resultsInterpreter"] = ["Practitioner"],
        ["performer"] = ["Practitioner", "Organization"], ["organization"] = ["Organization"], ["managingOrganization"] = ["Organization"], ["serviceProvider"] = ["Organization"],
        ["custodian"] = ["Organization"], ["location"] = ["Location"], ["partOf"] = ["Location"],
    };

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}$")]
    private static partial Regex IdSyntax();

    [Fact]
    public void Each_type_has_its_required_elements()
    {
        Assert.Equal(Required.Keys.Order(), hospital.Resources.Select(Hospital.Type).Distinct().Order());
        Assert.All(hospital.Resources, resource => Assert.All(Required[Hospital.Type(resource)], element => Assert.True(resource.ContainsKey(element), $"{Hospital.Id(resource)} lacks {element}")));
    }

    [Fact]
    public void Entries_put_each_resource_at_its_own_id_once()
    {
        var seen = new HashSet<string>();
        foreach (var entry in hospital.Bundles.SelectMany(bundle => bundle["entry"]!.AsArray()))
        {
            var resource = entry!["resource"]!.AsObject();
            var url = $"{Hospital.Type(resource)}/{Hospital.Id(resource)}";
            Assert.Matches(IdSyntax(), Hospital.Id(resource));
            Assert.Equal("resourceType", resource.First().Key);
            Assert.Equal(("PUT", url), ((string)entry["request"]!["method"]!, (string)entry["request"]!["url"]!));
            Assert.EndsWith("/" + url, (string)entry["fullUrl"]!, StringComparison.Ordinal);
            Assert.True(seen.Add(url), url);
        }
    }

    [Fact]
    public void References_resolve_in_their_own_or_the_first_bundle()
    {
        var first = Known(hospital.Bundles[0]);
        foreach (var bundle in hospital.Bundles)
        {
            var own = Known(bundle);
            var references = Hospital.Walk(bundle).Where(found => found.Name == "reference").Select(found => (string)found.Node!).ToList();
            Assert.NotEmpty(references);
            Assert.All(references, reference => Assert.True(own.Contains(reference) || first.Contains(reference), reference));
        }
    }

    [Fact]
    public void References_point_to_the_right_type()
    {
        var found = hospital.Resources.SelectMany(resource => Hospital.Walk(resource)).Where(pair => pair.Node is JsonObject one && one.ContainsKey("reference")).ToList();
        Assert.All(found, pair => Assert.Contains(((string)pair.Node["reference"]!).Split('/')[0], Targets[pair.Name]));
    }

    [Fact]
    public void Nothing_is_null_or_empty()
    {
        foreach (var resource in hospital.Resources)
        {
            foreach (var (name, node) in Hospital.Walk(resource))
            {
                Assert.NotNull(node);
                Assert.False(node is JsonObject { Count: 0 } or JsonArray { Count: 0 }, $"{Hospital.Id(resource)}.{name}");
                Assert.False(node is JsonValue value && value.TryGetValue<string>(out var text) && string.IsNullOrWhiteSpace(text), $"{Hospital.Id(resource)}.{name}");
            }
        }
    }

    [Fact]
    public void Quantities_have_a_ucum_unit()
    {
        var quantities = hospital.Resources.SelectMany(resource => Hospital.Walk(resource)).Where(found => found.Name is "valueQuantity" or "doseQuantity" or "low" or "high").ToList();
        Assert.True(quantities.Count > 20_000);
        Assert.All(quantities, found => Assert.Equal("http://unitsofmeasure.org", (string?)found.Node["system"]));
        Assert.All(quantities, found => Assert.False(string.IsNullOrEmpty((string?)found.Node["code"])));
    }

    [Fact]
    public void A_loinc_code_always_has_the_same_unit()
    {
        var units = hospital.Named("Observation").Where(found => found.ContainsKey("valueQuantity"))
            .GroupBy(found => (string)found["code"]!["coding"]![0]!["code"]!, found => (string)found["valueQuantity"]!["code"]!);
        Assert.All(units, group => Assert.Single(group.Distinct()));
    }

    static HashSet<string> Known(JsonObject bundle) => [.. Hospital.Of(bundle).Select(resource => $"{Hospital.Type(resource)}/{Hospital.Id(resource)}")];
}
