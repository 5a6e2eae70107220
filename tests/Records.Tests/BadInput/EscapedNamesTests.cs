using System.Text.Json;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>JSON may write any character as an escape, in names and codes too: it is the same name, and the same code.</summary>
public sealed class EscapedNamesTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task What_the_server_decides_is_not_doubled_by_an_escaped_name()
    {
        const string Sent = """{"resourceType":"Patient","\u0069d":"other","m\u0065ta":{"version\u0049d":"77","t\u0061g":[{"c\u006fde":"kept"}]},"activ\u0065":true}""";
        var stored = await fhir.SendAsync(HttpMethod.Post, "Patient", FhirClient.Json(Sent));
        Assert.Equal(201, stored.Status);
        using var served = JsonDocument.Parse((await fhir.GetAsync($"Patient/{(string)stored.Json["id"]!}")).Body);
        var names = served.RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);
        Assert.Equal(["active", "id", "meta", "resourceType"], names);
        var meta = served.RootElement.GetProperty("meta");
        Assert.Equal(["lastUpdated", "tag", "versionId"], meta.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal("1", meta.GetProperty("versionId").GetString());
        Assert.NotEqual("other", served.RootElement.GetProperty("id").GetString());
        var part = await fhir.SearchAsync($"Patient?_id={(string)stored.Json["id"]!}&_elements=active");
        Assert.Equal(["kept", "SUBSETTED"], part.Json["entry"]![0]!["resource"]!["meta"]!["tag"]!.AsArray().Select(t => (string)t!["code"]!));
        var xml = await fhir.GetAsync($"Patient/{(string)stored.Json["id"]!}?_format=xml");
        Assert.Contains("<active value=\"true\"/>", xml.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_with_escaped_slashes_are_data()
    {
        var stored = await fhir.SendAsync(HttpMethod.Post, "Binary", FhirClient.Json("""{"resourceType":"Binary","contentType":"text\/plain","data":"\/\/\/\/"}"""));
        Assert.Equal(201, stored.Status);
    }

    [Fact]
    public async Task References_in_a_transaction_are_resolved_where_they_are_escaped()
    {
        const string Sent =
            """
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"fullUrl":"urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9","request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient"}},
             {"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
              "subject":{"reference":"urn\u003auuid:05efabf0-4be2-4561-91ce-51548425acb9"}}}]}
            """;
        var answer = await fhir.SendAsync(HttpMethod.Post, "", FhirClient.Json(Sent));
        Assert.Equal(200, answer.Status);
        var location = (string)answer.Json["entry"]![1]!["response"]!["location"]!;
        var observation = await fhir.GetAsync(location[location.IndexOf("Observation/", StringComparison.Ordinal)..]);
        Assert.StartsWith("Patient/", (string)observation.Json["subject"]!["reference"]!, StringComparison.Ordinal);
    }
}
