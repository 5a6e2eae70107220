using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Salus.Fhir.Definitions;
using Salus.Fhir.Xml;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

/// <summary>XML over HTTP: the same resources, the same refusals.</summary>
public sealed class XmlTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const string PatientXml = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Patient xmlns="http://hl7.org/fhir">
          <id value="x1"/>
          <!-- a comment is not kept -->
          <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><b>Ada</b> &amp; co</div></text>
          <name><family value="Meier"/><given value="Ada"/></name>
          <birthDate value="1980-05-17"><extension url="http://example.org/x"><valueDecimal value="1.50"/></extension></birthDate>
        </Patient>
        """;

    private static readonly XNamespace Ns = "http://hl7.org/fhir";
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_resource_is_written_and_read_as_xml_and_stored_as_json()
    {
        var created = await fhir.SendAsync(HttpMethod.Put, "Patient/x1", Xml(PatientXml));
        Assert.Equal((201, "application/fhir+xml"), (created.Status, created.ContentHeaders.ContentType!.MediaType));
        Assert.Equal("1", Parse(created).Element(Ns + "meta")!.Element(Ns + "versionId")!.Attribute("value")!.Value);

        var json = await fhir.GetAsync("Patient/x1");
        Assert.Equal("application/fhir+json", json.ContentHeaders.ContentType!.MediaType);
        Assert.Contains("\"valueDecimal\":1.50", json.Text, StringComparison.Ordinal);
        Assert.Equal("<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>Ada</b> &amp; co</div>", (string?)json.Json["text"]!["div"]);

        var xml = await fhir.GetAsync("Patient/x1", ("Accept", "application/fhir+xml"));
        Assert.Equal("W/\"1\"", xml.ETag);
        Assert.Equal(["Accept"], xml.Headers.Vary);
        Says(json.Json, xml);
        Assert.Equal(json.Text, (await fhir.GetAsync("Patient/x1", ("Accept", "application/fhir+json"))).Text);
    }

    [Fact]
    public async Task Searches_histories_and_versions_come_as_xml()
    {
        await fhir.StoreAsync(Samples.Observation("s1", subject: "Patient/xs", value: "1.00"));
        await fhir.StoreAsync(Samples.Observation("s1", subject: "Patient/xs", value: "2.00"));
        foreach (var path in (string[])["Observation?subject=Patient/xs&_total=accurate", "Observation/s1/_history", "Observation/s1/_history/1", "metadata", "Observation?subject=Patient/none"])
        {
            var json = await fhir.SearchAsync(path);
            var xml = await fhir.GetAsync(path, ("Accept", "application/fhir+xml"));
            Assert.Equal("application/fhir+xml", xml.ContentHeaders.ContentType!.MediaType);
            Says(json.Json, xml);
        }
    }

    [Fact]
    public async Task The_capability_statement_lists_the_form() =>
        Assert.Equal(["json", "application/fhir+json", "xml", "application/fhir+xml"], (await fhir.GetAsync("metadata")).Json["format"]!.AsArray().Select(f => (string?)f));

    [Fact]
    public async Task A_transaction_in_xml_is_answered_in_xml()
    {
        var bundle = $"""
            <Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/>
              <entry><fullUrl value="urn:uuid:0b2e8c5e-6f9e-4f0a-9d0b-3d5b1c1a0a01"/><resource><Patient><name><family value="Xenia"/></name></Patient></resource>
                <request><method value="POST"/><url value="Patient"/></request></entry>
              <entry><resource><Observation><status value="final"/><code><text value="t"/></code><subject><reference value="urn:uuid:0b2e8c5e-6f9e-4f0a-9d0b-3d5b1c1a0a01"/></subject></Observation></resource>
                <request><method value="POST"/><url value="Observation"/></request></entry>
            </Bundle>
            """;
        var answer = await fhir.SendAsync(HttpMethod.Post, "", Xml(bundle), ("Prefer", "return=representation"));
        Assert.True(answer.Status == 200, answer.ToString());
        var observation = Assert.Single(Parse(answer).Descendants(Ns + "Observation"));
        var subject = observation.Element(Ns + "subject")!.Element(Ns + "reference")!.Attribute("value")!.Value;
        Assert.Equal("Xenia", (string?)(await fhir.GetAsync(subject)).Json["name"]![0]!["family"]);
    }

    [Theory]
    [InlineData("application/fhir+xml", "application/fhir+xml")]
    [InlineData("application/xml", "application/fhir+xml")]
    [InlineData("text/xml; charset=utf-8", "application/fhir+xml")]
    [InlineData("application/fhir+xml; fhirVersion=4.0", "application/fhir+xml")]
    [InlineData("application/fhir+json;q=0.5, application/fhir+xml", "application/fhir+xml")]
    [InlineData("application/fhir+xml;q=0.5, application/fhir+json", "application/fhir+json")]
    [InlineData("application/fhir+xml, application/fhir+json", "application/fhir+json")]
    [InlineData("application/fhir+xml, */*;q=0.1", "application/fhir+xml")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "application/fhir+json")]
    [InlineData("*/*", "application/fhir+json")]
    public async Task The_form_is_the_one_that_the_client_likes_best(string accept, string type)
    {
        await fhir.StoreAsync(Samples.Patient("accept"));
        Assert.Equal(type, (await fhir.GetAsync("Patient/accept", ("Accept", accept))).ContentHeaders.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("xml")]
    [InlineData("text/xml")]
    [InlineData("application/fhir%2Bxml")]
    [InlineData("application/fhir+xml")]
    public async Task Format_names_xml_in_all_its_spellings(string format)
    {
        await fhir.StoreAsync(Samples.Patient("format"));
        var answer = await fhir.GetAsync($"Patient/format?_format={format}&_pretty=true", ("Accept", "application/fhir+json"));
        Assert.Equal("application/fhir+xml", answer.ContentHeaders.ContentType!.MediaType);
        Assert.Contains("\n  <id value=\"format\"/>\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_page_has_the_form_of_the_first()
    {
        for (var i = 0; i < 3; i++)
        {
            await fhir.StoreAsync(Samples.Patient($"page{i}", family: "Paging"));
        }

        var pages = 0;
        for (var next = "Patient?family=Paging&_count=1&_format=application/fhir%2Bxml"; next is not null; pages++)
        {
            var page = Parse(await fhir.GetAsync(next));
            next = page.Elements(Ns + "link").FirstOrDefault(l => l.Element(Ns + "relation")!.Attribute("value")!.Value == "next")?.Element(Ns + "url")!.Attribute("value")!.Value;
        }

        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Refusals_come_as_xml_as_well()
    {
        var gone = await fhir.GetAsync("Patient/nobody", ("Accept", "application/fhir+xml"));
        Assert.Equal((404, "OperationOutcome"), (gone.Status, Parse(gone).Name.LocalName));
        var unknown = await fhir.GetAsync("Patient?colour=red&_format=xml");
        Assert.Equal(400, unknown.Status);
        Assert.Contains("colour", Parse(unknown).Descendants(Ns + "diagnostics").Single().Attribute("value")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\">\n<nome/></Patient>", "Patient has no element <nome> (line 2, column 2)")]
    [InlineData("<Patient/>", "in no namespace")]
    [InlineData("{\"resourceType\":\"Patient\"}", "not well-formed XML")]
    [InlineData("<!DOCTYPE p [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Patient xmlns=\"http://hl7.org/fhir\"><language value=\"&e;\"/></Patient>", "document type")]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"bad\"/><birthDate value=\"yesterday\"/></Patient>", "Patient.birthDate")]
    public async Task A_body_that_is_no_resource_changes_nothing(string xml, string reason)
    {
        var head = await server.HeadAsync();
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Put, "Patient/bad"), (HttpMethod.Post, "Patient")])
        {
            (await fhir.SendAsync(method, path, Xml(xml), ("Accept", "application/fhir+json"))).Refused(400, reason);
        }

        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task A_compressed_body_has_the_same_bounds()
    {
        Assert.Equal(201, (await fhir.SendAsync(HttpMethod.Put, "Patient/x1z", Zipped(PatientXml.Replace("\"x1\"", "\"x1z\"", StringComparison.Ordinal)), ("Content-Encoding", "gzip"))).Status);
        var large = $"<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"xl\"/>{new string(' ', new RecordsOptions().MaxBodyBytes)}</Patient>";
        (await fhir.SendAsync(HttpMethod.Put, "Patient/xl", Zipped(large), ("Content-Encoding", "gzip"), ("Accept", "application/fhir+json"))).Refused(413);
        (await fhir.SendAsync(HttpMethod.Put, "Patient/xl", Xml(PatientXml), ("Content-Encoding", "zstd"), ("Accept", "application/fhir+json"))).Refused(415, "Content-Encoding");
    }

    [DataFact("r4-examples")]
    public async Task Official_examples_go_in_and_come_out_as_xml()
    {
        foreach (var file in Directory.GetFiles(TestData.Find("r4-examples")!, "*.json").Order(StringComparer.Ordinal).Where((_, i) => i % 16 == 0))
        {
            var sent = JsonNode.Parse(await File.ReadAllBytesAsync(file))!.AsObject();
            var (type, id) = ((string)sent["resourceType"]!, (string?)sent["id"]);
            if (id is null || sent.ToJsonString().Length > 1_000_000)
            {
                continue;
            }

            var stored = await fhir.SendAsync(HttpMethod.Put, $"{type}/{id}", Xml(Write(sent)));
            Assert.True(stored.Status is 200 or 201, $"{Path.GetFileName(file)}: {stored}");
            Says((await fhir.GetAsync($"{type}/{id}")).Json, await fhir.GetAsync($"{type}/{id}", ("Accept", "application/fhir+xml")));
        }
    }

    private static ByteArrayContent Zipped(string xml)
    {
        var content = FormatTests.Gzip(xml);
        content.Headers.ContentType = new("application/fhir+xml");
        return content;
    }

    /// <summary>The XML says what the JSON says.</summary>
    private static void Says(JsonNode json, Answer xml)
    {
        Assert.True(XmlResourceReader.TryToJson(xml.Body, FhirDefinitions.R4, out var back, out var issue), $"{issue} {xml}");
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(back)), $"{json.ToJsonString()}\n{xml}");
    }

    private static string Write(JsonObject resource)
    {
        Assert.True(Fhir.Json.ResourceReader.TryRead(Encoding.UTF8.GetBytes(resource.ToJsonString()), FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        Assert.True(XmlResourceWriter.TryWrite(document.Root, indented: true, out var xml, out issue), issue?.ToString());
        return Encoding.UTF8.GetString(xml);
    }

    private static XElement Parse(Answer answer) => XDocument.Parse(answer.Text).Root!;

    private static HttpContent Xml(string text) => FhirClient.Json(Encoding.UTF8.GetBytes(text), "application/fhir+xml");
}

/// <summary>Without validation, resources can be stored that XML has no form for.</summary>
public sealed class XmlOfAnythingTests(XmlOfAnythingTests.Unchecked server) : IClassFixture<XmlOfAnythingTests.Unchecked>
{
    [Fact]
    public async Task What_has_no_form_in_xml_is_406_with_its_place()
    {
        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Patient","id":"odd","colour":"red"}"""));
        var answer = await server.Fhir.GetAsync("Patient/odd", ("Accept", "application/fhir+xml"));
        Assert.Equal((406, null), (answer.Status, answer.ETag));
        Assert.Contains("Patient.colour", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("<?xml", answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await server.Fhir.GetAsync("Patient/odd")).Status);
    }

    [Fact]
    public async Task A_write_is_answered_as_one_in_any_case()
    {
        var answer = await server.Fhir.PutAsync(Samples.Resource("""{"resourceType":"Patient","id":"odd2","colour":"red"}"""), ("Accept", "application/fhir+xml"));
        Assert.Equal((201, "application/fhir+json"), (answer.Status, answer.ContentHeaders.ContentType!.MediaType));
    }

    public sealed class Unchecked : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Off")];
    }
}
