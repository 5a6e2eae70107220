using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Terminology.TerminologySamples;

namespace Salus.Records.Tests.Terminology;

/// <summary>FHIRPath that asks the terminology of the server: by itself, in patches, views and validation.</summary>
public sealed class PathTerminologyTests(PathTerminologyTests.Server server) : IClassFixture<PathTerminologyTests.Server>
{
    public sealed class Server : StructuralServer, IAsyncLifetime
    {
        public new async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await Fhir.StoreAsync(AnimalSystem());
            await Fhir.StoreAsync(Set("mammals", Filter("concept", "is-a", "mammal")));
            foreach (var (id, code) in new[] { ("dog", "dog"), ("dodo", "dodo") })
            {
                await Fhir.StoreAsync(Samples.Resource(Observation(id, code)));
            }
        }
    }

    private static string Observation(string id, string code) =>
        $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"coding":[{"system":"{{{Animals}}}","code":"{{{code}}}"},{"system":"http://elsewhere","code":"x"}]}}""";

    [Theory]
    [InlineData("code.memberOf('http://example.org/fhir/vs/mammals')", "dog", "true")]
    [InlineData("code.memberOf('http://example.org/fhir/vs/mammals')", "dodo", "false")]
    [InlineData("code.coding.where(memberOf('http://example.org/fhir/vs/mammals')).code", "poodle", "poodle")]
    [InlineData("code.coding[0].subsumedBy(%mammal)", "poodle", "true")]
    [InlineData("code.coding[0].subsumes(%mammal)", "poodle", "false")]
    [InlineData("code.memberOf('http://example.org/fhir/vs/nowhere')", "dog", "error")]
    [InlineData("code.coding[1].subsumes(%mammal)", "dog", "error")]
    [InlineData("iif(code.memberOf('http://example.org/fhir/vs/mammals'), code.coding[0].subsumedBy(%mammal), code.memberOf('http://example.org/fhir/vs/nowhere'))", "dog", "true")]
    public async Task An_expression_gets_the_answers_of_the_server(string expression, string code, string expected)
    {
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(Observation("x", code)), FhirDefinitions.R4, out var document, out _));
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(Observation("y", "mammal")), FhirDefinitions.R4, out var other, out _));
        Assert.True(FhirPath.TryCompile("code.coding.first()", FhirDefinitions.R4, other.Type, out var first, out _));
        var mammal = new PathCollection();
        Assert.True(first.TryEvaluate(other.Root, mammal, out _));
        Assert.True(FhirPath.TryCompile(expression, FhirDefinitions.R4, document.Type, out var path, out var wrong, new PathOptions { Variables = new HashSet<string> { "mammal" } }), wrong?.ToString());
        var terminology = new PathTerminology(server.Get<Vocabulary>(), Tenant.Default);
        var context = terminology.In(new PathContext { Variables = new Dictionary<string, IReadOnlyList<PathValue>> { ["mammal"] = [mammal[0]] } });
        var text = await terminology.EvaluateAsync(
            () =>
            {
                var values = new PathCollection();
                return path.TryEvaluate(document.Root, values, out var error, context) ? string.Join(' ', values.Select(v => v.ToString())) : "error";
            },
            CancellationToken.None);
        Assert.Equal(expected, text);
    }

    [Fact]
    public async Task Many_evaluations_at_once_wait_for_nobody()
    {
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(Observation("x", "dog")), FhirDefinitions.R4, out var document, out _));
        Assert.True(FhirPath.TryCompile("code.memberOf('http://example.org/fhir/vs/mammals')", FhirDefinitions.R4, document.Type, out var path, out _));
        var found = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            var terminology = new PathTerminology(server.Get<Vocabulary>(), Tenant.Default);
            var context = terminology.In(PathContext.Default);
            return await terminology.EvaluateAsync(() => path.TryTest(document.Root, out var value, out var _, context) ? value : null, CancellationToken.None);
        })));
        Assert.All(found, f => Assert.True(f));
    }

    [Fact]
    public async Task A_patch_selects_by_a_value_set()
    {
        await server.Fhir.StoreAsync(Samples.Resource(Observation("patched", "dog")));
        const string Path = "Observation.code.coding.where(memberOf('http://example.org/fhir/vs/SET')).display";
        var answer = await PatchAsync(Path.Replace(".display", "", StringComparison.Ordinal).Replace("SET", "mammals", StringComparison.Ordinal), "add", "display");
        Assert.Equal("Found", (string?)answer.Json["code"]!["coding"]![0]!["display"]);
        Assert.Null(answer.Json["code"]!["coding"]![1]!["display"]);
        (await PatchAsync(Path.Replace("SET", "nowhere", StringComparison.Ordinal), "delete", null)).Refused(422, "nowhere");
    }

    [Fact]
    public async Task A_view_that_is_run_asks_for_value_sets_page_by_page()
    {
        const string View = """{"resourceType":"ViewDefinition","status":"active","resource":"Observation","select":[{"column":[{"name":"id","path":"id"},{"name":"is_mammal","path":"code.memberOf('http://example.org/fhir/vs/SET')"}]}],"where":[{"path":"id in ('dog' | 'dodo')"}]}""";
        var answer = await RunAsync(View.Replace("SET", "mammals", StringComparison.Ordinal));
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(["""{"id":"dodo","is_mammal":false}""", """{"id":"dog","is_mammal":true}"""], answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        var refused = await RunAsync(View.Replace("SET", "nowhere", StringComparison.Ordinal));
        Assert.True(refused.Status is 400 or 422, refused.ToString());
        Assert.Contains("nowhere", refused.Problems, StringComparison.Ordinal);
    }

    private Task<Answer> RunAsync(string view) =>
        server.Fhir.SendAsync(HttpMethod.Post, "ViewDefinition/$run?_format=ndjson", FhirClient.Json($$"""{"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{{view}}}]}"""));

    private Task<Answer> PatchAsync(string path, string type, string? name) => server.Fhir.SendAsync(HttpMethod.Patch, "Observation/patched", FhirClient.Json(
        $$"""
        {"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"{{type}}"},{"name":"path","valueString":"{{path}}"}
         {{(name is null ? "" : $$""",{"name":"name","valueString":"{{name}}"},{"name":"value","valueString":"Found"}""")}}]}]}
        """));
}
