using System.Globalization;
using System.Text;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>What a document may cost is bounded, and a refusal names the limit.</summary>
public sealed class GraphQlLimitTests(GraphQlLimitTests.Server server) : IClassFixture<GraphQlLimitTests.Server>
{
    private readonly FhirClient fhir = server.Fhir;

    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off"), new("Salus:Records:MaxPageSize", "30"), new("Salus:Records:GraphQl:MaxResources", "60"), new("Salus:Records:GraphQl:MaxSearches", "5"),
            new("Salus:Records:GraphQl:MaxAnswerBytes", "20000"), new("Salus:Records:GraphQl:MaxPathSteps", "20000"),
        ];
    }

    [Fact]
    public async Task Limits_of_the_document_hold_before_anything_is_run()
    {
        (await fhir.AskAsync($"{{ Patient(id: x) {{ {new string('a', 60_000)} }} }}")).RefusedAs(413, "MaxDocumentBytes");
        (await fhir.AskAsync(new string('{', 1_000_000))).RefusedAs(413, "MaxDocumentBytes");
        (await fhir.SendAsync(HttpMethod.Post, "$graphql", FhirClient.Json(new byte[1_000_000], "application/graphql"))).RefusedAs(413, "MaxDocumentBytes");
        (await fhir.AskAsync(Nested(15))).RefusedAs(422, "MaxDepth");
        (await fhir.AskAsync(Nested(1000))).RefusedAs(422, "nested deeper");
        (await fhir.AskAsync($"{{ PatientList(name: {new string('[', 20_000)}1{new string(']', 20_000)}) {{ id }} }}")).RefusedAs(422, "nested deeper");
        (await fhir.AskAsync($"query($a: {new string('[', 20_000)}Int{new string(']', 20_000)}) {{ PatientList {{ id }} }}")).RefusedAs(422, "nested deeper");
        (await fhir.AskAsync($"{{ {string.Join(' ', Enumerable.Range(0, 2100).Select(i => string.Create(CultureInfo.InvariantCulture, $"a{i}:__typename")))} }}")).RefusedAs(422, "MaxFields");

        // Each fragment uses the next one twice, under two names.
        var bomb = new StringBuilder("{ Questionnaire(id: x) { ...F0 } }");
        for (var i = 0; i < 9; i++)
        {
            bomb.Append(CultureInfo.InvariantCulture, $" fragment F{i} on {(i == 0 ? "Questionnaire" : "QuestionnaireItem")} {{ {string.Join(' ', "abcdefghij".Select(c => $"{c}{i}: item {{ ...F{i + 1} }}"))} }}");
        }

        (await fhir.AskAsync(bomb.Append(" fragment F9 on QuestionnaireItem { text }").ToString())).RefusedAs(422, "MaxFields");

        // A chain of fragments, each in the next.
        var chain = new StringBuilder("{ Patient(id: x) { ...F0 } } fragment F900 on Patient { id }");
        for (var i = 0; i < 900; i++)
        {
            chain.Append(CultureInfo.InvariantCulture, $"fragment F{i} on Patient{{...F{i + 1}}}");
        }

        (await fhir.AskAsync(chain.ToString())).RefusedAs(422, "MaxDepth");
        // References to anything, in each other: looked at for every type, in bounded time.
        var anything = string.Concat(Enumerable.Repeat("focus{resource{...on Observation{", 6)) + "id" + string.Concat(Enumerable.Repeat("}}}", 6));
        Assert.Equal(200, (await fhir.AskAsync($"{{ ObservationList {{ {anything} }} }}")).Status);
    }

    [Fact]
    public async Task Limits_of_what_is_loaded_and_answered_hold_while_it_runs()
    {
        for (var i = 0; i < 40; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"p{i:00}");
            await fhir.StoreAsync(System.Text.Json.Nodes.JsonNode.Parse($$$"""{"resourceType":"Patient","id":"{{{id}}}","name":[{"family":"{{{new string('x', 400)}}}"}]}""")!);
            await fhir.StoreAsync(System.Text.Json.Nodes.JsonNode.Parse($$$"""{"resourceType":"Basic","id":"{{{id}}}","code":{"text":"x"},"subject":{"reference":"Patient/{{{id}}}"}}""")!);
        }

        var whole = await fhir.AskAsync("{ PatientList { id } }");
        Assert.Contains("PatientList matches more than 30 resources, which a list has at most (Salus:Records:MaxPageSize)", whole.Errors(), StringComparison.Ordinal);
        Assert.Equal("""{"PatientList":null}""", GraphQlClient.Text(whole.Json["data"]));
        Assert.Contains("MaxPageSize", (await fhir.AskAsync("{ PatientList(_count: 35) { id } }")).Errors(), StringComparison.Ordinal);
        Assert.Equal(30, (await fhir.AskAsync("{ PatientList(_count: 30) { id } }")).Json["data"]!["PatientList"]!.AsArray().Count);

        (await fhir.AskAsync("{ a: PatientList(_count: 30) { id } b: PatientList(_count: 30, _sort: _id) { id } c: PatientList(_count: 1) { id } }")).RefusedAs(422, "Salus:Records:GraphQl:MaxResources");
        (await fhir.AskAsync("{ BasicList(_count: 30) { subject { resource { ... on Patient { BasicList(_reference: patient) { id } } } } } }")).RefusedAs(422, "MaxResources");
        (await fhir.AskAsync($"{{ {string.Join(' ', "abcdef".Select(c => $"{c}: PatientConnection(_count: 0) {{ count }}"))} }}")).RefusedAs(422, "Salus:Records:GraphQl:MaxSearches");
        (await fhir.AskAsync("{ PatientList(_count: 30) { a: name { family } b: name { family } } }")).RefusedAs(422, "Salus:Records:GraphQl:MaxAnswerBytes");
        (await fhir.AskAsync("{ PatientList(_count: 30, fhirpath: \"name.family.toChars().where($this = 'z').exists()\") { id } }")).RefusedAs(422, "MaxPathSteps");
    }

    private static string Nested(int levels) => $"{{ Questionnaire(id: x) {{ {string.Concat(Enumerable.Repeat("item { item { ", levels))} id {string.Concat(Enumerable.Repeat("} } ", levels))} }} }}";
}
