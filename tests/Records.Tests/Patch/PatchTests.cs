using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Patch;

/// <summary>patch over HTTP, alone and in bundles, with both forms.</summary>
public sealed class PatchTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_json_patch_makes_the_next_version_and_keeps_the_precision_of_numbers()
    {
        await fhir.StoreAsync(Samples.Observation("precise", value: "1.50"));
        var answer = await JsonAsync("Observation/precise", """[{"op":"replace","path":"/status","value":"amended"},{"op":"add","path":"/referenceRange","value":[{"low":{"value":1.000}}]}]""");
        Assert.Equal((200, "2", "W/\"2\""), (answer.Status, answer.Version, answer.ETag));
        Assert.EndsWith("/Observation/precise/_history/2", answer.Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("\"value\":1.50,", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"value\":1.000}", answer.Text, StringComparison.Ordinal);
        Assert.Equal(answer.Text, (await fhir.GetAsync("Observation/precise")).Text);
        Assert.Equal(["precise"], await fhir.IdsAsync("Observation?status=amended&_id=precise"));
        Assert.Equal("1", (await fhir.GetAsync("Observation/precise/_history/1")).Version);
    }

    [Fact]
    public async Task A_fhirpath_patch_makes_the_next_version()
    {
        await fhir.StoreAsync(Samples.Patient("paths"));
        var answer = await PathAsync("Patient/paths", """replace|Patient.birthDate||"valueDate":"1930-01-01" """, """add|Patient|name|"valueHumanName":{"family":"Second"}""");
        Assert.Equal((200, "2"), (answer.Status, answer.Version));
        Assert.Equal(["paths"], await fhir.IdsAsync("Patient?birthdate=1930-01-01&family=second"));
    }

    [Fact]
    public async Task If_Match_and_what_is_not_there_are_as_for_an_update()
    {
        await fhir.StoreAsync(Samples.Patient("matched"));
        const string Activate = """[{"op":"add","path":"/active","value":true}]""";
        (await JsonAsync("Patient/matched", Activate, ("If-Match", "W/\"2\""))).Refused(412, "version 1");
        Assert.Equal(200, (await JsonAsync("Patient/matched", Activate, ("If-Match", "W/\"1\""))).Status);
        (await JsonAsync("Patient/nobody", Activate)).Refused(404, "Patient/nobody");
        (await JsonAsync("Patient/nobody", Activate, ("If-Match", "W/\"1\""))).Refused(412);
        await fhir.DeleteAsync("Patient/matched");
        (await JsonAsync("Patient/matched", Activate)).Refused(410);
        (await JsonAsync("Nonsense/1", Activate)).Refused(404);
        (await JsonAsync("Patient/a b", Activate)).Refused(400, "id");
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/gender","value":"male"},{"op":"remove","path":"/birthDate"}]""", 422, "The test fails")]
    [InlineData("""[{"op":"remove","path":"/nope"}]""", 422, "patch[0]")]
    [InlineData("""[{"op":"replace","path":"/id","value":"other"}]""", 422, "Patient.id")]
    [InlineData("""[{"op":"remove","path":"/id"}]""", 422, "Patient.id")]
    [InlineData("""[{"op":"replace","path":"/resourceType","value":"Person"}]""", 422, "Patient.resourceType")]
    [InlineData("""[{"op":"replace","path":"/meta/versionId","value":"7"}]""", 422, "Patient.meta.versionId")]
    [InlineData("""[{"op":"remove","path":"/meta"}]""", 422, "Patient.meta.versionId")]
    [InlineData("""[{"op":"replace","path":"/meta/lastUpdated","value":"2020-01-01T00:00:00Z"}]""", 422, "Patient.meta.lastUpdated")]
    [InlineData("""[{"op":"replace","path":"/birthDate","value":"yesterday"}]""", 400, "Patient.birthDate")]
    [InlineData("""[{"op":"add","path":"/nonsense","value":1}]""", 400, "nonsense")]
    [InlineData("""[{"op":"replace","path":"","value":[1]}]""", 400, "object")]
    [InlineData("""[{"op":"replace","path":"","value":null}]""", 400, "object")]
    [InlineData("""[{"op":"nope","path":"/a"}]""", 400, "patch[0].op")]
    [InlineData("{}", 400, "array")]
    [InlineData("[", 400, "JSON")]
    public async Task What_cannot_be_patched_leaves_the_resource_as_it_was(string patch, int status, string place)
    {
        await fhir.StoreAsync(Samples.Patient("same"));
        var before = await fhir.GetAsync("Patient/same");
        (await JsonAsync("Patient/same", patch)).Refused(status, place);
        Assert.Equal(before.Text, (await fhir.GetAsync("Patient/same")).Text);
        var entry = Samples.Entry("PATCH", "Patient/same", Binary(patch));
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("POST", "Patient", Samples.Patient()), entry))).Refused(status, "Bundle.entry[1].resource");
        Assert.Equal(before.Text, (await fhir.GetAsync("Patient/same")).Text);
    }

    [Fact]
    public async Task The_tags_and_profiles_of_meta_can_be_patched()
    {
        await fhir.StoreAsync(Samples.Patient("tagged"));
        var answer = await JsonAsync("Patient/tagged", """[{"op":"add","path":"/meta/tag","value":[{"system":"http://x","code":"t"}]}]""");
        Assert.Equal("t", (string?)answer.Json["meta"]!["tag"]![0]!["code"]);
        Assert.Equal("2", answer.Version);
    }

    [Fact]
    public async Task Other_bodies_are_refused_with_the_way_out()
    {
        await fhir.StoreAsync(Samples.Patient("bodies"));
        var answer = await fhir.SendAsync(HttpMethod.Patch, "Patient/bodies", FhirClient.Json("<a/>"u8.ToArray(), "application/xml-patch+xml"));
        answer.Refused(415, "application/json-patch+json");
        Assert.Contains("application/json-patch+json", string.Join(',', answer.Headers.GetValues("Accept-Patch")), StringComparison.Ordinal);
        (await fhir.SendAsync(HttpMethod.Patch, "Patient/bodies", FhirClient.Json(Samples.Patient("bodies").ToJsonString()))).Refused(400, "Parameters");
        (await fhir.SendAsync(HttpMethod.Patch, "Patient/bodies", FhirClient.Json("""{"resourceType":"Parameters","parameter":[{"part":[]}]}"""))).Refused(400, "Parameters.parameter");
        (await fhir.SendAsync(HttpMethod.Patch, "Patient/bodies", FhirClient.Json(Array.Empty<byte>(), "application/json-patch+json"))).Refused(400);
        (await PathAsync("Patient/bodies", "delete|Patient.birthDate.single().nope||")).Refused(400, "Parameters.parameter[0]");
        (await PathAsync("Patient/bodies", """replace|Patient.id||"valueId":"x" """)).Refused(422, "Patient.id");
    }

    [Fact]
    public async Task Bundles_patch_with_both_forms()
    {
        foreach (var type in new[] { "batch", "transaction" })
        {
            await fhir.StoreAsync(Samples.Patient($"{type}-1"));
            await fhir.StoreAsync(Samples.Patient($"{type}-2"));
            var answer = await fhir.BundleAsync(Samples.Bundle(
                type,
                Samples.Entry("PATCH", $"Patient/{type}-1", Binary("""[{"op":"add","path":"/active","value":true}]""")),
                Samples.Entry("PATCH", $"Patient/{type}-2", JsonNode.Parse(FhirPathPatchTests.Parameters("delete|Patient.birthDate||")))));
            Assert.Equal(["W/\"2\"", "W/\"2\""], answer.Entries.Select(e => (string?)e["response"]!["etag"]));
            Assert.True((bool)(await fhir.GetAsync($"Patient/{type}-1")).Json["active"]!);
            Assert.Null((await fhir.GetAsync($"Patient/{type}-2")).Json["birthDate"]);
        }
    }

    [Fact]
    public async Task A_patch_of_a_transaction_refers_to_its_other_entries()
    {
        await fhir.StoreAsync(Samples.Patient("referring"));
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("POST", "Organization", Samples.Resource("""{"resourceType":"Organization","name":"Ward"}"""), "urn:uuid:aaaaaaaa-0000-4000-8000-00000000000a"),
            Samples.Entry("PATCH", "Patient/referring", JsonNode.Parse(FhirPathPatchTests.Parameters(
                """add|Patient|managingOrganization|"valueReference":{"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-00000000000a"}""")))));
        Assert.Equal(200, answer.Status);
        var id = ((string)answer.Json["entry"]![0]!["response"]!["location"]!).Split('/')[1];
        Assert.Equal($"Organization/{id}", (string?)(await fhir.GetAsync("Patient/referring")).Json["managingOrganization"]!["reference"]);
    }

    [Fact]
    public async Task A_patch_entry_with_another_body_is_refused_at_its_place()
    {
        await fhir.StoreAsync(Samples.Patient("entry"));
        var binary = Binary("[]");
        binary["contentType"] = "application/pdf";
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PATCH", "Patient/entry", binary)))).Refused(400, "Bundle.entry[0].resource");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PATCH", "Patient/entry")))).Refused(400, "Bundle.entry[0].resource");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PATCH", "Patient", Binary("[]"))))).Refused(400, "Bundle.entry[0].request");
    }

    private Task<Answer> JsonAsync(string path, string patch, params (string Name, string Value)[] headers) =>
        fhir.SendAsync(HttpMethod.Patch, path, FhirClient.Json(Encoding.UTF8.GetBytes(patch), "application/json-patch+json"), headers);

    private Task<Answer> PathAsync(string path, params string[] operations) => fhir.SendAsync(HttpMethod.Patch, path, FhirClient.Json(FhirPathPatchTests.Parameters(operations)));

    private static JsonObject Binary(string patch) => new()
    {
        ["resourceType"] = "Binary",
        ["contentType"] = "application/json-patch+json",
        ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)),
    };
}
