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
    public void Ten_thousand_texts_are_affordable()
    {
        var entries = string.Join(",", Enumerable.Range(0, 10_000).Select(i => $$"""{"fullUrl":"urn:x:{{i}}"}"""));
        Assert.True(ResourceReader.TryRead(
            System.Text.Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"collection","entry":[{{entries}}]}"""), FhirDefinitions.R4, out var document, out _));
        Assert.True(FhirPath.Compile("entry.select(fullUrl & 'x').isDistinct()", "Bundle").TryTest(document.Root, out var distinct, out var error), error?.ToString());
        Assert.True(distinct);
    }

    private static PathCollection Of(string text, ResourceDocument document)
    {
        var values = new PathCollection();
        Assert.True(FhirPath.Compile(text, "Basic").TryEvaluate(document.Root, values, out var error), error?.ToString());
        return values;
    }
}
