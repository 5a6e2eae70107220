using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

public sealed class FormatTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("json")]
    [InlineData("application/json")]
    [InlineData("application/fhir+json")]
    [InlineData("application/fhir%2Bjson")]
    public async Task Format_names_json_in_all_its_spellings(string format)
    {
        await fhir.StoreAsync(Samples.Patient("f1"));
        Assert.Equal(200, (await fhir.GetAsync($"Patient/f1?_format={format}", ("Accept", "application/fhir+xml"))).Status);
    }

    [Fact]
    public async Task Other_forms_are_refused_with_406()
    {
        await fhir.StoreAsync(Samples.Patient("f1"));
        (await fhir.GetAsync("Patient/f1?_format=ttl")).Refused(406, "_format=ttl");
        (await fhir.GetAsync("Patient/f1", ("Accept", "text/turtle"))).Refused(406, "text/turtle");
        (await fhir.GetAsync("Patient/f1", ("Accept", "application/fhir+json;q=0, application/xml;q=0.0"))).Refused(406, "q=0");
        Assert.Equal(200, (await fhir.GetAsync("Patient/f1", ("Accept", "text/html, */*;q=0.1"))).Status);
        Assert.Equal(200, (await fhir.GetAsync("Patient/f1", ("Accept", "application/fhir+json; fhirVersion=4.0"))).Status);
    }

    [Fact]
    public async Task Pretty_is_indented_and_says_the_same()
    {
        await fhir.StoreAsync(Samples.Observation("f2", value: "1.00"));
        var plain = await fhir.GetAsync("Observation/f2");
        var pretty = await fhir.GetAsync("Observation/f2?_pretty=true");

        Assert.Contains("\n  \"", pretty.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", plain.Text, StringComparison.Ordinal);
        Assert.Contains("1.00", pretty.Text, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(plain.Json, pretty.Json));
        Assert.Contains("\n", (await fhir.GetAsync("Observation?_pretty=true")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_body_is_read()
    {
        var answer = await fhir.SendAsync(HttpMethod.Put, "Patient/gz", Gzip(Samples.Patient("gz").ToJsonString()), ("Content-Encoding", "gzip"));
        Assert.Equal(201, answer.Status);
        Assert.Equal("Meier", (string?)(await fhir.GetAsync("Patient/gz")).Json["name"]![0]!["family"]);
    }

    [Fact]
    public async Task An_answer_is_compressed_when_that_is_accepted()
    {
        await fhir.StoreAsync(Samples.Patient("gz2"));
        var plain = await fhir.GetAsync("Patient/gz2");
        var answer = await fhir.GetAsync("Patient/gz2", ("Accept-Encoding", "gzip"));

        Assert.Equal(["gzip"], answer.ContentHeaders.ContentEncoding);
        using var unzipped = new StreamReader(new GZipStream(new MemoryStream(answer.Body), CompressionMode.Decompress));
        Assert.Equal(plain.Text, await unzipped.ReadToEndAsync());
    }

    [Fact]
    public async Task What_is_not_gzip_or_cut_short_is_400()
    {
        var head = await server.HeadAsync();
        (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(Samples.Patient("x").ToJsonString()), ("Content-Encoding", "gzip"))).Refused(400);
        var whole = await Gzip(Samples.Patient("x").ToJsonString()).ReadAsByteArrayAsync();
        (await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(whole[..(whole.Length / 2)]), ("Content-Encoding", "gzip"))).Refused(400);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task An_unknown_content_encoding_is_415()
    {
        var answer = await fhir.SendAsync(HttpMethod.Put, "Patient/x", FhirClient.Json(Samples.Patient("x").ToJsonString()), ("Content-Encoding", "zstd"));
        answer.Refused(415, "Content-Encoding");
    }

    [Fact]
    public async Task Prefer_minimal_leaves_the_body_out()
    {
        var put = await fhir.PutAsync(Samples.Patient("minimal"), ("Prefer", "return=minimal"));
        Assert.Equal((201, 0), (put.Status, put.Body.Length));
        Assert.Equal("W/\"1\"", put.ETag);
        Assert.NotNull(put.Headers.Location);
        Assert.Empty((await fhir.PostAsync(Samples.Patient(), ("Prefer", "return=minimal"))).Body);
        Assert.NotEmpty((await fhir.PostAsync(Samples.Patient(), ("Prefer", "return=representation"))).Body);
    }

    [Fact]
    public async Task What_needs_no_escape_is_written_plain()
    {
        const string Sent = """{"resourceType":"Patient","id":"plain","name":[{"family":"Müller & <Söhne> '日本' 😀"}]}""";
        Assert.Equal(201, (await fhir.SendAsync(HttpMethod.Put, "Patient/plain", FhirClient.Json(Sent))).Status);
        var read = await fhir.GetAsync("Patient/plain");
        Assert.Contains("Müller & <Söhne> '日本' 😀", read.Text, StringComparison.Ordinal);
        Assert.Contains("Müller & <Söhne> '日本' 😀", (await fhir.SearchAsync("Patient?_id=plain")).Text, StringComparison.Ordinal);
    }

    internal static ByteArrayContent Gzip(string text)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return (ByteArrayContent)FhirClient.Json(zipped.ToArray());
    }
}
