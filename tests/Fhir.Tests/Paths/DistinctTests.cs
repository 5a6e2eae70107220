using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Tests.Paths;

/// <summary>Distinct items by hash are the same as by comparing each with each.</summary>
public class DistinctTests
{
    private static readonly string[] Values =
    [
        "\"valueString\":\"a\"", "\"valueString\":\"\\u0061\"", "\"valueCode\":\"a\"", "\"valueInteger\":1", "\"valueDecimal\":1.0", "\"valueDecimal\":1.00", "\"valueDecimal\":2",
        "\"valueBoolean\":true", "\"valueBoolean\":false", "\"valueDate\":\"2015\"", "\"valueDateTime\":\"2015\"", "\"valueDateTime\":\"2015-02-04T10:00:00Z\"",
        "\"valueDateTime\":\"2015-02-04T12:00:00+02:00\"", "\"valueTime\":\"10:00:00\"", "\"valueTime\":\"10:00:00.0\"", "\"valueHumanName\":{\"family\":\"F\"}",
        "\"valueHumanName\":{\"family\":\"G\"}", "\"valueHumanName\":{\"family\":\"F\",\"use\":\"usual\"}", "\"valuePeriod\":{\"start\":\"2015\"}", "\"valueHumanName\":{\"_family\":{\"id\":\"x\"}}",
        "\"valueCoding\":{\"userSelected\":true}", "\"_valueString\":{\"id\":\"i\"}",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Items_that_stand_twice_are_found(bool quantities)
    {
        var random = new Random(5);
        for (var round = 0; round < 100; round++)
        {
            var values = Enumerable.Range(0, random.Next(20, 60)).Select(_ => quantities && random.Next(5) == 0
                ? $"\"valueQuantity\":{{\"value\":{random.Next(1, 3).ToString(CultureInfo.InvariantCulture)}{(random.Next(2) == 0 ? "000" : "")}}}"
                : Values[random.Next(Values.Length)]);
            var json = $$"""{"resourceType":"Basic","code":{"text":"x"},"extension":[{{string.Join(",", values.Select(v => $"{{\"url\":\"u\",{v}}}"))}}]}""";
            Assert.True(ResourceReader.TryRead(System.Text.Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue), issue?.Message);
            var all = Of("extension.value", document);
            var expected = new List<string>();
            foreach (var (value, index) in all.Select((v, i) => (v, i)))
            {
                // Nothing before it is equal to it: asked one by one.
                if (Of($"extension.value.take({index}).where($this = %resource.extension.value[{index}])", document).Count == 0)
                {
                    expected.Add(value.Element.Path);
                }
            }

            Assert.Equal(expected, Of("extension.value.distinct()", document).Select(v => v.Element.Path));
            Assert.Equal(expected, Of("extension.value | {}", document).Select(v => v.Element.Path));
        }
    }

    [Fact]
    public void The_order_of_json_properties_means_nothing()
    {
        var document = Read("""
            {"resourceType":"Basic","code":{"coding":[{"system":"s","code":"a","display":"d"},{"code":"a","display":"d","system":"s"},{"code":"a","system":"s"},{"code":"b","display":"d","system":"s"}]},
             "extension":[{"url":"u","valueHumanName":{"given":["A","B"],"family":"F"}},{"valueHumanName":{"family":"F","given":["A","B"]},"url":"u"},{"url":"u","valueHumanName":{"family":"F","given":["B","A"]}}]}
            """);
        Assert.Equal(["true", "false", "false", "3", "true", "false", "2"], ((string[])
        [
            "code.coding[0] = code.coding[1]", "code.coding[0] = code.coding[2]", "code.coding[1] = code.coding[3]", "(code.coding | {}).count()",
            "extension[0] = extension[1]", "extension[0] = extension[2]", "extension.distinct().count()",
        ]).Select(t => Of(t, document)[0].ToString()));

        // By hash.
        var codings = Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? $$"""{"system":"s","code":"c{{i / 4}}"}""" : $$"""{"code":"c{{i / 4}}","system":"s"}""");
        Assert.Equal("15", Of("code.coding.distinct().count()", Read($$"""{"resourceType":"Basic","code":{"coding":[{{string.Join(",", codings)}}] } }"""))[0].ToString());
    }

    [Fact]
    public void Ten_thousand_codings_are_affordable()
    {
        var extensions = string.Join(",", Enumerable.Range(0, 10_000).Select(i => $$"""{"url":"u","valueCodeableConcept":{"coding":[{"system":"s","code":"{{i}}"}] } }"""));
        Assert.Equal("10000", Of("extension.value.distinct().count()", Read($$"""{"resourceType":"Basic","code":{"text":"x"},"extension":[{{extensions}}]}"""))[0].ToString());
    }

    [Fact]
    public void Ten_thousand_texts_are_affordable()
    {
        var entries = string.Join(",", Enumerable.Range(0, 10_000).Select(i => $$"""{"fullUrl":"urn:x:{{i}}"}"""));
        Assert.True(ResourceReader.TryRead(
            System.Text.Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"collection","entry":[{{entries}}]}"""), FhirDefinitions.R4, out var document, out _));
        Assert.True(FhirPath.Compile("entry.select(fullUrl & 'x').isDistinct()", "Bundle").TryTest(document.Root, out var distinct, out var error), error?.ToString());
        Assert.True(distinct);
    }

    private static ResourceDocument Read(string json) =>
        ResourceReader.TryRead(System.Text.Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.Message);

    private static PathCollection Of(string text, ResourceDocument document)
    {
        var values = new PathCollection();
        Assert.True(FhirPath.Compile(text, "Basic").TryEvaluate(document.Root, values, out var error), error?.ToString());
        return values;
    }
}
