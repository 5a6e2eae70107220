using System.Xml.Linq;

namespace Salus.Fhir.Paths.Suite;

/// <summary>A value that a test expects.</summary>
/// <param name="Type">The FHIR or System type, as in <c>boolean</c>, <c>code</c>, <c>Quantity</c>; null when any will do.</param>
/// <param name="Text">The value as FHIRPath writes it, with the @ of dates and times.</param>
public sealed record PathTestOutput(string? Type, string Text);

/// <summary>One test of a suite in the format of HL7's FHIRPath tests (https://github.com/FHIR/fhir-test-cases).</summary>
/// <param name="Name">Group and name: <c>testBasics/testSimple</c>.</param>
/// <param name="Expression">The expression.</param>
/// <param name="InputFile">The name of the resource to evaluate on; null for none.</param>
/// <param name="Invalid">At which stage it must be refused; null when it has a value.</param>
/// <param name="Outputs">What it must give.</param>
/// <param name="IsPredicate">The output is whether it gives anything.</param>
/// <param name="IsOrdered">The order of the outputs matters.</param>
public sealed record PathTest(
    string Name, string Expression, string? InputFile, PathErrorKind? Invalid, IReadOnlyList<PathTestOutput> Outputs, bool IsPredicate, bool IsOrdered)
{
    /// <summary>Reads a suite, in its order. A name that stands twice in a group gets its number.</summary>
    /// <exception cref="FormatException">It is XML, but no suite.</exception>
    public static IReadOnlyList<PathTest> Read(XDocument suite)
    {
        if (suite.Root?.Name.LocalName != "tests")
        {
            throw new FormatException("This is no FHIRPath suite: its root element is not <tests>");
        }

        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var tests = new List<PathTest>();
        foreach (var test in suite.Descendants("test"))
        {
            var name = $"{test.Parent!.Attribute("name")?.Value}/{test.Attribute("name")?.Value}";
            var times = names[name] = names.GetValueOrDefault(name) + 1;
            tests.Add(Read(test, times == 1 ? name : $"{name} ({times})"));
        }

        return tests;
    }

    private static PathTest Read(XElement test, string name)
    {
        var expression = test.Element("expression") ?? throw new FormatException($"The test {name} has no <expression>");
        return new PathTest(
            name,
            expression.Value,
            test.Attribute("inputfile")?.Value,
            Stage(expression.Attribute("invalid")?.Value, name),
            [.. test.Elements("output").Select(o => new PathTestOutput(o.Attribute("type")?.Value, o.Value))],
            test.Attribute("predicate")?.Value == "true",
            test.Attribute("ordered")?.Value != "false");
    }

    private static PathErrorKind? Stage(string? invalid, string name) => invalid switch
    {
        null or "false" => null,
        "syntax" => PathErrorKind.Syntax,
        "semantic" => PathErrorKind.Semantic,
        "execution" or "true" => PathErrorKind.Execution,
        _ => throw new FormatException($"The test {name} is invalid=\"{invalid}\"; there are syntax, semantic and execution"),
    };
}
