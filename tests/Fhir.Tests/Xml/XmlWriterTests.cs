using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Xml;

namespace Salus.Fhir.Tests.Xml;

public sealed class XmlWriterTests
{
    [Fact]
    public void Elements_stand_in_the_order_of_the_definitions()
    {
        const string Json = """
            {"birthDate":"1970-01","_birthDate":{"id":"b"},"name":[{"given":["A","B"],"family":"<&>\"'\t\n"}],"active":true,"id":"p","resourceType":"Patient",
             "extension":[{"valueDecimal":1.50,"url":"u"}],"text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a<br/></div>","status":"generated"},
             "contained":[{"resourceType":"Device","id":"d"}]}
            """;
        const string Xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Patient xmlns="http://hl7.org/fhir">
              <id value="p"/>
              <text>
                <status value="generated"/>
                <div xmlns="http://www.w3.org/1999/xhtml">a<br/></div>
              </text>
              <contained>
                <Device>
                  <id value="d"/>
                </Device>
              </contained>
              <extension url="u">
                <valueDecimal value="1.50"/>
              </extension>
              <active value="true"/>
              <name>
                <family value="&lt;&amp;&gt;&quot;'&#9;&#10;"/>
                <given value="A"/>
                <given value="B"/>
              </name>
              <birthDate id="b" value="1970-01"/>
            </Patient>
            """;
        Assert.Equal(Xml, Write(Json, indented: true));
        Assert.Equal(string.Concat(Xml.Split('\n').Select(line => line.Trim())), Write(Json, indented: false));
    }

    [Theory]
    [InlineData("<div>a&nbsp;b &amp; &eacute;</div>", "<div xmlns=\"http://www.w3.org/1999/xhtml\">a&#160;b &amp; &#233;</div>")]
    [InlineData(" <div class=\"x\"/>", " <div xmlns=\"http://www.w3.org/1999/xhtml\" class=\"x\"/>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'>\r\n<!-- c --></div>", "<div xmlns='http://www.w3.org/1999/xhtml'>\r\n<!-- c --></div>")]
    public void A_narrative_stays_as_it_is_or_is_mended(string div, string written) =>
        Assert.Contains($"<status value=\"generated\"/>{written}</text>", Write(Narrative(div), indented: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("<div>a</div><script/>")]
    [InlineData("<div><p>a</div>")]
    [InlineData("</text><div/>")]
    [InlineData("<?xml version=\"1.0\"?><div xmlns=\"http://www.w3.org/1999/xhtml\"/>")]
    [InlineData("<!DOCTYPE div><div xmlns=\"http://www.w3.org/1999/xhtml\"/>")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\"><svg xmlns=\"http://www.w3.org/2000/svg\"/></div>")]
    [InlineData("text")]
    public void A_narrative_cannot_break_out_of_its_element(string div) => Assert.Equal("Patient.text.div", Refused(Narrative(div)).Path);

    [Theory]
    [InlineData("""{"resourceType":"Patient","colour":"red"}""", "Patient.colour")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"a\u0001"}]}""", "Patient.name[0].family")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"a\uFFFF"}]}""", "Patient.name[0].family")]
    [InlineData("""{"resourceType":"Patient","name":["x"]}""", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","birthDate":{"a":1}}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","extension":[{"url":"u","_url":{"id":"x"}}]}""", "Patient.extension[0].url")]
    public void What_xml_has_no_form_for_is_named(string json, string path) => Assert.Equal(path, Refused(json).Path);

    private static string Narrative(string div) =>
        $$$"""{"resourceType":"Patient","text":{"status":"generated","div":{{{System.Text.Json.JsonSerializer.Serialize(div)}}}}}""";

    private static string Write(string json, bool indented)
    {
        Assert.True(XmlResourceWriter.TryWrite(Read(json).Root, indented, out var xml, out var issue), issue?.ToString());
        return Encoding.UTF8.GetString(xml);
    }

    private static Issue Refused(string json)
    {
        Assert.False(XmlResourceWriter.TryWrite(Read(json).Root, indented: false, out _, out var issue));
        return issue;
    }

    private static ResourceDocument Read(string json)
    {
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        return document;
    }
}
