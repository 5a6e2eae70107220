using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths.Suite;

/// <summary>What came of one test.</summary>
/// <param name="Test">The test.</param>
/// <param name="Problem">Why it failed; null when it passed.</param>
public sealed record PathTestResult(PathTest Test, string? Problem)
{
    public bool Passed => Problem is null;
}

/// <summary>Runs the tests of a suite. Not for concurrent use.</summary>
/// <param name="definitions">The definitions that expressions are compiled against.</param>
/// <param name="input">Gives the resource of a name, or null when it is not there.</param>
/// <param name="context">What evaluations may use.</param>
public sealed class PathSuiteRunner(FhirDefinitions definitions, Func<string, ResourceDocument?> input, PathContext context)
{
    private readonly Dictionary<string, ResourceDocument?> inputs = new(StringComparer.Ordinal);

    public PathTestResult Run(PathTest test)
    {
        ResourceDocument? document = null;
        if (test.InputFile is { } file)
        {
            if (!inputs.TryGetValue(file, out document))
            {
                inputs.Add(file, document = input(file));
            }

            if (document is null)
            {
                return new PathTestResult(test, $"the input {file} is not there");
            }
        }

        return new PathTestResult(test, Problem(test, document));
    }

    private string? Problem(PathTest test, ResourceDocument? document)
    {
        var values = new PathCollection();
        var done = FhirPath.TryCompile(test.Expression, definitions, document?.Type, out var path, out var error)
            && path.TryEvaluate(document?.Root ?? default, values, out error, context);
        if (test.Invalid is { } stage)
        {
            // Earlier is as good: what is known to fail need not be tried.
            return done ? $"an error was expected ({stage}), and it gave {Text(values)}"
                : error!.Kind <= stage ? null
                : $"an error of the stage {stage} was expected, and this one is of the stage {error.Kind}: {error}";
        }

        return done ? Difference(test, values) : $"{Text(test.Outputs)} was expected, and there is an error ({error!.Kind}): {error}";
    }

    private static string? Difference(PathTest test, PathCollection values)
    {
        if (test.IsPredicate && test.Outputs is [{ Type: "boolean" } only])
        {
            return only.Text == (values.Count > 0 ? "true" : "false") ? null : $"{only.Text} was expected, and it gave {Text(values)}";
        }

        var left = values.ToList();
        foreach (var wanted in test.Outputs)
        {
            var at = test.IsOrdered ? (left.Count > 0 && Same(wanted, left[0]) ? 0 : -1) : left.FindIndex(v => Same(wanted, v));
            if (at < 0)
            {
                return $"{Text(test.Outputs)} was expected, and it gave {Text(values)}";
            }

            left.RemoveAt(at);
        }

        return left.Count == 0 ? null : $"{Text(test.Outputs)} was expected, and it gave {Text(values)}";
    }

    private static bool Same(PathTestOutput wanted, PathValue value)
    {
        if (wanted.Type is not null && wanted.Type != TypeOf(value))
        {
            return false;
        }

        if (SystemValue.Of(value) is { Kind: PathKind.Decimal } number)
        {
            // -0.0 and 0.0 are one number; the digits that are written count.
            return SystemValue.TryDecimal(System.Text.Encoding.UTF8.GetBytes(wanted.Text), out var expected) && expected == number.Decimal && expected.Scale == number.Decimal.Scale;
        }

        return Plain(wanted.Text) == value.ToString();
    }

    private static string TypeOf(PathValue value) => value.Kind switch
    {
        PathKind.Element => value.Element.Type?.Name ?? "",
        PathKind.DateTime => "dateTime",
        PathKind.Quantity => "Quantity",
        _ => value.Kind.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    private static string Plain(string literal) => literal.StartsWith("@T", StringComparison.Ordinal) ? literal[2..] : literal.TrimStart('@');

    private static string Text(IReadOnlyList<PathTestOutput> outputs) => outputs.Count == 0 ? "nothing" : string.Join(", ", outputs.Select(o => $"{o.Type} {o.Text}".TrimStart()));

    private static string Text(PathCollection values) => values.Count == 0 ? "nothing" : string.Join(", ", values.Take(5).Select(v => $"{TypeOf(v)} {v}")) + (values.Count > 5 ? ", ..." : "");
}
