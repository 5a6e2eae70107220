using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

public sealed class CapabilityTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task The_statement_is_a_valid_resource_of_this_server()
    {
        var statement = (await fhir.GetAsync("metadata")).Json;
        Assert.Equal("4.0.1", (string?)statement["fhirVersion"]);
        statement["id"] = "self";
        Assert.Equal(201, (await fhir.PutAsync(statement)).Status);
    }

    [Fact]
    public async Task Every_type_it_lists_is_there_and_no_other()
    {
        var rest = (await fhir.GetAsync("metadata")).Json["rest"]![0]!;
        var types = rest["resource"]!.AsArray().Select(r => (string)r!["type"]!).ToList();
        Assert.Equal(types.Count, types.Distinct().Count());
        Assert.Contains("Patient", types);
        Assert.DoesNotContain("DomainResource", types);
        foreach (var type in types)
        {
            Assert.Equal(200, (await fhir.GetAsync($"{type}?_summary=count")).Status);
        }

        (await fhir.GetAsync("DomainResource?_summary=count")).Refused(404);
        (await fhir.GetAsync("Resource")).Refused(404);
    }

    [Fact]
    public async Task Every_search_parameter_it_lists_is_accepted_and_runs()
    {
        foreach (var resource in (await fhir.GetAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray())
        {
            foreach (var parameter in resource!["searchParam"]!.AsArray())
            {
                var (name, type) = ((string)parameter!["name"]!, (string)parameter["type"]!);
                var path = $"{resource["type"]}?{Uri.EscapeDataString(name)}={Value(type, (string?)parameter["definition"])}&_summary=count";
                var answer = await fhir.GetAsync(path);
                Assert.True(answer.Status == 200, $"{path}: {answer}");
            }
        }
    }

    [Fact]
    public async Task No_operation_is_listed_twice()
    {
        var rest = (await fhir.GetAsync("metadata")).Json["rest"]![0]!;
        foreach (var place in rest["resource"]!.AsArray().Append(rest))
        {
            var names = (place!["operation"]?.AsArray() ?? []).Select(o => (string)o!["name"]!).ToList();
            Assert.Equal(names.Distinct(), names);
        }
    }

    [Fact]
    public async Task Every_include_it_lists_is_accepted()
    {
        var asked = 0;
        foreach (var resource in (await fhir.GetAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray())
        {
            foreach (var include in resource!["searchInclude"]?.AsArray() ?? [])
            {
                Assert.Equal(200, (await fhir.GetAsync($"{resource["type"]}?_count=1&_include={include}")).Status);
                asked++;
            }
        }

        Assert.True(asked > 300);
    }

    [Fact]
    public async Task Every_interaction_it_lists_is_answered()
    {
        var patient = (await fhir.GetAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray().Single(r => (string?)r!["type"] == "Patient")!;
        var codes = patient["interaction"]!.AsArray().Select(i => (string)i!["code"]!).Order();
        await fhir.StoreAsync(Samples.Patient("i"));
        var answers = new SortedDictionary<string, int>
        {
            ["create"] = (await fhir.PostAsync(Samples.Patient())).Status,
            ["read"] = (await fhir.GetAsync("Patient/i")).Status,
            ["vread"] = (await fhir.GetAsync("Patient/i/_history/1")).Status,
            ["update"] = (await fhir.PutAsync(Samples.Patient("i"))).Status,
            ["history-instance"] = (await fhir.GetAsync("Patient/i/_history")).Status,
            ["history-type"] = (await fhir.GetAsync("Patient/_history")).Status,
            ["search-type"] = (await fhir.GetAsync("Patient")).Status,
            ["patch"] = (await fhir.SendAsync(HttpMethod.Patch, "Patient/i", FhirClient.Json("""[{"op":"add","path":"/active","value":true}]"""u8.ToArray(), "application/json-patch+json"))).Status,
            ["delete"] = (await fhir.DeleteAsync("Patient/i")).Status,
        };
        Assert.Equal(answers.Keys, codes);
        Assert.All(answers, a => Assert.InRange(a.Value, 200, 299));
    }

    private static string Value(string type, string? definition = null) => type switch
    {
        "special" => definition is null ? "_id eq x" : "1|1|1|km",
        "composite" => string.Join('$', R4(definition!).Components.Select(c => Value(R4(c.Definition).Type.ToString().ToLowerInvariant()))),
        "date" => "2026",
        "number" => "1",
        "quantity" => "1",
        "reference" => "Patient/1",
        "uri" => "http://example.org",
        _ => "x",
    };

    private static SearchParameter R4(string url) => FhirDefinitions.R4.SearchParameters.Single(p => p.Url == url);
}
