using System.Xml.Linq;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Suite;
using Salus.Fhir.Tests.Json;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Paths;

/// <summary>
/// Any text on any resource gives a value or an error with a position inside the text, never an exception. A text that fails is kept in a corpus, and runs again each time.
/// </summary>
public class PathFuzzTests(ITestOutputHelper output)
{
    private static readonly Corpus Corpus = new("tests/Fhir.Tests/Paths/Corpus");
    private static readonly PathContext Context = new()
    {
        Limits = new PathLimits { Steps = 50_000, Items = 10_000, TextLength = 10_000 },
        MemberOf = static (code, _) => code.Code.Length % 3 == 0 ? null : code.Code.Length % 2 == 0,
        Subsumes = static (_, _) => null,
        ConformsTo = static (_, _) => true,
        Trace = static (_, _) => { },
        Variables = new Dictionary<string, IReadOnlyList<PathValue>> { ["x"] = [PathValue.Of(1), PathValue.Of("a")] },
    };

    [Fact]
    public void Random_text_gives_a_value_or_an_error()
    {
        var rounds = Corpus.Rounds(20_000);
        var seed = Corpus.Seed(1);
        var random = new Random(seed);
        var expressions = new RandomExpression(random, Seeds());
        // The seeds are about a patient: on one they have values, elsewhere they mostly have no meaning.
        var (patient, other) = (SampleResources.Patient(), Resource(seed));
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            if (round % 50 == 0)
            {
                other = Resource(random.Next());
            }

            var text = expressions.Next();
            var document = round % 3 == 0 ? other : patient;
            var outcome = Run(text, document, round % 4 == 0 ? PathRules.Strict : PathRules.Definitions, round % 5 == 0 ? null : document.Type);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine($"{rounds} rounds, seed {seed}: {string.Join(", ", outcomes.Select(o => $"{o.Value} {o.Key}"))}");
        Assert.True(outcomes.GetValueOrDefault("a value") > rounds / 10, "too few expressions were evaluated to say anything");
    }

    [Fact]
    public void What_failed_once_does_not_fail_again()
    {
        var patient = SampleResources.Patient();
        foreach (var (_, text) in Corpus.Kept)
        {
            foreach (var rules in new[] { PathRules.Strict, PathRules.Definitions })
            {
                Run(text, patient, rules, patient.Type);
                Run(text, Resource(7), rules, null);
            }
        }
    }

    private static string Run(string text, ResourceDocument document, PathRules rules, TypeDefinition? type)
    {
        try
        {
            var values = new PathCollection();
            var options = new PathOptions { Rules = rules, Variables = ["x"] };
            var done = FhirPath.TryCompile(text, FhirDefinitions.R4, type, out var path, out var error, options) && path.TryEvaluate(document.Root, values, out error, Context);
            Assert.True(done || error!.Position >= 0 && error.Position <= text.Length, $"the position {error?.Position} is outside of the text");
            // Whatever it gives can be written.
            Assert.DoesNotContain(null, values.Select(v => v.ToString()));
            return done ? "a value" : $"{error!.Kind}";
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{rules} on {document.Type.Name}, kept as {Corpus.Keep(text)}: {text}", e);
        }
    }

    private static ResourceDocument Resource(int seed)
    {
        var json = new RandomResource(seed, ["a", "2015-02-04", "Patient/1", "#x", "<div>x</div>", "http://e.org", "1.5", "é", ""]).Write();
        return ResourceReader.TryRead(json, FhirDefinitions.R4, out var document, out _) ? document : SampleResources.Patient();
    }

    private static List<string> Seeds() =>
        SharedData.Find("fhirpath/suite/tests-fhir-r4.xml") is { } suite
            ? [.. PathTest.Read(XDocument.Load(suite)).Select(t => t.Expression)]
            : [.. FhirDefinitions.R4.SearchParameters.Select(p => p.Expression).OfType<string>()];
}
