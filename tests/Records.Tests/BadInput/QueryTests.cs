using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>Parameters where none are looked for, operations that are not there, bodies that are something else: told so, and nothing is stored.</summary>
public sealed class QueryTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("POST", "Patient?name=x", "If-None-Exist")]
    [InlineData("POST", "Patient?_summary=true", "_summary")]
    [InlineData("PUT", "Patient/plain?name=x", "Patient?...")]
    [InlineData("DELETE", "Patient/plain?_cascade=delete", "_cascade")]
    [InlineData("PATCH", "Patient/plain?name=x", "name")]
    [InlineData("GET", "Patient/plain?name=x", "_format, _pretty, _summary, _elements")]
    [InlineData("GET", "Patient/plain/_history/1?name=x", "name")]
    public async Task An_unknown_parameter_of_one_resource_is_refused_unless_lenient(string method, string path, string named)
    {
        await fhir.StoreAsync(Samples.Patient("plain"));
        var head = await server.HeadAsync();
        (await SendAsync(method, path)).Refused(400, named);
        Assert.Equal(head, await server.HeadAsync());

        var lenient = await SendAsync(method, path, ("Prefer", "handling=lenient"));
        Assert.True(lenient.Status is 200 or 201 or 204, lenient.ToString());
    }

    [Theory]
    [InlineData("POST", "Patient?_format=json&_pretty=true")]
    [InlineData("PUT", "Patient/form?_format=json&_pretty=true")]
    [InlineData("GET", "Patient/form?_format=json&_pretty=true&_summary=true")]
    [InlineData("GET", "Patient/form/_history/1?_elements=name")]
    public async Task The_form_of_the_answer_may_be_asked_for(string method, string path)
    {
        await fhir.StoreAsync(Samples.Patient("form"));
        var answer = await SendAsync(method, path);
        Assert.True(answer.Status is 200 or 201, answer.ToString());
    }

    [Fact]
    public async Task A_read_in_a_bundle_takes_no_criteria_either()
    {
        await fhir.StoreAsync(Samples.Patient("plain"));
        var answer = await fhir.BundleAsync(JsonNode.Parse("""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/plain?name=x"}},{"request":{"method":"GET","url":"Patient/plain?_summary=true"}}]}""")!);
        Assert.Equal(["400", "200"], answer.Entries.Select(e => ((string)e["response"]!["status"]!)[..3]));
    }

    [Theory]
    [InlineData("$nope")]
    [InlineData("Patient/$graphql")]
    [InlineData("Patient/$nope")]
    [InlineData("Patient/1/$nope")]
    public async Task An_unknown_operation_is_told_before_its_body_is_read(string path) =>
        (await fhir.SendAsync(HttpMethod.Post, path, FhirClient.Json("""{"query":"{}"}"""))).Refused(404, "is not an operation");

    [Theory]
    [InlineData("_search?_type=Patient", "POST /fhir/_search")]
    [InlineData("Patient/_search?name=x", "POST /fhir/Patient/_search")]
    public async Task A_search_by_get_at_the_place_of_posts_says_where_to_go(string path, string named) => (await fhir.GetAsync(path)).Refused(405, named);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/fhir+json")]
    public async Task A_json_patch_under_another_type_names_the_right_one(string type)
    {
        await fhir.StoreAsync(Samples.Patient("plain"));
        var patch = " [{\"op\":\"replace\",\"path\":\"/active\",\"value\":true}]"u8.ToArray();
        (await fhir.SendAsync(HttpMethod.Patch, "Patient/plain", FhirClient.Json(patch, type))).Refused(400, "application/json-patch+json");
    }

    [Fact]
    public async Task Xml_that_is_called_json_is_recognized() =>
        (await fhir.SendAsync(HttpMethod.Post, "Patient", FhirClient.Json("<Patient xmlns=\"http://hl7.org/fhir\"/>"))).Refused(400, "Is the Content-Type right?");

    private Task<Answer> SendAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        const string Patch = """
            {"resourceType":"Parameters","parameter":[{"name":"operation","part":[
              {"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"active"},{"name":"value","valueBoolean":true}]}]}
            """;
        var id = path.Contains("/form", StringComparison.Ordinal) ? "form" : "plain";
        var content = method switch
        {
            "POST" or "PUT" => FhirClient.Json(Samples.Patient(id).ToJsonString()),
            "PATCH" => FhirClient.Json(Patch),
            _ => null,
        };
        return fhir.SendAsync(new HttpMethod(method), path, content, headers);
    }
}
