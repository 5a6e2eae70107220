using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>Bundles that cannot be run: refused as a whole, with the entry named, and nothing is stored.</summary>
public sealed class BundleTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("collection")]
    [InlineData("history")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Other_types_of_bundle_are_refused(string type)
    {
        var head = await server.HeadAsync();
        (await fhir.BundleAsync(Samples.Bundle(type, Samples.Entry("POST", "Patient", Samples.Patient())))).Refused(400, "Bundle.type");
        Assert.Equal(head, await server.HeadAsync());
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle"}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Bundle","type":5}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Bundle","type":["batch"]}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Patient"}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":{}}""", "entry")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":"x"}""", "entry")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[1]}""", "entry")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[null]}""", "entry")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{}]}""", "Bundle.entry[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"}}]}""", "Bundle.entry[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":5}]}""", "request")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST"}}]}""", "Bundle.entry[0].request")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":5,"url":5}}]}""", "request")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"post","url":"Patient"},"resource":{"resourceType":"Patient"}}]}""", "Bundle.entry[0].request")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"GET","url":""}}]}""", "Bundle.entry[0].request.url")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"GET","url":"http://elsewhere.org/Patient/1"}}]}""", "Bundle.entry[0].request.url")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Patient/a b"}}]}""", "Bundle.entry[0].request.url")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Patient/1"},"resource":[]}]}""", "resource")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Patient/1"},"resource":"x"}]}""", "resource")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Patient/1"},"resource":{}}]}""", "resource")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient","ifNoneExist":"a=b"},"resource":{"resourceType":"Patient"}}]}""", "Bundle.entry[0].request.ifNoneExist")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Patient/1","ifMatch":"x"},"resource":{"resourceType":"Patient","id":"1"}}]}""", "Bundle.entry[0].request")]
    public async Task Each_is_refused_with_its_place(string bundle, string place)
    {
        var head = await server.HeadAsync();
        (await fhir.SendAsync(HttpMethod.Post, "", FhirClient.Json(bundle))).Refused(400, place);
        var batch = await fhir.SendAsync(HttpMethod.Post, "", FhirClient.Json(bundle.Replace("transaction", "batch", StringComparison.Ordinal)));
        Assert.True(batch.Status == 400 || batch.Entries.All(e => ((string)e["response"]!["status"]!).StartsWith("400", StringComparison.Ordinal)), batch.ToString());
        Assert.Equal(head, await server.HeadAsync());
    }

    [Theory]
    [InlineData("Patient/\0")]
    [InlineData("Patient/\0/_history")]
    [InlineData("Patient?name=\0")]
    [InlineData("Patient/1/_history/\0")]
    [InlineData("Patient/../x")]
    [InlineData("Patient/1/2/3/4")]
    [InlineData("Patient?%00=1")]
    [InlineData("Patient?name=%00")]
    [InlineData("Patient/")]
    [InlineData("Patient/a b/_history")]
    public async Task Strange_addresses_of_reads_are_refused(string url)
    {
        var answer = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("GET", url)));
        Assert.True(answer.Status == 400 || ((string)answer.Entries.Single()["response"]!["status"]!)[0] == '4', answer.ToString());
    }

    [Fact]
    public async Task More_entries_than_the_limit_are_413()
    {
        var entries = new JsonArray([.. Enumerable.Range(0, 20_001).Select(_ => Samples.Entry("DELETE", "Patient/x"))]);
        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "transaction", ["entry"] = entries };
        (await fhir.BundleAsync(bundle)).Refused(413, "Bundle.entry");
        bundle["type"] = "batch";
        (await fhir.BundleAsync(bundle)).Refused(413, "MaxBundleEntries");
    }

    [Fact]
    public async Task A_bundle_in_a_bundle_is_a_resource_and_not_run()
    {
        var inner = Samples.Bundle("transaction", Samples.Entry("PUT", "Patient/inner", Samples.Patient("inner")));
        var answer = await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("POST", "Bundle", inner)));
        Assert.Equal(200, answer.Status);
        (await fhir.GetAsync("Patient/inner")).Refused(404);
        answer = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("POST", "", inner)));
        Assert.StartsWith("400", (string)answer.Entries.Single()["response"]!["status"]!, StringComparison.Ordinal);
        (await fhir.GetAsync("Patient/inner")).Refused(404);
    }
}
