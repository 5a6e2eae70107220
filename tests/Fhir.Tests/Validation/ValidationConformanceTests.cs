using Salus.Fhir.Definitions;
using Salus.Fhir.Profiles;
using Salus.Fhir.Validation;
using Salus.TestSupport;

namespace Salus.Fhir.Tests.Validation;

/// <summary>Valid data of others has no error, with all that is checked. Writes its part of docs/conformance.md.</summary>
public sealed class ValidationConformanceTests
{
    private static readonly ValidationRequest Errors = new() { Least = IssueSeverity.Error };

    [DataFact("r4-examples")]
    public void The_official_examples_have_no_error_with_invariants_and_profiles_but_one()
    {
        var set = new ProfileSet(FhirDefinitions.R4);
        var validator = new ResourceValidator(FhirDefinitions.R4, () => set);
        var files = Directory.GetFiles(TestData.Folder("r4-examples")!, "*.json").Order(StringComparer.Ordinal).ToList();
        var exceptions = new List<ConformanceException>();
        foreach (var file in files)
        {
            var issues = validator.Validate(Checks.Read(File.ReadAllBytes(file)).Root, Errors);
            if (issues.Count > 0)
            {
                var what = string.Join("; ", issues.Select(i => $"{i.Code}: {i.Message}").Distinct().Take(3));
                exceptions.Add(new ConformanceException(Path.GetFileNameWithoutExtension(file), what, "32 items lack the linkId that R4 requires: the example is wrong."));
            }
        }

        var section = new ConformanceSection(
            "validation", "Validation of the official examples",
            "The 384 instances among the examples of R4 (package hl7.fhir.r4.examples), against structure, invariants, the profiles that they claim (vital signs) and the definitions\n"
            + "of R4's extensions. Counted are those without an error. Run by `tests/Fhir.Tests/Validation/ValidationConformanceTests.cs`; what is checked is told in [validation.md](validation.md).",
            [new ConformanceCount("examples", files.Count - exceptions.Count, files.Count)], exceptions);
        Assert.True(exceptions is [{ Test: "Questionnaire-qs1" }], string.Join('\n', exceptions));
        Assert.Null(ConformancePage.Difference(Sources.Root, section));
    }
}
