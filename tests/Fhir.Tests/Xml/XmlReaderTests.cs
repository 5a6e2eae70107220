using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Xml;

namespace Salus.Fhir.Tests.Xml;

public sealed class XmlReaderTests
{
    private const string Open = "<Patient xmlns=\"http://hl7.org/fhir\">";

    [Fact]
    public void Every_kind_of_value_becomes_what_json_writes_for_it()
    {
        var xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <Observation xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir observation.xsd">
              <id value="o"/>
              <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p class='a>b'>5 &lt; 6<br/></p></div></text>
              <contained><Patient><id value="p"/><active value="true"/></Patient></contained>
              <contained><Device/></contained>
              <extension url="http://example.org/e"><valueInteger value="-3"/></extension>
              <status id="s" value="final"><extension url="http://example.org/why"><valueString value="&quot;a&#10;b\"/></extension></status>
              <code><coding id="c"><code value="x"/></coding><?skip this?><text value="é"/></code>
              <effectiveDateTime><extension url="http://example.org/absent"><valueCode value="unknown"/></extension></effectiveDateTime>
              <valueQuantity><value value="1.50"/></valueQuantity>
            </Observation>
            """;
        const string Json = """
            {"resourceType":"Observation","id":"o",
             "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class='a>b'>5 &lt; 6<br/></p></div>"},
             "contained":[{"resourceType":"Patient","id":"p","active":true},{"resourceType":"Device"}],
             "extension":[{"url":"http://example.org/e","valueInteger":-3}],
             "status":"final","_status":{"id":"s","extension":[{"url":"http://example.org/why","valueString":"\"a\nb\\"}]},
             "code":{"coding":[{"id":"c","code":"x"}],"text":"é"},
             "_effectiveDateTime":{"extension":[{"url":"http://example.org/absent","valueCode":"unknown"}]},
             "valueQuantity":{"value":1.50}}
            """;
        Assert.Null(JsonDifference.Of(Encoding.UTF8.GetBytes(Json), Read(xml)));
    }

    [Fact]
    public void Values_and_extensions_of_an_array_stand_at_the_same_place()
    {
        const string Xml = Open + """
            <name><given value="A"/><given id="x"/><given value="C" id="z"/></name></Patient>
            """;
        const string Json = """{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"x"},{"id":"z"}]}]}""";
        Assert.Null(JsonDifference.Of(Encoding.UTF8.GetBytes(Json), Read(Xml)));
    }

    [Fact]
    public void Prefixes_are_as_good_as_a_default_namespace()
    {
        const string Xml = """
            <f:Patient xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><f:text><f:status value="generated"/><h:div>a &amp; <h:b title="&quot;">c</h:b></h:div></f:text></f:Patient>
            """;
        const string Json = """
            {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &amp; <b title=\"&quot;\">c</b></div>"}}
            """;
        Assert.Null(JsonDifference.Of(Encoding.UTF8.GetBytes(Json), Read(Xml)));
    }

    [Theory]
    [InlineData("<Patient/>", "in no namespace", "line 1, column 2", "Patient")]
    [InlineData("<Patient xmlns=\"urn:x\"/>", "'urn:x'", "line 1, column 2", "Patient")]
    [InlineData("<Pacient xmlns=\"http://hl7.org/fhir\"/>", "'Pacient' is not a resource type", "line 1, column 2", "Pacient")]
    [InlineData(Open + "\n <birthdate value=\"2000\"/></Patient>", "Patient has no element <birthdate>", "line 2, column 3", "Patient")]
    [InlineData(Open + "<contact>\n<gender code=\"male\"/></contact></Patient>", "code has no attribute 'code'", "line 2, column 9", "Patient.contact[0].gender")]
    [InlineData(Open + "<name/><name xmlns=\"\"/></Patient>", "no namespace", "line 1, column 46", "Patient.name[1]")]
    [InlineData(Open + "<gender value=\"male\"/><active value=\"true\"/></Patient>", "<active> belongs before <gender>", "column 61", "Patient")]
    [InlineData(Open + "<gender value=\"male\"/><gender value=\"male\"/></Patient>", "<gender> stands twice", "column 61", "Patient")]
    [InlineData(Open + "<deceasedBoolean value=\"true\"/><deceasedDateTime value=\"2000\"/></Patient>", "one deceased[x]", "column 70", "Patient")]
    [InlineData(Open + "<name/><gender value=\"male\"/><name/></Patient>", "values of one element stand together", "column 68", "Patient")]
    [InlineData(Open + "<gender>male</gender></Patient>", "The text 'male' stands in an element", "column 46", "Patient.gender")]
    [InlineData(Open + "<gender/></Patient>", "<gender> has neither a value nor extensions", "column 39", "Patient.gender")]
    [InlineData(Open + "<active value=\"1\"/></Patient>", "'1' is not true or false", "column 39", "Patient.active")]
    [InlineData(Open + "<multipleBirthInteger value=\"+1\"/></Patient>", "'+1' is not a number", "column 39", "Patient.multipleBirthInteger")]
    [InlineData(Open + "<multipleBirthInteger value=\"01\"/></Patient>", "'01' is not a number", "column 39", "Patient.multipleBirthInteger")]
    [InlineData(Open + "<extension><url value=\"x\"/></extension></Patient>", "The url of Extension is an attribute", "column 50", "Patient.extension[0]")]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\" id=\"p\"/>", "The id of a resource is an element", "column 38", "Patient")]
    [InlineData(Open + "<contained/></Patient>", "<contained> is empty", "column 39", "Patient.contained[0]")]
    [InlineData(Open + "<contained><Device/><Device/></contained></Patient>", "a second one", "column 59", "Patient.contained[0]")]
    [InlineData(Open + "<text><div>x</div></text></Patient>", "not in that namespace", "column 45", "Patient.text.div")]
    [InlineData(Open + "<gender value=\"male\"></Patient>", "not well-formed", "line 1", "Patient.gender")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + Open + "<gender value=\"&e;\"/></Patient>", "document type", "line 1", null)]
    [InlineData(Open + "<gender value=\"&nbsp;\"/></Patient>", "not well-formed", "line 1", "Patient")]
    [InlineData(Open + "</Patient><Patient/>", "not well-formed", "line 1", "Patient")]
    [InlineData("", "not well-formed", "line 1", null)]
    [InlineData("{\"resourceType\":\"Patient\"}", "not well-formed", "line 1", null)]
    [InlineData("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + Open + "</Patient>", "FHIR XML is UTF-8", "line 1", null)]
    public void What_is_wrong_is_named_with_its_place(string xml, string reason, string place, string? path)
    {
        Assert.False(XmlResourceReader.TryRead(Encoding.UTF8.GetBytes(xml), FhirDefinitions.R4, out _, out var issue));
        Assert.Contains(reason, issue.Message, StringComparison.Ordinal);
        Assert.Contains(place, issue.Message, StringComparison.Ordinal);
        Assert.Equal(path, issue.Path);
    }

    [Fact]
    public void Another_order_is_taken_when_asked_for()
    {
        var xml = Encoding.UTF8.GetBytes(Open + "<gender value=\"male\"/><active value=\"true\"/></Patient>");
        Assert.True(XmlResourceReader.TryToJson(xml, FhirDefinitions.R4, out var json, out _, anyOrder: true));
        Assert.Equal("""{"resourceType":"Patient","gender":"male","active":true}""", Encoding.UTF8.GetString(json));
    }

    [Fact]
    public void Text_that_is_no_utf8_is_refused()
    {
        Assert.False(XmlResourceReader.TryRead(Encoding.Unicode.GetBytes(Open + "</Patient>\u00E4"), FhirDefinitions.R4, out _, out var issue));
        Assert.Contains("UTF-8", issue.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(200, false)]
    [InlineData(200_000, false)]
    public void Nesting_ends_where_that_of_json_ends(int extensions, bool readable)
    {
        var open = string.Concat(Enumerable.Repeat("<extension url=\"u\">", extensions));
        var close = string.Concat(Enumerable.Repeat("</extension>", extensions));
        var read = XmlResourceReader.TryRead(Encoding.UTF8.GetBytes(Open + open + close + "</Patient>"), FhirDefinitions.R4, out _, out var issue);
        Assert.Equal(readable, read);
        Assert.Equal(readable ? null : "deeper than 128", issue?.Message[(issue.Message.IndexOf("deeper", StringComparison.Ordinal))..][..15]);
    }

    [Fact]
    public void The_deepest_resource_of_json_is_read_from_xml_as_well()
    {
        // 63 extensions are 126 levels, the resource is one, and there is one left.
        var depth = 0;
        for (var extensions = 60; extensions <= 66; extensions++)
        {
            var json = """{"resourceType":"Patient",""" + string.Concat(Enumerable.Repeat("\"extension\":[{\"url\":\"u\",", extensions))
                + "\"id\":\"x\"" + string.Concat(Enumerable.Repeat("}]", extensions)) + "}";
            var xml = Open + string.Concat(Enumerable.Repeat("<extension url=\"u\" id=\"x\">", extensions)) + string.Concat(Enumerable.Repeat("</extension>", extensions)) + "</Patient>";
            var fromJson = Fhir.Json.ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out _, out _);
            Assert.Equal(fromJson, XmlResourceReader.TryRead(Encoding.UTF8.GetBytes(xml), FhirDefinitions.R4, out _, out _));
            depth = fromJson ? extensions : depth;
        }

        Assert.Equal(63, depth);
    }

    private static byte[] Read(string xml)
    {
        Assert.True(XmlResourceReader.TryRead(Encoding.UTF8.GetBytes(xml), FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        return document.Utf8.ToArray();
    }
}
