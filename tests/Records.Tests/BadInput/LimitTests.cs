using System.Net.Http.Headers;
using System.Text;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>A small request must not cost everybody else much: limits, with the configuration lowered so that they are near.</summary>
public sealed class LimitTests(LimitTests.Server server) : IClassFixture<LimitTests.Server>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_resource_with_too_many_values_to_be_found_by_is_refused()
    {
        var before = await server.HeadAsync();
        var names = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"family":"x{{i}}"}"""));
        var patient = Samples.Resource($$"""{"resourceType":"Patient","id":"many","name":[{{names}}]}""");
        (await fhir.SendAsync(HttpMethod.Put, "Patient/many", FhirClient.Json(patient.ToJsonString()))).Refused(422, "MaxIndexValues");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient/many", patient)))).Refused(422, "MaxIndexValues");
        Assert.Equal(before, await server.HeadAsync());
    }

    [Fact]
    public async Task Reads_of_a_batch_stop_when_their_answers_are_too_large()
    {
        await fhir.StoreAsync(Samples.Patient("big"));
        var answer = await fhir.BundleAsync(Samples.Bundle("batch", [.. Enumerable.Range(0, 40).Select(_ => Samples.Entry("GET", "Patient/big"))]));
        var statuses = answer.Entries.Select(e => ((string)e["response"]!["status"]!)[..3]).ToList();
        Assert.Equal(40, statuses.Count);
        Assert.Contains("200", statuses);
        Assert.Contains("422", statuses);
        Assert.True(answer.Body.Length < 40 * 1024, $"{answer.Body.Length} bytes");
    }

    [Fact]
    public async Task A_body_that_is_not_brotli_is_refused()
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"resourceType":"Patient"}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        content.Headers.ContentEncoding.Add("br");
        (await fhir.SendAsync(HttpMethod.Post, "Patient", content)).Refused(400, "Content-Encoding");
    }

    [Fact]
    public async Task A_search_by_multipart_form_is_refused()
    {
        var content = new StringContent("junk");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/_search", content)).Refused(415, "application/x-www-form-urlencoded");
    }

    [Theory]
    [InlineData("_sort=_text")]
    public async Task What_is_not_indexed_is_refused_instead_of_finding_nothing(string query) =>
        (await fhir.GetAsync($"Patient?{query}")).Refused(400, "_text");

    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Salus:Records:MaxIndexValues", "300"), new("Salus:Records:MaxBundleAnswerBytes", "4000")];
    }
}
