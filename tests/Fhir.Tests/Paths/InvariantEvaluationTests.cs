using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Paths;

/// <summary>R4's invariants on R4's examples: real expressions on real data, and the examples are valid.</summary>
public class InvariantEvaluationTests(ITestOutputHelper output)
{
    // EventDefinition-example has a narrative without text. Both invariants call htmlChecks().
    private static readonly string[] Known = ["txt-1 on Narrative.div does not hold: htmlChecks()", "txt-2 on Narrative.div does not hold: htmlChecks()"];
    private static readonly PathOptions Rules = new() { Rules = PathRules.Definitions };

    private readonly Dictionary<string, List<(R4Invariant Invariant, FhirPath Path)>> byPath = Compiled();
    private readonly SortedDictionary<string, int> problems = new(StringComparer.Ordinal);
    private int evaluated;

    [Fact]
    public void Every_invariant_can_be_evaluated_on_the_examples_and_holds()
    {
        foreach (var (name, utf8) in SampleResources.R4Examples())
        {
            Assert.True(ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out var issue), $"{name}: {issue?.Message}");
            Check(document.Root, document.Type.Name);
        }

        output.WriteLine(evaluated == 0 ? "Skipped: the R4 examples are not there." : $"{evaluated} evaluations");
        Assert.Equal(evaluated == 0 ? [] : Known, problems.Select(p => p.Key));
        Assert.All(problems, p => Assert.Equal(1, p.Value));
    }

    private void Check(Element element, string path)
    {
        Evaluate(element, path);
        foreach (var child in element.Children)
        {
            if (child is { Definition: { } definition, Type: { } type })
            {
                var declared = $"{definition.Owner.Name}.{definition.Name}{(definition.IsChoice ? "[x]" : "")}";
                if (byPath.ContainsKey(declared) && type.Name != declared)
                {
                    Evaluate(child, declared);
                }

                Check(child, type.Name);
            }
        }
    }

    private void Evaluate(Element element, string path)
    {
        foreach (var (invariant, compiled) in byPath.GetValueOrDefault(path) ?? [])
        {
            evaluated++;
            var problem = !compiled.TryTest(element, out var holds, out var error) ? $"{invariant.Key} on {path}: {error}"
                : holds == false && invariant.IsError ? $"{invariant.Key} on {path} does not hold: {invariant.Expression}"
                : null;
            if (problem is not null)
            {
                problems[problem] = problems.GetValueOrDefault(problem) + 1;
            }
        }
    }

    private static Dictionary<string, List<(R4Invariant, FhirPath)>> Compiled()
    {
        var byPath = new Dictionary<string, List<(R4Invariant, FhirPath)>>(StringComparer.Ordinal);
        foreach (var invariant in R4Invariants.All())
        {
            if (FhirPath.TryCompile(invariant.Expression, FhirDefinitions.R4, invariant.Type, out var path, out _, Rules))
            {
                (byPath.TryGetValue(invariant.Path, out var known) ? known : byPath[invariant.Path] = []).Add((invariant, path));
            }
        }

        return byPath;
    }
}
