using System.Xml.Linq;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Suite;
using Salus.Fhir.Validation;
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
        var json = Path.ChangeExtension(file, ".json");
        var path = TestData.Find("fhirpath/input/" + json) ?? TestData.Find("fhirpath/json-copies/tests/data/r4/input/" + json);
        return path is not null && ResourceReader.TryRead(File.ReadAllBytes(path), FhirDefinitions.R4, out var document, out _) ? document : null;
    }
}
