using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

/// <summary>What part of a resource is answered, and whether at all: _summary, _elements, Prefer, If-Modified-Since, HEAD.</summary>
public sealed class ShapeTests(StructuralServer server) : IClassFixture<StructuralServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("_summary=true", "resourceType,id,meta,active,name,gender,birthDate")]
    [InlineData("_summary=data", "resourceType,id,meta,active,name,gender,birthDate,maritalStatus,contact")]
    [InlineData("_summary=text", "resourceType,id,meta,text,active")]
    [InlineData("_summary=false", "resourceType,id,meta,text,active,name,gender,birthDate,maritalStatus,contact")]
    [InlineData("_elements=birthDate,maritalStatus", "resourceType,id,meta,active,birthDate,maritalStatus")]
    [InlineData("_elements=Patient.contact,id", "resourceType,id,meta,active,contact")]
    public async Task A_read_and_a_search_answer_with_the_part_that_is_asked_for(string query, string expected)
    {
        await StoreAsync("part");
        var read = await fhir.GetAsync($"Patient/part?{query}");
        var version = await fhir.GetAsync($"Patient/part/_history/1?{query}");
        var found = await fhir.SearchAsync($"Patient?_id=part&{query}");
        var batch = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("GET", $"Patient/part?{query}")));
        foreach (var patient in new[] { read.Json, version.Json, found.Entries.Single()["resource"]!, batch.Entries.Single()["resource"]! })
        {
            Assert.Equal(expected, string.Join(',', patient.AsObject().Select(p => p.Key)));
            var tags = patient["meta"]!["tag"]!.AsArray().Select(t => (string?)t!["code"]).ToList();
            Assert.Equal(query == "_summary=false" ? ["mine"] : ["mine", "SUBSETTED"], tags);
        }

        Assert.Equal((await fhir.GetAsync("Patient/part")).ETag, read.ETag);
        Assert.Contains(query.Replace(",", "%2C", StringComparison.Ordinal), found.Link("self"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mandatory_elements_stay_also_in_groups_and_numbers_as_they_are_written()
    {
        await fhir.StoreAsync(Samples.Observation("kept", value: "1.50"));
        Assert.Equal(["resourceType", "id", "meta", "status", "code"], (await fhir.GetAsync("Observation/kept?_elements=issued")).Json.AsObject().Select(p => p.Key));
        Assert.Contains("\"value\":1.50,", (await fhir.GetAsync("Observation/kept?_summary=true")).Text, StringComparison.Ordinal);
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Bundle","id":"b","type":"collection","entry":[{"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"x"}}]}"""));
        Assert.Equal("x", (string?)(await fhir.GetAsync("Bundle/b?_summary=true")).Json["entry"]![0]!["resource"]!["id"]);
        await fhir.StoreAsync(Samples.Resource(
            """{"resourceType":"Questionnaire","id":"q","status":"draft","item":[{"linkId":"1","text":"a","type":"string"}],"subjectType":["Patient"]}"""));
        Assert.Null((await fhir.GetAsync("Questionnaire/q?_summary=true")).Json["item"]);
        await fhir.StoreAsync(Samples.Resource(
            """{"resourceType":"CapabilityStatement","id":"c","status":"draft","date":"2026","kind":"instance","fhirVersion":"4.0.1","format":["json"],"rest":[{"mode":"server","documentation":"long","security":{"cors":true,"description":"long"}}]}"""));
        var rest = (await fhir.GetAsync("CapabilityStatement/c?_summary=true")).Json["rest"]![0]!;
        Assert.Equal("""{"mode":"server","security":{"cors":true}}""", rest.ToJsonString());
    }

    [Fact]
    public async Task Included_resources_are_whole_unless_their_elements_are_named()
    {
        await fhir.StoreAsync(Samples.Patient("included"));
        await fhir.StoreAsync(Samples.Observation("including", "Patient/included"));
        const string Query = "Observation?_id=including&_include=Observation:subject";
        var plain = await fhir.SearchAsync($"{Query}&_elements=status");
        Assert.Null(plain.Entries.First()["resource"]!["subject"]);
        Assert.NotNull(plain.Entries.Last()["resource"]!["name"]);
        var both = await fhir.SearchAsync($"{Query}&_elements=status,Patient.birthDate");
        Assert.Null(both.Entries.Last()["resource"]!["name"]);
        Assert.NotNull(both.Entries.Last()["resource"]!["birthDate"]);
        Assert.Null((await fhir.SearchAsync($"{Query}&_summary=true")).Entries.Last()["resource"]!["contact"]);
    }

    [Theory]
    [InlineData("_summary=nope", "_summary")]
    [InlineData("_elements=", "_elements")]
    [InlineData("_elements=nonsense", "nonsense")]
    [InlineData("_elements=Nonsense.id", "Nonsense")]
    [InlineData("_elements=Patient.nonsense", "nonsense")]
    [InlineData("_elements=id&_summary=true", "together")]
    [InlineData("_summary=true&_summary=text", "twice")]
    public async Task Wrong_shapes_are_refused(string query, string place)
    {
        await StoreAsync("part");
        (await fhir.GetAsync($"Patient/part?{query}")).Refused(400, place);
        (await fhir.GetAsync($"Patient?{query}")).Refused(400, place);
    }

    [Fact]
    public async Task Count_is_for_searches_and_text_takes_no_includes()
    {
        await StoreAsync("part");
        (await fhir.GetAsync("Patient/part?_summary=count")).Refused(400, "_summary");
        (await fhir.GetAsync("Patient?_summary=text&_revinclude=Observation:subject")).Refused(400, "_summary=text");
        Assert.Empty((await fhir.SearchAsync("Patient?_summary=count")).Entries);
    }

    [Fact]
    public async Task Pages_keep_the_shape()
    {
        for (var i = 0; i < 5; i++)
        {
            await fhir.StoreAsync(Samples.Patient($"paged-{i}", "Paged"));
        }

        var page = await fhir.SearchAsync("Patient?family=paged&_elements=birthDate&_count=2");
        var seen = 0;
        for (; ; page = await fhir.SearchAsync(page.Link("next")!))
        {
            Assert.All(page.Entries, e => Assert.Equal(["resourceType", "id", "meta", "birthDate"], e["resource"]!.AsObject().Select(p => p.Key)));
            seen += page.Entries.Count();
            if (page.Link("next") is null)
            {
                break;
            }
        }

        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task If_Modified_Since_decides_unless_there_is_an_ETag()
    {
        await fhir.StoreAsync(Samples.Patient("since"));
        var read = await fhir.GetAsync("Patient/since");
        var modified = read.ContentHeaders.LastModified!.Value;
        var same = await fhir.GetAsync("Patient/since", ("If-Modified-Since", modified.ToString("R")));
        Assert.Equal((304, 0, read.ETag), (same.Status, same.Body.Length, same.ETag));
        Assert.Equal(304, (await fhir.GetAsync("Patient/since", ("If-Modified-Since", modified.AddDays(1).ToString("R")))).Status);
        Assert.Equal(200, (await fhir.GetAsync("Patient/since", ("If-Modified-Since", modified.AddSeconds(-1).ToString("R")))).Status);
        Assert.Equal(200, (await fhir.GetAsync("Patient/since", ("If-Modified-Since", "yesterday"))).Status);
        Assert.Equal(200, (await fhir.GetAsync("Patient/since", ("If-Modified-Since", modified.ToString("R")), ("If-None-Match", "W/\"7\""))).Status);
        Assert.Equal(304, (await fhir.GetAsync("Patient/since", ("If-Modified-Since", modified.AddDays(-1).ToString("R")), ("If-None-Match", "W/\"1\""))).Status);
        Assert.Equal(304, (await fhir.GetAsync("Patient/since", ("If-None-Match", "*"))).Status);
        Assert.Equal(304, (await fhir.GetAsync("Patient/since/_history/1", ("If-Modified-Since", modified.ToString("R")))).Status);
        var head = await fhir.SendAsync(HttpMethod.Head, "Patient/since?_summary=true", null);
        Assert.Equal((200, 0), (head.Status, head.Body.Length));
        Assert.Equal((await fhir.GetAsync("Patient/since?_summary=true")).Body.Length, head.ContentHeaders.ContentLength);
    }

    [Fact]
    public async Task Entries_of_a_batch_say_what_the_client_has()
    {
        await fhir.StoreAsync(Samples.Patient("have"));
        var at = (string)(await fhir.GetAsync("Patient/have")).Json["meta"]!["lastUpdated"]!;
        JsonObject Read(string name, string value)
        {
            var entry = Samples.Entry("GET", "Patient/have");
            entry["request"]![name] = value;
            return entry;
        }

        var answer = await fhir.BundleAsync(Samples.Bundle("batch", Read("ifNoneMatch", "W/\"1\""), Read("ifNoneMatch", "W/\"2\""), Read("ifModifiedSince", at), Read("ifModifiedSince", "2001-01-01T00:00:00Z")));
        Assert.Equal(["304", "200", "304", "200"], answer.Entries.Select(e => ((string)e["response"]!["status"]!)[..3]));
        Assert.Equal([false, true, false, true], answer.Entries.Select(e => e["resource"] is not null));
    }

    [Fact]
    public async Task Each_write_answers_with_what_is_preferred()
    {
        (string, string) Prefer(string what) => ("Prefer", $"return={what}");
        static HttpContent Patch() => FhirClient.Json("""[{"op":"add","path":"/active","value":true}]"""u8.ToArray(), "application/json-patch+json");
        HttpContent Body() => FhirClient.Json(Samples.Patient("pref").ToJsonString());
        foreach (var (send, done) in new (Func<(string, string), Task<Answer>>, string)[]
        {
            (p => fhir.PostAsync(Samples.Patient(), p), "was created"),
            (p => fhir.SendAsync(HttpMethod.Put, "Patient/pref", Body(), p), "Patient/pref was"),
            (p => fhir.SendAsync(HttpMethod.Put, "Patient?_id=pref", Body(), p), "Patient/pref was changed"),
            (p => fhir.SendAsync(HttpMethod.Patch, "Patient/pref", Patch(), p), "Patient/pref was changed"),
            (p => fhir.PostAsync(Samples.Patient(), ("If-None-Exist", "_id=pref"), p), "nothing was written"),
        })
        {
            Assert.Equal("Patient", (string?)(await send(Prefer("representation"))).Json["resourceType"]);
            Assert.Empty((await send(Prefer("minimal"))).Body);
            var outcome = await send(Prefer("OperationOutcome"));
            Assert.InRange(outcome.Status, 200, 201);
            Assert.NotNull(outcome.Headers.Location);
            Assert.Contains(done, outcome.Problems, StringComparison.Ordinal);
            Assert.Equal("information", (string?)outcome.Json["issue"]![0]!["severity"]);
        }

        Assert.Equal((204, 0), (await fhir.DeleteAsync("Patient/pref", Prefer("minimal"))) is var gone ? (gone.Status, gone.Body.Length) : default);
        var deleted = await fhir.DeleteAsync("Patient/pref", Prefer("OperationOutcome"));
        Assert.Equal(200, deleted.Status);
        Assert.Contains("nothing to delete", deleted.Problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_of_bundles_answer_with_what_is_preferred()
    {
        foreach (var type in new[] { "batch", "transaction" })
        {
            await fhir.StoreAsync(Samples.Patient($"pb-{type}"));
            JsonObject Bundle() => Samples.Bundle(type, Samples.Entry("PUT", $"Patient/pb-{type}", Samples.Patient($"pb-{type}")), Samples.Entry("DELETE", "Patient/pb-nobody"), Samples.Entry("GET", $"Patient/pb-{type}"));
            var plain = await fhir.BundleAsync(Bundle());
            Assert.Equal([false, false, true], plain.Entries.Select(e => e["resource"] is not null));
            var whole = await fhir.BundleAsync(Bundle(), ("Prefer", "return=representation"));
            Assert.Equal([true, false, true], whole.Entries.Select(e => e["resource"] is not null));
            var outcomes = await fhir.BundleAsync(Bundle(), ("Prefer", "return=OperationOutcome"));
            Assert.Equal([false, false, true], outcomes.Entries.Select(e => e["resource"] is not null));
            Assert.Contains("was changed", (string?)outcomes.Entries.First()["response"]!["outcome"]!["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_versioned_reference_stays_as_it_is()
    {
        await fhir.StoreAsync(Samples.Patient("versioned"));
        await fhir.StoreAsync(Samples.Observation("versioned", "Patient/versioned/_history/1"));
        Assert.Equal("Patient/versioned/_history/1", (string?)(await fhir.GetAsync("Observation/versioned")).Json["subject"]!["reference"]);
        Assert.Equal(["versioned"], await fhir.IdsAsync("Observation?subject=Patient/versioned"));
        var answer = await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Observation/versioned-tx", Samples.Observation("versioned-tx", "Patient/versioned/_history/1"))));
        Assert.Equal(200, answer.Status);
        Assert.Equal("Patient/versioned/_history/1", (string?)(await fhir.GetAsync("Observation/versioned-tx")).Json["subject"]!["reference"]);
    }

    private Task<Answer> StoreAsync(string id) => fhir.StoreAsync(Samples.Resource(
        $$"""
        {"resourceType":"Patient","id":"{{id}}","meta":{"tag":[{"system":"http://x","code":"mine"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
         "active":true,"name":[{"family":"Part"}],"gender":"female","birthDate":"1980-05-17","maritalStatus":{"text":"married"},"contact":[{"gender":"male"},{"gender":"female"}]}
        """));
}
