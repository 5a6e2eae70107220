using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation.Invariants;

/// <summary>Published and independently made data breaks no invariant of R4, but where it really does.</summary>
public sealed class InvariantsOnRealDataTests
{
    private static readonly ResourceValidator Validator = new(FhirDefinitions.R4);
    private static readonly ValidationRequest Errors = new() { Depth = ValidationDepth.Invariants, Least = IssueSeverity.Error };
    private static readonly ValidationRequest Transaction = Errors with { ConditionalReferences = true };

    [DataFact("r4-examples")]
    public void The_official_examples_break_no_invariant()
    {
        var found = new List<string>();
        foreach (var file in Directory.GetFiles(TestData.Folder("r4-examples")!, "*.json"))
        {
            found.AddRange(Found(Path.GetFileName(file), Checks.Read(File.ReadAllBytes(file)), Errors with { Least = IssueSeverity.Information }));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [DataFact("synthea")]
    public void Synthea_bundles_break_no_invariant()
    {
        var found = Directory.GetFiles(TestData.Folder("synthea")!, "*.tar.gz").SelectMany(TestData.Archive).SelectMany(file => Found(file.Name, Checks.Read(file.Content), Transaction));
        Nothing(found);
    }

    [DataFact("mimic-iv-demo-fhir")]
    public void MIMIC_resources_break_no_invariant()
    {
        var found = Directory.GetFiles(TestData.Folder("mimic-iv-demo-fhir")!, "*.ndjson.gz", SearchOption.AllDirectories)
            .SelectMany(file => TestData.Lines(file).SelectMany(line => Found(Path.GetFileName(file), Checks.Read(line), Errors)));
        Nothing(found);
    }

    private static void Nothing(IEnumerable<string> found)
    {
        var text = string.Join('\n', found.Take(20));
        Assert.True(text.Length == 0, text);
    }

    // The structure has its own tests; evaluations that failed are neither errors nor findings, but must not be either.
    private static IEnumerable<string> Found(string name, ResourceDocument document, ValidationRequest request) => Validator.Validate(document.Root, request)
        .Where(i => i.Code is "invariant" or "exception" or "incomplete" or "too-costly" && (i.Severity >= IssueSeverity.Error || i.Code != "invariant"))
        .Select(i => $"{name}: {i}");
}
