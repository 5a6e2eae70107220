using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.SearchParameters;

/// <summary>A parameter of one's own that fails on a resource, or costs too much: told, and never an answer with something missing.</summary>
public sealed class FailingParameterTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const string Nested =
        "Patient.name.where(%resource.descendants().all(%resource.descendants().all(%resource.descendants().all(%resource.descendants().all(%resource.descendants().exists()))))).family";

    private static JsonObject Parameter(string code, string expression)
    {
        var parameter = Samples.Resource($$"""{"resourceType":"SearchParameter","id":"{{code}}","url":"http://example.org/{{code}}","name":"X","status":"active","description":"x","code":"{{code}}","base":["Patient"],"type":"string"}""");
        parameter["expression"] = expression;
        return parameter;
    }

    private static JsonObject TwoNames(string id)
    {
        var patient = Samples.Patient(id);
        patient["name"] = new JsonArray(new JsonObject { ["family"] = "One" }, new JsonObject { ["family"] = "Two" });
        return patient;
    }

    private static JsonObject ManyNames(string id)
    {
        var patient = Samples.Patient(id);
        patient["name"] = new JsonArray(new JsonObject { ["family"] = "f", ["given"] = new JsonArray([.. Enumerable.Repeat("g", 150).Select(g => (JsonNode)g)]) });
        return patient;
    }

    [Theory]
    [InlineData("single-name", "Patient.name.single().family", false, "cannot be evaluated")]
    [InlineData("nested", Nested, true, "cannot be evaluated")]
    public async Task It_refuses_a_resource_that_it_fails_on_and_says_so(string code, string expression, bool costly, string message)
    {
        await server.Fhir.StoreAsync(Parameter(code, expression));
        await CompleteAsync(code);
        (await server.Fhir.PutAsync(costly ? ManyNames($"{code}-1") : TwoNames($"{code}-1"))).Refused(422, message);
        await server.Fhir.StoreAsync(Samples.Patient($"{code}-2", family: "Plain"));
        Assert.Contains($"{code}-2", await server.Fhir.IdsAsync($"Patient?{code}=plain"));
        Assert.Equal(204, (await server.Fhir.DeleteAsync($"SearchParameter/{code}")).Status);
        await server.Fhir.StoreAsync(costly ? ManyNames($"{code}-1") : TwoNames($"{code}-1"));
        await server.Fhir.DeleteAsync($"Patient/{code}-1");
    }

    [Theory]
    [InlineData("single-stored", "Patient.name.single().family", false)]
    [InlineData("nested-stored", Nested, true)]
    public async Task Where_what_is_stored_fails_it_never_answers_and_tells_why(string code, string expression, bool costly)
    {
        var stored = $"{code}-1";
        await server.Fhir.StoreAsync(costly ? ManyNames(stored) : TwoNames(stored));
        await server.Fhir.StoreAsync(Parameter(code, expression));
        await Eventually.TrueAsync(async () => (await server.Fhir.GetAsync("../admin/search/reindex")).Text.Contains($"Patient/{stored}", StringComparison.Ordinal));
        (await server.Fhir.GetAsync($"Patient?{code}=one")).Refused(503, code);
        await server.Fhir.DeleteAsync($"SearchParameter/{code}");
        await server.Fhir.DeleteAsync($"Patient/{stored}");
    }

    private Task CompleteAsync(string code) => Eventually.TrueAsync(async () => (await server.Fhir.GetAsync($"Patient?{code}=x&_summary=count")).Status == 200);
}
