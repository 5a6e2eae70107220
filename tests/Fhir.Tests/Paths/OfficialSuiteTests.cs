using System.Xml.Linq;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Suite;
using Salus.Fhir.Validation;
using Salus.Fhir.Xml;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Paths;

/// <summary>Runs HL7's tests for FHIRPath on R4, all of them.</summary>
public class OfficialSuiteTests(ITestOutputHelper output)
{
    [Fact]
    public void The_official_tests_pass_but_for_the_listed_ones()
    {
        if (TestData.Find("fhirpath/suite/tests-fhir-r4.xml") is not { } suite)
        {
            output.WriteLine("Skipped: the official FHIRPath tests are not there.");
            return;
        }

        var runner = new PathSuiteRunner(FhirDefinitions.R4, Input, new PathContext { ConformsTo = new BaseConformance(FhirDefinitions.R4).ConformsTo });
        var failed = PathTest.Read(XDocument.Load(suite)).Select(runner.Run).Where(r => !r.Passed).ToList();
        foreach (var result in failed)
        {
            output.WriteLine($"{result.Test.Name}: {result.Test.Expression}: {result.Problem}");
        }

        Assert.Empty(failed);
    }

    private static ResourceDocument? Input(string file)
    {
        if (TestData.Find("fhirpath/input/" + file) is not { } path)
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        ResourceDocument? document;
        Issue? issue;
        var read = file.EndsWith(".xml", StringComparison.Ordinal)
            ? XmlResourceReader.TryRead(bytes, FhirDefinitions.R4, out document, out issue, anyOrder: true)
            : ResourceReader.TryRead(bytes, FhirDefinitions.R4, out document, out issue);
        Assert.True(read, $"{file}: {issue?.Message}");
        return document;
    }
}
