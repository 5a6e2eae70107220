using System.Text;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;
using Salus.Records.Operations.Diff;
using Salus.Records.Patch.FhirPath;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Operations;

/// <summary>$diff, and the property that makes it one: applied to the one version it gives the other.</summary>
public sealed class DiffTests(RecordServer server) : IClassFixture<RecordServer>
{
    private static readonly StructureValidator Validator = new(FhirDefinitions.R4);
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task The_difference_of_two_versions_is_a_patch_that_the_server_takes()
    {
        await fhir.StoreAsync(Samples.Patient("d", "One"));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Patient","id":"d","name":[{"family":"Two","given":["Ada","Eve"]}],"gender":"male","deceasedBoolean":true}"""));
        var diff = await fhir.SearchAsync("Patient/d/$diff");
        Assert.Equal(
            ["add Patient deceased", "delete Patient.birthDate ", "insert Patient.name[0].given ", "replace Patient.gender ", "replace Patient.name[0].family "],
            diff.Json["parameter"]!.AsArray().Select(p => $"{Part(p!, "type")} {Part(p!, "path")} {Part(p!, "name")}").Order(StringComparer.Ordinal));
        var back = await fhir.SearchAsync("Patient/d/$diff?fromVersion=2&toVersion=1");
        var patched = await fhir.SendAsync(HttpMethod.Patch, "Patient/d", FhirClient.Json(back.Body));
        Assert.Equal((200, "3"), (patched.Status, patched.Version));
        Assert.Null((await fhir.SearchAsync("Patient/d/$diff?fromVersion=1&toVersion=3")).Json["parameter"]);
    }

    [Fact]
    public async Task What_is_not_there_is_refused()
    {
        await fhir.StoreAsync(Samples.Patient("one"));
        Assert.Null((await fhir.SearchAsync("Patient/one/$diff")).Json["parameter"]);
        (await fhir.GetAsync("Patient/one/$diff?fromVersion=7")).Refused(404);
        (await fhir.GetAsync("Patient/one/$diff?toVersion=x")).Refused(404);
        (await fhir.GetAsync("Patient/nobody/$diff")).Refused(404);
        await fhir.DeleteAsync("Patient/one");
        (await fhir.GetAsync("Patient/one/$diff")).Refused(410);
    }

    [Theory]
    [InlineData("""{"name":[{"given":["a"],"_given":[{"id":"x"}]}]}""", """{"name":[{"given":["a"],"_given":[{"id":"y"}]}]}""")]
    [InlineData("""{"name":[{"given":["a","b"],"_given":[null,{"id":"x"}]}]}""", """{"name":[{"given":["b","a"],"_given":[{"id":"x"},null]}]}""")]
    [InlineData("""{"contact":[{"gender":"male"}]}""", """{"contact":[{"name":{"text":"x"}}]}""")]
    [InlineData("""{"contact":[{"gender":"male","extension":[{"url":"http://a","valueCode":"x"}]}]}""", """{"contact":[{"gender":"male","extension":[{"url":"http://a","valueCode":"y"},{"url":"http://b","extension":[{"url":"c","valueString":"z"}]}]}]}""")]
    [InlineData("""{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}}""", """{"text":{"status":"additional","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">b</div>"}}""")]
    [InlineData("""{"deceasedBoolean":true}""", """{"deceasedDateTime":"2020","_deceasedDateTime":{"id":"x"}}""")]
    [InlineData("""{"contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}}""", """{"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}}""")]
    [InlineData("""{"_birthDate":{"extension":[{"url":"http://a","valueString":"x"}]}}""", """{"birthDate":"1980","_birthDate":{"extension":[{"url":"http://a","valueString":"x"}]}}""")]
    [InlineData("""{"meta":{"tag":[{"code":"a"}]}}""", """{"meta":{"profile":["http://x"]}}""")]
    [InlineData("""{"meta":{"versionId":"1"}}""", "{}")]
    [InlineData("""{"meta":{"versionId":"1","tag":[{"code":"a"}]},"active":true}""", """{"active":true}""")]
    [InlineData("{}", """{"meta":{"profile":["http://x"]},"maritalStatus":{"text":"x"}}""")]
    [InlineData("""{"identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""", """{"identifier":[{"value":"0"},{"value":"1"},{"value":"3"},{"value":"4"}]}""")]
    public void Applied_it_gives_the_other_one_in_both_directions(string one, string other)
    {
        static string Patient(string rest) => $$"""{"resourceType":"Patient"{{(rest.Length > 2 ? "," : "")}}{{rest[1..]}}""";
        TurnsInto(Patient(one), Patient(other));
        TurnsInto(Patient(other), Patient(one));
    }

    [DataFact("r4-examples")]
    public void Applied_it_turns_every_published_example_into_a_changed_copy_and_back()
    {
        var files = Directory.GetFiles(TestData.Find("r4-examples")!, "*.json").Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var example = File.ReadAllText(file);
            for (var seed = 0; seed < 4; seed++)
            {
                var changed = ChangedCopy.Of(example, new Random((files.IndexOf(file) * 4) + seed));
                TurnsInto(example, changed, valid: false);
                TurnsInto(changed, example, valid: false);
            }
        }

        Assert.True(files.Count >= 384, $"{files.Count} files");
    }

    // valid: whether the values keep to R4, so that the patch has to.
    private static void TurnsInto(string from, string to, bool valid = true)
    {
        var diff = new ResourceDiff(FhirDefinitions.R4).Between(Encoding.UTF8.GetBytes(from), Encoding.UTF8.GetBytes(to));
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(diff.ToJsonString()), FhirDefinitions.R4, out var document, out var issue), issue?.Message);
        // What is contained is in the resource, not in the patch.
        var issues = Validator.Validate(document).Where(_ => valid).Where(i => !i.Message.StartsWith("'#", StringComparison.Ordinal)).ToList();
        Assert.True(issues.Count == 0, $"{string.Join("; ", issues)}\n{diff}");
        var result = from;
        if (diff["parameter"] is not null)
        {
            var patched = FhirPathPatch.Parse(document.Utf8, 10_000_000).Value.Apply(Encoding.UTF8.GetBytes(from), FhirDefinitions.R4);
            Assert.True(patched.Failure is null, $"{patched.Failure}\n{from}\n{to}\n{diff}");
            result = Encoding.UTF8.GetString(patched.Value.Span);
        }

        Assert.True(Text(result) == Text(to), $"{Text(result)}\n{Text(to)}\n{diff}");
    }

    // Without what is not compared, and with the properties in one order; numbers as they are written.
    private static string Text(string json)
    {
        var resource = JsonNode.Parse(json)!.AsObject();
        resource.Remove("id");
        (resource["meta"] as JsonObject)?.Remove("versionId");
        (resource["meta"] as JsonObject)?.Remove("lastUpdated");
        if (resource["meta"] is JsonObject { Count: 0 })
        {
            resource.Remove("meta");
        }

        return Sorted(resource);
    }

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject all => $"{{{string.Join(',', all.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{Sorted(p.Value)}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(Sorted))}]",
        _ => node?.ToJsonString() ?? "null",
    };

    private static string? Part(JsonNode operation, string name) =>
        (string?)operation["part"]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == name)?.AsObject().Where(p => p.Key is "valueString" or "valueCode").Select(p => p.Value).FirstOrDefault();
}
