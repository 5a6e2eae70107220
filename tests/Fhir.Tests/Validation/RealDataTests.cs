using Salus.Fhir.Definitions;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation;

/// <summary>Published and independently made data has no issues, but those that it really has.</summary>
public sealed class RealDataTests
{
    private static readonly StructureValidator Transactions = new(FhirDefinitions.R4, new() { ConditionalReferences = true });

    /// <summary>Official examples that break R4: items without the required linkId, and references to types that the element does not allow.</summary>
    private static readonly Dictionary<string, (string Code, int Count)> Known = new()
    {
        ["Questionnaire-qs1.json"] = ("required", 32),
        ["DeviceUseStatement-example.json"] = ("value", 1),
        ["MedicationRequest-medrx0301.json"] = ("value", 1),
        ["Observation-clinical-gender.json"] = ("value", 1),
    };

    [DataFact("r4-examples")]
    public void The_official_examples_are_valid_but_four_that_break_R4()
    {
        var files = Directory.GetFiles(TestData.Folder("r4-examples")!, "*.json");
        Assert.Equal(384, files.Length);
        foreach (var file in files)
        {
            var issues = Checks.Validator.Validate(Checks.Read(File.ReadAllBytes(file)));
            if (Known.TryGetValue(Path.GetFileName(file), out var known))
            {
                Assert.Equal((known.Count, known.Code), (issues.Count, issues.Select(issue => issue.Code).Distinct().Single()));
            }
            else
            {
                Assert.True(issues.Count == 0, $"{Path.GetFileName(file)}: {string.Join('\n', issues)}");
            }
        }
    }

    [DataFact("synthea")]
    public void Synthea_bundles_are_valid_as_transactions()
    {
        var count = 0;
        foreach (var (name, content) in Directory.GetFiles(TestData.Folder("synthea")!, "*.tar.gz").SelectMany(TestData.Archive))
        {
            var issues = Transactions.Validate(Checks.Read(content));
            Assert.True(issues.Count == 0, $"{name}: {string.Join('\n', issues)}");
            count++;
        }

        Assert.Equal(152, count);
    }

    [DataFact("mimic-iv-demo-fhir")]
    public void MIMIC_resources_are_structurally_valid_R4()
    {
        var count = 0;
        foreach (var line in Directory.GetFiles(TestData.Folder("mimic-iv-demo-fhir")!, "*.ndjson.gz", SearchOption.AllDirectories).SelectMany(TestData.Lines))
        {
            var issues = Checks.Validator.Validate(Checks.Read(line));
            Assert.True(issues.Count == 0, string.Join('\n', issues));
            count++;
        }

        Assert.Equal(152_346, count);
    }

    [DataFact("r4-examples")]
    public void A_valid_resource_is_checked_without_allocation()
    {
        var document = Checks.Read(File.ReadAllBytes(Path.Combine(TestData.Folder("r4-examples")!, "Patient-example.json")));
        Checks.Validator.Validate(document);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Checks.Validator.Validate(document);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
