using System.Text.Json.Nodes;

namespace Salus.Records.Tests.Audit;

public sealed class AuditedRequestTests(AuditedServer server) : IClassFixture<AuditedServer>
{
    private static readonly string Gender = """{"resourceType":"Patient","id":"p1","gender":"female"}""";
    private static readonly string Pulse = """{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/p1"},"performer":[{"reference":"Patient/p2"}]}""";

    [Fact]
    public async Task Writes_stand_in_the_trail_with_version_and_patients()
    {
        var me = AuditedServer.As("writer");
        await server.Fhir.PutAsync(JsonNode.Parse(Gender)!, me);
        await server.Fhir.PutAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"p2"}""")!, me);
        await server.Fhir.PutAsync(JsonNode.Parse(Pulse)!, me);
        await server.Fhir.PutAsync(JsonNode.Parse(Pulse.Replace("pulse", "heart", StringComparison.Ordinal))!, me);
        await server.Fhir.DeleteAsync("Patient/p2", me);
        Assert.Equal(
            ["Create Patient/p1/1 [p1]", "Create Patient/p2/1 [p2]", "Create Observation/o1/1 [p1+p2]", "Update Observation/o1/2 [p1+p2]", "Delete Patient/p2/2 [p2]"],
            await server.OfAsync("writer"));
    }

    [Fact]
    public async Task A_refused_write_is_not_in_the_trail_as_done()
    {
        var me = AuditedServer.As("overtaken");
        await server.Fhir.PutAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"p3"}""")!, me);
        var answer = await server.Fhir.PutAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"p3","gender":"male"}""")!, me, ("If-Match", "W/\"7\""));
        Assert.Equal(412, answer.Status);
        // It told that there is another version: that was a look at the record.
        Assert.Equal(["Create Patient/p3/1 [p3]", "Read Patient/p3/0 [p3] MinorFailure"], await server.OfAsync("overtaken", 2));
    }

    [Fact]
    public async Task Reads_searches_history_and_operations_stand_in_the_trail()
    {
        await server.Fhir.StoreAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"p4"}""")!);
        var me = AuditedServer.As("reader");
        foreach (var path in new[] { "Patient/p4", "Patient/p4/_history/1", "Patient/p4/_history", "Patient?gender=unknown", "Patient/p4/Observation", "Patient/p4/$everything", "_history", "?_type=Patient", "Patient/nobody" })
        {
            await server.Fhir.GetAsync(path, me);
        }

        using var form = new FormUrlEncodedContent([new("gender", "unknown")]);
        await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search", form, me);
        Assert.Equal(
            [
                "Read Patient/p4/1 [p4]", "VersionRead Patient/p4/1 [p4]", "History Patient/p4/0 [p4]", "Search Patient/-/0 []", "Search Patient/p4/0 [p4]", "Operation Patient/p4/0 [p4]",
                "History -/-/0 [p4]", "Search -/-/0 [p4]", "Read Patient/nobody/0 [nobody] MinorFailure", "Search Patient/-/0 []",
            ],
            (await server.OfAsync("reader", 10)).Select(OfP4));
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from access.audit where actor = 'reader' and query = '/fhir/Patient?gender=unknown'"));
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from access.audit where actor = 'reader' and query = '/fhir/Patient/_search gender=unknown'"));
        Assert.Equal(10, await server.ScalarAsync<long>("select count(*) from access.audit where actor = 'reader' and name = 'Dr. Test' and roles = '{physician}' and purpose = 'TREAT' and request = 'r-1' and address = '192.0.2.1'"));
    }

    // What other tests stored is in the whole record too.
    private static string OfP4(string entry) => entry.Contains("+p4]", StringComparison.Ordinal) ? $"{entry[..entry.IndexOf('[', StringComparison.Ordinal)]}[p4]" : entry;

    [Fact]
    public async Task What_gives_no_data_of_patients_is_left_out()
    {
        var me = AuditedServer.As("curious");
        foreach (var path in new[] { "metadata", "ValueSet?url=x", "CodeSystem/$lookup?system=http://loinc.org&code=1", "Patient?nonsense=1" })
        {
            await server.Fhir.GetAsync(path, me);
        }

        // Entries come in the order of the answers.
        await server.Fhir.GetAsync("Patient/nobody", me);
        Assert.Single(await server.OfAsync("curious", 1));
    }

    [Fact]
    public async Task What_a_request_says_cannot_spoil_its_row()
    {
        var me = AuditedServer.As("spoiler");
        await server.Fhir.GetAsync("Patient?name=" + string.Concat(Enumerable.Repeat("%1f%F0%9F%98%80x", 300)), me);
        Assert.Single(await server.OfAsync("spoiler", 1));
    }
}
