using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Operations;

public sealed class MetaTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Tags_labels_and_profiles_are_added_and_taken_away_in_new_versions()
    {
        await fhir.StoreAsync(Samples.Patient("m"));
        var added = await ChangeAsync("Patient/m/$meta-add", """{"tag":[{"system":"http://t","code":"a","display":"A"},{"code":"b"}],"security":[{"system":"http://s","code":"R"}],"profile":["http://p"]}""");
        Assert.Equal(["profile", "security", "tag"], added.AsObject().Select(p => p.Key).Where(k => k is "profile" or "security" or "tag").Order());
        Assert.Equal("2", (string?)added["versionId"]);
        Assert.Equal(["m"], await fhir.IdsAsync("Patient?_tag=http://t|a&_security=R&_profile=http://p"));

        // What is there is not added again, and makes no version.
        var head = await server.HeadAsync();
        Assert.Equal("2", (string?)(await ChangeAsync("Patient/m/$meta-add", """{"tag":[{"system":"http://t","code":"a","display":"Other"}]}"""))["versionId"]);
        Assert.Equal(head, await server.HeadAsync());

        var deleted = await ChangeAsync("Patient/m/$meta-delete", """{"tag":[{"system":"http://t","code":"a"}],"profile":["http://nobody","http://p"]}""");
        Assert.Equal("3", (string?)deleted["versionId"]);
        Assert.Equal("""[{"code":"b"}]""", deleted["tag"]!.ToJsonString());
        Assert.Null(deleted["profile"]);
        Assert.Equal("3", (string?)(await fhir.GetAsync("Patient/m/$meta")).Json["parameter"]![0]!["valueMeta"]!["versionId"]);
    }

    [Fact]
    public async Task Changes_at_once_are_all_made()
    {
        await fhir.StoreAsync(Samples.Patient("many"));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => ChangeAsync("Patient/many/$meta-add", $$"""{"tag":[{"system":"http://t","code":"t{{i}}"}]}""")));
        Assert.Equal(16, (await fhir.GetAsync("Patient/many")).Json["meta"]!["tag"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_type_and_the_record_have_what_is_in_use()
    {
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Location","id":"x","meta":{"tag":[{"system":"http://t","code":"Loc"}],"profile":["http://location"]}}"""));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Organization","id":"y","name":"Y","meta":{"tag":[{"code":"Org"}]}}"""));
        var location = await MetaAsync("Location/$meta");
        Assert.Equal("""{"profile":["http://location"],"tag":[{"system":"http://t","code":"Loc"}]}""", location.ToJsonString());
        var all = (await MetaAsync("$meta"))["tag"]!.ToJsonString();
        Assert.Contains("\"Loc\"", all, StringComparison.Ordinal);
        Assert.Contains("""{"code":"Org"}""", all, StringComparison.Ordinal);
        Assert.Null((await fhir.SearchAsync("Substance/$meta")).Json["parameter"]);
    }

    [Fact]
    public async Task What_is_not_there_or_not_meant_is_refused()
    {
        await fhir.StoreAsync(Samples.Patient("r"));
        (await fhir.GetAsync("Patient/nobody/$meta")).Refused(404);
        (await fhir.GetAsync("Patient/r/$meta-add")).Refused(405);
        (await fhir.SendAsync(HttpMethod.Post, "Patient/nobody/$meta-add", Body("""{"tag":[{"code":"x"}]}"""))).Refused(404);
        (await fhir.SendAsync(HttpMethod.Post, "Patient/r/$meta-add", null)).Refused(400, "meta");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/r/$meta-add", FhirClient.Json("""{"resourceType":"Parameters","parameter":[{"name":"meta","valueString":"x"}]}"""))).Refused(400, "meta");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/r/$meta-add", Body("""{"tag":[{"nonsense":1}]}"""))).Refused(400, "nonsense");
        Assert.Equal("1", (await fhir.GetAsync("Patient/r")).Version);
    }

    private async Task<JsonNode> ChangeAsync(string path, string meta)
    {
        var answer = await fhir.SendAsync(HttpMethod.Post, path, Body(meta));
        Assert.True(answer.Status == 200, answer.ToString());
        return answer.Json["parameter"]![0]!["valueMeta"]!;
    }

    private async Task<JsonNode> MetaAsync(string path) => (await fhir.SearchAsync(path)).Json["parameter"]![0]!["valueMeta"]!;

    private static HttpContent Body(string meta) => FhirClient.Json($$"""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{{meta}}}]}""");
}
