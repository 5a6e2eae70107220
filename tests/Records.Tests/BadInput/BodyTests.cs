using System.Text;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>Bodies that are no FHIR resource: each is refused with the place named, and nothing is stored.</summary>
public sealed class BodyTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    public static TheoryData<string, string?> Texts { get; } = new()
    {
        { "", null },
        { " ", null },
        { "{", null },
        { "{\"resourceType\":\"Patient\"", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"gender\":\"ma", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\"} trailing", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\"}{}", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",}", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":NaN}", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":01}", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\"/* comment */}", null },
        { "// comment\n{\"resourceType\":\"Patient\",\"id\":\"x\"}", null },
        { "{'resourceType':'Patient','id':'x'}", null },
        { "<Patient xmlns=\"http://hl7.org/fhir\"/>", null },
        { "null", null },
        { "true", null },
        { "\"Patient\"", null },
        { "42", null },
        { "[]", null },
        { "[{\"resourceType\":\"Patient\",\"id\":\"x\"}]", null },
        { "{}", "resourceType" },
        { "{\"id\":\"x\"}", "resourceType" },
        { "{\"resourceType\":null,\"id\":\"x\"}", "not a resource type" },
        { "{\"resourceType\":1,\"id\":\"x\"}", "not a resource type" },
        { "{\"resourceType\":{\"a\":1},\"id\":\"x\"}", "not a resource type" },
        { "{\"resourceType\":[\"Patient\"],\"id\":\"x\"}", "not a resource type" },
        { "{\"resourceType\":\"Nonsense\",\"id\":\"x\"}", "not a resource type" },
        { "{\"resourceType\":\"patient\",\"id\":\"x\"}", "not a resource type" },
        { "{\"resourceType\":\"Observation\",\"id\":\"x\"}", "resourceType" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"gender\":\"male\",\"gender\":\"female\"}", "gender" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"resourceType\":\"Patient\"}", "resourceType" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"id\":\"y\"}", "id" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"\\ud800\"}]}", "\\u" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"\\udc00\\ud800\"}]}", "\\u" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"a\\u0000b\"}]}", "Patient.name[0].family" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"gender\":\"male\\u0000\"}", "Patient.gender" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"identifier\":[{\"system\":\"http://a\\u0000\",\"value\":\"1\"}]}", "Patient.identifier[0].system" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"extension\":[{\"url\":\"http://a\\u0000\",\"valueString\":\"1\"}]}", "Patient.extension[0].url" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">\\u0000</div>\"}}", "Patient.text" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"na\\u0000me\":1}", null },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\\u0000\"}", "Patient.id" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":1e400}", "multipleBirth" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":1234567890123456789012345678901234567890}", "multipleBirth" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":2147483648}", "multipleBirth" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":1.5}", "multipleBirth" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"multipleBirthInteger\":\"1\"}", "multipleBirth" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"birthDate\":\"0000-01-01\"}", "Patient.birthDate" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"birthDate\":\"2026-02-30\"}", "Patient.birthDate" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"birthDate\":\"2026-13\"}", "Patient.birthDate" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"birthDate\":20260101}", "Patient.birthDate" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"birthDate\":[\"2026-01-01\"]}", "Patient.birthDate" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"deceasedDateTime\":\"2026-01-01T25:00:00Z\"}", "deceased" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"photo\":[{\"data\":\"not base64!\"}]}", "Patient.photo[0].data" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":{\"family\":\"x\"}}", "Patient.name" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[]}", "Patient.name" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[null]}", "Patient.name" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":null}", "Patient.name" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"nonsense\":1}", "nonsense" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"meta\":\"x\"}", "meta" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"meta\":[]}", "meta" },
        { "{\"resourceType\":\"Patient\",\"id\":{}}", "id" },
        { "{\"resourceType\":\"Patient\",\"id\":7}", "id" },
        { "{\"resourceType\":\"Patient\",\"id\":\"\"}", "id" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"contained\":[{}]}", "contained" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"contained\":[{\"resourceType\":\"Nonsense\"}]}", "contained" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"contained\":[\"x\"]}", "contained" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"generalPractitioner\":[{\"reference\":5}]}", "generalPractitioner" },
        { "{\"resourceType\":\"Patient\",\"id\":\"x\",\"_birthDate\":5}", "birthDate" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Each_is_refused_with_its_place(string text, string? place)
    {
        var head = await server.HeadAsync();
        (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(text))).Refused(400, place);
        if (!text.Contains("\"id\":\"x\"", StringComparison.Ordinal))
        {
            var posted = await fhir.SendAsync(HttpMethod.Post, "Patient", FhirClient.Json(text));
            Assert.InRange(posted.Status, 400, 499);
        }

        var bundle = $$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{(text.Length == 0 ? " " : text)}},"request":{"method":"PUT","url":"Patient/x"} }]}""";
        (await fhir.SendAsync(HttpMethod.Post, "", FhirClient.Json(bundle))).Refused(400);
        var batch = await fhir.SendAsync(HttpMethod.Post, "", FhirClient.Json(bundle.Replace("transaction", "batch", StringComparison.Ordinal)));
        Assert.True(batch.Status == 400 || (batch.Status == 200 && ((string)batch.Entries.Single()["response"]!["status"]!)[0] == '4'), batch.ToString());
        Assert.Equal(head, await server.HeadAsync());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0x0B })]
    public async Task Bytes_that_are_no_text_are_refused(byte[] wrong)
    {
        var head = await server.HeadAsync();
        byte[] inValue = [.. "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"a"u8, .. wrong, .. "b\"}]}"u8];
        byte[] inName = [.. "{\"resourceType\":\"Patient\",\"id\":\"x\",\"na"u8, .. wrong, .. "me\":1}"u8];
        foreach (var body in new[] { inValue, inName, wrong })
        {
            (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(body))).Refused(400);
        }

        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task Deep_nesting_is_refused_without_harm()
    {
        var head = await server.HeadAsync();
        const int Depth = 10_000;
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"extension\":[", "]}"), ("{\"a\":", "}") })
        {
            var deep = string.Concat(Enumerable.Repeat(open, Depth)) + "1" + string.Concat(Enumerable.Repeat(close, Depth));
            (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json($$"""{"resourceType":"Patient","id":"x","extension":{{deep}} }"""))).Refused(400);
            (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(deep))).Refused(400);
        }

        Assert.Equal(head, await server.HeadAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/xhtml+xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Other_content_types_are_415(string? type)
    {
        var head = await server.HeadAsync();
        var body = Encoding.UTF8.GetBytes(Samples.Patient("x").ToJsonString());
        (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(body, type))).Refused(415, "Content-Type");
        (await fhir.SendAsync(HttpMethod.Post, "Patient", FhirClient.Json(body, type))).Refused(415, "Content-Type");
        (await fhir.SendAsync(HttpMethod.Post, "", FhirClient.Json(body, type))).Refused(415, "Content-Type");
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task A_body_of_60_MB_is_413_however_it_comes()
    {
        var head = await server.HeadAsync();
        var big = Samples.Patient("x", new string('a', 60_000_000)).ToJsonString();
        await RefusedOrCutOffAsync(FhirClient.Json(big));
        var chunked = FhirClient.Json(big);
        chunked.Headers.ContentLength = null;
        await RefusedOrCutOffAsync(chunked, ("Transfer-Encoding", "chunked"));
        (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FormatTests.Gzip(big), ("Content-Encoding", "gzip"))).Refused(413, "MaxBodyBytes");
        Assert.Equal(head, await server.HeadAsync());
        Assert.Equal(200, (await fhir.GetAsync("metadata")).Status);
    }

    [Fact]
    public async Task Values_of_a_hundred_thousand_characters_are_stored_and_found()
    {
        var random = new Random(7);
        string Long() => string.Concat(Enumerable.Range(0, 100_000).Select(_ => (char)('a' + random.Next(26))));
        var (value, system, family, url) = (Long(), "http://" + Long(), Long(), "http://" + Long());
        var patient = Samples.Patient("long", family);
        patient["identifier"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["system"] = system, ["value"] = value });
        patient["managingOrganization"] = new System.Text.Json.Nodes.JsonObject { ["reference"] = url };
        var stored = await fhir.PutAsync(patient);

        Assert.True(stored.Status == 201, stored.ToString());
        Assert.Equal(["long"], await PostSearchAsync("identifier", value));
        Assert.Equal(["long"], await PostSearchAsync("identifier", $"{system}|{value}"));
        Assert.Equal(["long"], await PostSearchAsync("organization", url));
        Assert.Equal(["long"], await PostSearchAsync("family", family));
        Assert.Equal(["long"], await PostSearchAsync("family:exact", family));
        Assert.Empty(await PostSearchAsync("identifier", value + "x"));
        Assert.Empty(await PostSearchAsync("identifier", $"{system}x|{value}"));
    }

    [Theory]
    [InlineData(419)]
    [InlineData(420)]
    [InlineData(299)]
    [InlineData(300)]
    public async Task A_pair_of_halves_at_a_limit_of_the_index_is_not_cut(int before)
    {
        var text = new string('a', before) + string.Concat(Enumerable.Repeat("😀", 200));
        var patient = Samples.Patient($"pair-{before}", text);
        patient["identifier"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["value"] = text });
        var stored = await fhir.PutAsync(patient);
        Assert.True(stored.Status == 201, stored.ToString());
        Assert.Equal([$"pair-{before}"], await PostSearchAsync("identifier", text));
        Assert.Equal([$"pair-{before}"], await PostSearchAsync("family:exact", text));
    }

    private async Task<IEnumerable<string>> PostSearchAsync(string name, string value)
    {
        var answer = await fhir.SendAsync(HttpMethod.Post, "Patient/_search", new FormUrlEncodedContent([new(name, value)]));
        Assert.True(answer.Status == 200, answer.ToString());
        return answer.Ids("match");
    }

    // A server may answer before it has read everything and close the connection: the client then sees the answer or a reset.
    private async Task RefusedOrCutOffAsync(HttpContent content, params (string, string)[] headers)
    {
        try
        {
            (await fhir.SendAsync(HttpMethod.Put, "Patient/x", content, headers)).Refused(413, "MaxBodyBytes");
        }
        catch (HttpRequestException)
        {
            // Cut off; that nothing was stored and the server goes on is checked by the caller.
        }
    }
}
