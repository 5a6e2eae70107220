using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Tests.Json;
using Salus.Fhir.Validation;
using Salus.Fhir.Xml;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Xml;

/// <summary>JSON to XML and back says the same, to the last digit and blank.</summary>
public sealed class XmlRoundTripTests(ITestOutputHelper output)
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(400);

    // XML has no control characters but tab and line ends, and no U+FFFE and U+FFFF; half of a surrogate pair is no text at all.
    private static readonly Arbitrary<string[]> Texts = ArbMap.Default.ArbFor<string[]>().Filter(
        texts => texts is not null && texts.All(t => t is not null && t.All(c => c is '\t' or '\n' or '\r' or >= ' ' and < '\uFFFE')
            && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t)) == t));

    [Fact]
    public void The_official_examples_come_back_the_same() => AllComeBack(SampleResources.R4Examples(), 384);

    [Fact]
    public void Synthea_resources_come_back_the_same() => AllComeBack(SampleResources.Synthea(20), 2000);

    [Fact]
    public void Random_resources_come_back_the_same() => Check.One(Config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), Texts, (seed, texts) =>
    {
        var json = new RandomResource(seed, texts, strict: true).Write();
        if (RoundTrip(json) is { } difference)
        {
            Assert.Fail($"{difference}\n{Encoding.UTF8.GetString(json)}");
        }
    }));

    /// <summary>The published inputs that are no valid R4, and what is wrong with them. The second is a StructureDefinition of STU3.</summary>
    private static readonly Dictionary<string, string> Invalid = new()
    {
        ["observation-example.xml"] = "<extension> belongs before <status>: the order of R4 is part of FHIR XML (line 5, column 3).",
        ["myconsent-ext.xml"] = "StructureDefinition has no element <contextType> (line 13, column 3).",
    };

    [Fact]
    public void The_xml_inputs_of_the_official_path_tests_are_read()
    {
        var validator = new StructureValidator(FhirDefinitions.R4);
        foreach (var file in SharedData.Find("fhirpath/input") is { } folder ? Directory.GetFiles(folder, "*.xml") : [])
        {
            var (name, xml) = (Path.GetFileName(file), File.ReadAllBytes(file));
            var read = XmlResourceReader.TryRead(xml, FhirDefinitions.R4, out var document, out var issue);
            Assert.Equal(Invalid.GetValueOrDefault(name), issue?.Message);
            if (read)
            {
                Assert.Empty(validator.Validate(document!));
            }
        }
    }

    [Fact]
    public void An_input_whose_order_is_not_that_of_r4_is_read_when_asked_for()
    {
        if (SharedData.Find("fhirpath/input/observation-example.xml") is { } file)
        {
            Assert.True(XmlResourceReader.TryRead(File.ReadAllBytes(file), FhirDefinitions.R4, out var document, out var issue, anyOrder: true), issue?.ToString());
            Assert.Empty(new StructureValidator(FhirDefinitions.R4).Validate(document));
        }
    }

    // The JSON copies of the patient and the observation are of another edition.
    [Theory]
    [InlineData("questionnaire-example")]
    [InlineData("valueset-example-expansion")]
    public void The_xml_inputs_say_what_their_json_copies_say(string name)
    {
        if (SharedData.Find("fhirpath/json-copies/tests/data/r4/input") is { } folder)
        {
            var file = Path.Combine(folder, name);
            Assert.True(XmlResourceReader.TryToJson(File.ReadAllBytes(file + ".xml"), FhirDefinitions.R4, out var json, out var issue), issue?.ToString());
            Assert.Null(JsonDifference.Of(File.ReadAllBytes(file + ".json"), json));
        }
    }

    private void AllComeBack(IEnumerable<(string Name, byte[] Utf8)> resources, int atLeast)
    {
        var (count, jsonBytes, differences) = (0, 0L, new List<string>());
        foreach (var (name, utf8) in resources)
        {
            count++;
            jsonBytes += utf8.Length;
            if (RoundTrip(utf8) is { } difference)
            {
                differences.Add($"{name}: {difference}");
            }
        }

        output.WriteLine(count == 0 ? "Skipped: the data is not there." : $"{count} resources, {jsonBytes} bytes of JSON");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(count == 0 || count >= atLeast, $"{count} resources");
    }

    private static string? RoundTrip(byte[] json)
    {
        Assert.True(ResourceReader.TryRead(json, FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        foreach (var indented in (bool[])[false, true])
        {
            if (!XmlResourceWriter.TryWrite(document.Root, indented, out var xml, out issue))
            {
                return $"not written: {issue}";
            }

            if (!XmlResourceReader.TryToJson(xml, FhirDefinitions.R4, out var back, out issue))
            {
                return $"not read: {issue}\n{Encoding.UTF8.GetString(xml)}";
            }

            if (JsonDifference.Of(json, back) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }
}
