namespace Salus.Fhir.Tests.Validation;

/// <summary>The formats of http://hl7.org/fhir/R4/datatypes.html#primitive, each with what passes and what does not.</summary>
public sealed class PrimitiveRulesTests
{
    public static TheoryData<string, string[], string[]> Formats => new()
    {
        { "valueBoolean", ["true", "false"], ["'true'", "1", "'false'"] },
        { "valueInteger", ["0", "-1", "2147483647", "-2147483648"], ["2147483648", "-2147483649", "1.0", "1e2", "-0", "'1'", "true", "99999999999999999999"] },
        { "valueUnsignedInt", ["0", "2147483647"], ["-1", "2147483648", "0.5", "-0"] },
        { "valuePositiveInt", ["1", "2147483647"], ["0", "-1", "2147483648"] },
        { "valueDecimal", ["0", "-0.0", "1.10", "1e5", "1E-5", "1.5e+300", "170.20475672336636", "123456789012345678"],
            ["'1.0'", "1e309", "1e-309", "1e99999999999", "0." + new string('1', 70), new string('9', 80)] },
        { "valueString", ["'x'", "' x '", "'\\u00e9'", "'\\n.\\t'", "'\\\\'", "'\\/'", "'é'"], ["''", "' '", "'\\n'", "' \\u0020\\t'", "'a\\u0000b'", "'a\\bc'", "'\\u001F.'", "1", "true", "{}"] },
        { "valueMarkdown", ["'# x\\n'", "'x'"], ["''", "'\\f'"] },
        { "valueCode", ["'a'", "'a b'", "'a-b'"], ["''", "' a'", "'a '", "'a  b'", "'a\\tb'", "'a\\u0000'"] },
        { "valueId", ["'a'", "'A-1.b'", "'0123456789012345678901234567890123456789012345678901234567890123'"],
            ["''", "'a_b'", "'a b'", "'01234567890123456789012345678901234567890123456789012345678901234'", "'ä'"] },
        { "valueUri", ["'http://x.org/a?b=c|d'", "'urn:oid:1.2'", "'a'", "'http:\\/\\/x.org'", "'ä'"], ["''", "'a b'", "' a'", "'a\\n'", "'a\\u00a0b'"] },
        { "valueUrl", ["'mailto:a@b.c'"], ["'a b'"] },
        { "valueCanonical", ["'http://x.org|1.0'"], ["'http://x.org |1'"] },
        { "valueOid", ["'urn:oid:1.2.840.0'", "'urn:oid:2.16'", "'urn:oid:0.0'"], ["'1.2.840'", "'urn:oid:3.1'", "'urn:oid:1'", "'urn:oid:1.'", "'urn:oid:1.01'", "'urn:oid:1.2..3'", "'urn:oid:1.a'"] },
        { "valueUuid", ["'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'"],
            ["'c757873d-ec9a-4326-a141-556f43239520'", "'urn:uuid:C757873D-ec9a-4326-a141-556f43239520'", "'urn:uuid:c757873dec9a4326a141556f43239520'", "'urn:uuid:c757873d-ec9a-4326-a141-556f4323952g'"] },
        { "valueBase64Binary", ["'AAAA'", "'AAA='", "'AA=='", "'AA AA'", "'\\/+AA'", "'AAAA\\r\\nAAAA'"], ["''", "' '", "'A'", "'AAA'", "'A==='", "'AA=A'", "'AAA_'", "'=AAA'", "'====' "] },
        { "valueDate", ["'1974'", "'1974-12'", "'1974-12-25'", "'2024-02-29'", "'2000-02-29'", "'0001-01-01'"],
            ["'74'", "'0000'", "'1974-13'", "'1974-00'", "'1974-1'", "'1974-12-32'", "'1974-04-31'", "'2023-02-29'", "'1900-02-29'", "'1974-12-00'", "'1974/12/25'", "'1974-12-25T00:00:00Z'", "'19740-12-2'", "'-974'", "'+974-01-01'", "1974"] },
        { "valueDateTime", ["'2018'", "'1973-06'", "'1905-08-23'", "'2015-02-07T13:28:17-05:00'", "'2017-01-01T00:00:00.000Z'", "'2016-12-31T23:59:60Z'", "'2017-01-01T00:00:00+14:00'", "'2017-01-01T00:00:00.123456789Z'"],
            ["'2015-02-07T13:28'", "'2015-02-07T13:28Z'", "'2015-02-07T13:28:17'", "'2015-02-07T24:00:00Z'", "'2015-02-07T23:60:00Z'", "'2015-02-07T23:00:61Z'", "'2015-02-30T13:28:17Z'", "'2015-02-07T13:28:17z'", "'2015-02-07 13:28:17Z'", "'2015-02-07T13:28:17.Z'", "'2015-02-07T13:28:17+14:01'", "'2015-02-07T13:28:17+1400'", "'2015-02-07T13:28:17+02:60'", "'2015-02T13:28:17Z'", "'today'", "''"] },
        { "valueInstant", ["'2015-02-07T13:28:17.239+02:00'", "'2017-01-01T00:00:00Z'"], ["'2015-02-07'", "'2015-02-07T13:28:17'", "'2015-02-07T13:28Z'", "'2015'"] },
        { "valueTime", ["'14:35:00'", "'00:00:00.5'", "'23:59:60'"], ["'14:35'", "'24:00:00'", "'14:35:00Z'", "'14:35:00+01:00'", "'14:35:00.'", "'1:35:00'"] },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_primitive_has_the_format_of_its_type(string name, string[] right, string[] wrong)
    {
        foreach (var value in right)
        {
            Assert.True(Checks.Found(Extension(name, value)).Length == 0, $"{name} {value} should pass: {string.Join('\n', Checks.Issues(Extension(name, value)))}");
        }

        foreach (var value in wrong)
        {
            var issue = Checks.Issues(Extension(name, value)) is [var single] ? single : throw new InvalidOperationException($"{name} {value} should have one issue");
            Assert.Equal("Basic.extension[0]." + name, issue.Path);
            Assert.Contains(issue.Code, (string[])["value", "structure"]);
        }
    }

    [Theory]
    [InlineData("<div xmlns=\\'http://www.w3.org/1999/xhtml\\'>x</div>", "")]
    [InlineData(" \\n<div>x</div>", "")]
    [InlineData("\\u003Cdiv>x</div>", "")]
    [InlineData("<div/>", "")]
    [InlineData("", "value Basic.text.div")]
    [InlineData("  ", "value Basic.text.div")]
    [InlineData("x", "value Basic.text.div")]
    [InlineData("<p>x</p>", "value Basic.text.div")]
    [InlineData("<divan>x</divan>", "value Basic.text.div")]
    [InlineData("<div>\\u0001</div>", "value Basic.text.div")]
    public void A_narrative_is_one_div(string div, string expected) =>
        Assert.Equal(expected, Checks.Found("{'resourceType':'Basic','code':{'text':'x'},'text':{'status':'generated','div':'" + div + "'}}"));

    [Fact]
    public void A_string_has_at_most_1048576_characters()
    {
        Assert.Equal("", Checks.Found(Extension("valueString", "'" + new string('é', 1048576) + "'")));
        Assert.Equal("too-long Basic.extension[0].valueString", Checks.Found(Extension("valueString", "'" + new string('x', 1048577) + "'")));
    }

    private static string Extension(string name, string value) =>
        "{'resourceType':'Basic','code':{'text':'x'},'extension':[{'url':'http://x.org','" + name + "':" + value + "}]}";
}
