using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Views;

/// <summary>ViewDefinition/$run over HTTP.</summary>
public sealed class ViewRunTests(RecordServer server) : IClassFixture<RecordServer>, IAsyncLifetime
{
    private const string Definition = """
        {"resourceType":"ViewDefinition","id":"run","name":"run","url":"http://example.org/run","status":"draft","resource":"Observation",
         "select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"patient","path":"subject.getReferenceKey(Patient)"}]}]}
        """;

    private readonly FhirClient fhir = server.Fhir;

    public async Task InitializeAsync()
    {
        await fhir.StoreAsync(JsonNode.Parse(Definition)!);
        foreach (var patient in (string[])["a", "b"])
        {
            await fhir.StoreAsync(JsonNode.Parse($$"""{"resourceType":"Patient","id":"{{patient}}"}""")!);
            for (var i = 0; i < 3; i++)
            {
                await fhir.StoreAsync(JsonNode.Parse($$$"""{"resourceType":"Observation","id":"{{{patient}}}{{{i}}}","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}""")!);
            }
        }

        await fhir.StoreAsync(JsonNode.Parse("""{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/b"}},{"entity":{"reference":"Patient/a"},"inactive":true}]}""")!);
        await fhir.StoreAsync(JsonNode.Parse($$$"""{"resourceType":"Group","id":"written-otherwise","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/b/_history/1"}},{"entity":{"reference":"{{{fhir.Base}}}Patient/a"}} ]}""")!);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Rows_come_in_every_form_by_parameter_or_by_header()
    {
        var csv = await RunAsync("run/$run?_format=csv");
        Assert.Equal("text/csv; charset=utf-8", csv.ContentHeaders.ContentType!.ToString());
        Assert.Equal("id,patient\r\na0,a\r\na1,a\r\na2,a\r\nb0,b\r\nb1,b\r\nb2,b\r\n", csv.Text);
        Assert.StartsWith("a0,a\r\n", (await RunAsync("run/$run?_format=csv&header=false")).Text, StringComparison.Ordinal);
        Assert.Equal("""{"id":"a0","patient":"a"}""", (await RunAsync("run/$run")).Text.Split('\n')[0]);
        Assert.Equal(6, (await RunAsync("run/$viewdefinition-run?_format=json")).Json.AsArray().Count);
        Assert.Equal("application/json", (await fhir.GetAsync("ViewDefinition/run/$run", ("Accept", "application/json"))).ContentHeaders.ContentType!.ToString());
        var parquet = (await RunAsync("run/$run?_format=parquet")).Body;
        Assert.Equal(("PAR1", "PAR1"), (System.Text.Encoding.ASCII.GetString(parquet.AsSpan(0, 4)), System.Text.Encoding.ASCII.GetString(parquet.AsSpan(parquet.Length - 4))));
    }

    [Theory]
    [InlineData("patient=Patient/b", "b0 b1 b2")]
    [InlineData("patient=a&_limit=2", "a0 a1")]
    [InlineData("group=Group/g", "b0 b1 b2")]
    [InlineData("group=written-otherwise", "a0 a1 a2 b0 b1 b2")]
    [InlineData("group=g&patient=Patient/a", "a0 a1 a2 b0 b1 b2")]
    [InlineData("_since=2000-01-01T00:00:00Z&_limit=1", "a0")]
    [InlineData("_since=2999-01-01T00:00:00Z", "")]
    public async Task Parameters_restrict_the_rows(string query, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await RunAsync($"run/$run?_format=json&{query}")).Json.AsArray().Select(r => (string)r!["id"]!)));

    [Fact]
    public async Task A_view_and_resources_in_the_request_need_nothing_stored()
    {
        var parameters = JsonNode.Parse($$$"""
            {"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{{{Definition}}}},{"name":"_format","valueCode":"csv"},
             {"name":"resource","resource":{"resourceType":"Observation","id":"mine"}},{"name":"resource","resource":{"resourceType":"Patient","id":"no"}}]}
            """)!;
        Assert.Equal("id,patient\r\nmine,\r\n", (await PostAsync(parameters)).Text);
        Assert.Equal(6, (await PostAsync(JsonNode.Parse(Definition)!, "?_format=json")).Json.AsArray().Count);
        var byReference = JsonNode.Parse("""{"resourceType":"Parameters","parameter":[{"name":"viewReference","valueReference":{"reference":"ViewDefinition/run"}},{"name":"_limit","valueInteger":4},{"name":"_format","valueCode":"json"}]}""")!;
        Assert.Equal(4, (await PostAsync(byReference)).Json.AsArray().Count);
        byReference["parameter"]![0]!["valueReference"]!["reference"] = "http://example.org/run";
        Assert.Equal(4, (await PostAsync(byReference)).Json.AsArray().Count);
    }

    [Theory]
    [InlineData("none/$run", 404, "There is no ViewDefinition/none")]
    [InlineData("$run", 400, "There is no view to run")]
    [InlineData("run/$run?_format=xml", 400, "there are csv, ndjson, json and parquet")]
    [InlineData("run/$run?source=s3://x", 400, "not over a 'source' elsewhere")]
    [InlineData("run/$run?_limit=0", 400, "It is a number of rows")]
    [InlineData("run/$run?_since=yesterday", 400, "It is a time such as")]
    [InlineData("run/$run?patient=Patient/none", 404, "There is no Patient/none")]
    [InlineData("run/$run?group=Group/none", 404, "There is no Group/none")]
    [InlineData("run/$run?colour=red", 400, "$run has no parameter 'colour'")]
    [InlineData("run/$run?viewReference=ViewDefinition/run", 400, "The address names the view")]
    public async Task What_cannot_be_done_is_refused_by_name(string path, int status, string message) => (await fhir.GetAsync($"ViewDefinition/{path}")).Refused(status, message);

    [Fact]
    public async Task A_wrong_view_is_422_with_the_place()
    {
        var wrong = JsonNode.Parse(Definition)!;
        wrong["select"]![0]!["column"]![0]!["path"] = "nothing.here";
        var answer = await PostAsync(wrong);
        answer.Refused(422, "Observation has no element 'nothing'");
        wrong["select"]![0]!["column"]![0]!["path"] = "iif(id = 'b1', code.text | id, id)";
        (await PostAsync(wrong)).Refused(422, "Observation/b1");
        var outside = JsonNode.Parse("""{"resourceType":"ViewDefinition","resource":"Organization","select":[{"column":[{"name":"id","path":"id"}]}]}""")!;
        (await PostAsync(outside, "?patient=Patient/a")).Refused(400, "is in no patient's compartment");
        (await fhir.SendAsync(HttpMethod.Post, "ViewDefinition/$run", FhirClient.Json("{"))).Refused(400, "not well-formed JSON");
        (await fhir.SendAsync(HttpMethod.Post, "ViewDefinition/$run", FhirClient.Json("""{"resourceType":"Patient"}"""))).Refused(400, "neither a ViewDefinition nor a Parameters");
    }

    private async Task<Answer> RunAsync(string path)
    {
        var answer = await fhir.GetAsync($"ViewDefinition/{path}");
        Assert.True(answer.Status == 200, answer.ToString());
        return answer;
    }

    private Task<Answer> PostAsync(JsonNode body, string query = "") => fhir.SendAsync(HttpMethod.Post, $"ViewDefinition/$run{query}", FhirClient.Json(body.ToJsonString()));
}
