using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Search;
using Salus.TestSupport;

namespace Salus.Fhir.Tests.Paths;

/// <summary>The invariants of R4's own definitions, from the package that the build takes them from.</summary>
public class InvariantCompilationTests
{
    private const string LaterReason = "An invariant of a later version that the package carries; it names elements or types that 4.0.1 does not have.";

    private static readonly string[] Later = ["ChargeItemDefinition cid-0", "EvidenceVariable.characteristic evv-1", "SubscriptionStatus.contained dom-r4b"];

    [Fact]
    public void Every_invariant_and_search_parameter_of_R4_compiles_for_the_element_it_stands_on()
    {
        var failed = new List<ConformanceException>();
        var compiled = 0;
        foreach (var (type, path, key, expression, _) in R4Invariants.All())
        {
            compiled++;
            if (!FhirPath.TryCompile(expression, FhirDefinitions.R4, type, out _, out var error))
            {
                failed.Add(new ConformanceException($"{path} {key}", expression, Later.Contains($"{path} {key}") ? LaterReason : error.ToString()));
            }
        }

        Assert.Equal(Later.Order(StringComparer.Ordinal), failed.Select(f => f.Test).Order(StringComparer.Ordinal));
        Assert.True(compiled > 8_000, $"only {compiled} invariants were found");
        Assert.Null(ConformancePage.Difference(Sources.Root, Section(compiled, failed)));
    }

    private static ConformanceSection Section(int invariants, List<ConformanceException> failed)
    {
        var parameters = new SearchParameterSet(FhirDefinitions.R4);
        var pairs = FhirDefinitions.R4.ResourceTypes.SelectMany(type => parameters.For(type.Name).Values).Where(p => p.Definition.Expression is not null).ToList();
        var compiling = pairs.Count(p => FhirPath.TryCompile(
            p.Definition.Expression!, FhirDefinitions.R4, p.ResourceType, out _, out _, new PathOptions { Rules = PathRules.Definitions }));
        return new ConformanceSection(
            "fhirpath-definitions",
            "The expressions of FHIR R4 itself",
            """
            The invariants of all elements (under the strict rules), and the search parameters for each of their types, compile.
            Run by `tests/Fhir.Tests/Paths/InvariantCompilationTests.cs` on the definitions that the build fetches.
            """.ReplaceLineEndings("\n"),
            [new ConformanceCount("invariants", invariants - failed.Count, invariants), new ConformanceCount("search parameters", compiling, pairs.Count)],
            failed);
    }
}
