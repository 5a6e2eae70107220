using System.CommandLine;
using System.Xml;
using System.Xml.Linq;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Suite;
using Salus.Fhir.Validation;

namespace Salus.Host.Commands;

/// <summary>
/// <c>salus fhirpath</c>: evaluates an expression on a file, or runs a suite of tests. Exit code 0: all well; 1: the expression or a test failed;
/// 2: a file cannot be read.
/// </summary>
internal static class FhirPathCommand
{
    private static readonly PathContext Context = new()
    {
        ConformsTo = new BaseConformance(FhirDefinitions.R4).ConformsTo,
        Trace = static (name, values) => Console.Error.WriteLine($"trace {name}: {string.Join(", ", values)}"),
    };

    public static Command Build() => new Command("fhirpath", "Evaluates FHIRPath expressions, and runs suites of tests for FHIRPath.") { Evaluation(), Suite() };

    private static Command Evaluation()
    {
        var expression = new Argument<string>("expression") { Description = "The expression, as in 'name.given'." };
        var file = new Argument<string?>("file") { Description = "A resource as JSON, or as XML when its name ends with .xml. Without it, the expression stands alone.", Arity = ArgumentArity.ZeroOrOne };
        var lenient = new Option<bool>("--lenient") { Description = "As search parameters are read: 'as' keeps items among several, and a path that starts with another type gives nothing." };
        var command = new Command("eval", "Prints what an expression gives on a resource: type and value, one a line.") { expression, file, lenient };
        command.SetAction(parsed =>
        {
            var options = new PathOptions { Rules = parsed.GetValue(lenient) ? PathRules.Definitions : PathRules.Strict };
            return Guarded(() => Evaluate(parsed.GetValue(expression)!, parsed.GetValue(file), options));
        });
        return command;
    }

    private static Command Suite()
    {
        var suite = new Argument<string>("suite") { Description = "The tests, in the XML format of HL7's suites." };
        var input = new Option<string>("--input") { Description = "The folder that holds the resources the tests name. Default: the current one.", DefaultValueFactory = _ => "." };
        var command = new Command("test", "Runs a suite of FHIRPath tests and prints each failure.") { suite, input };
        command.SetAction(parsed => Guarded(() => Test(parsed.GetValue(suite)!, parsed.GetValue(input)!)));
        return command;
    }

    private static int Evaluate(string expression, string? file, PathOptions options)
    {
        var document = file is null ? null : ResourceFile.Read(file);
        var values = new PathCollection();
        if (!FhirPath.TryCompile(expression, FhirDefinitions.R4, document?.Type, out var path, out var error, options)
            || !path.TryEvaluate(document?.Root ?? default, values, out error, Context))
        {
            Console.Error.WriteLine($"salus: {error}");
            Console.Error.WriteLine(Underlined(expression, error!.Position));
            return 1;
        }

        foreach (var value in values)
        {
            Console.WriteLine(Line(value));
        }

        return 0;
    }

    private static int Test(string suite, string folder)
    {
        using var text = new MemoryStream(InputFile.Read(suite));
        var tests = PathTest.Read(XDocument.Load(text));
        var inputs = tests.Select(t => t.InputFile).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (inputs.Count > 0 && !inputs.Any(i => File.Exists(Path.Combine(folder, i))))
        {
            throw new IOException($"None of the {inputs.Count} resources that the tests name, such as {inputs.Order(StringComparer.Ordinal).First()}, is in {Path.GetFullPath(folder)}. Say where they are: --input DIR");
        }

        var runner = new PathSuiteRunner(
            FhirDefinitions.R4, name => Path.Combine(folder, name) is var file && File.Exists(file) ? ResourceFile.Read(file) : null, Context with { Trace = null });
        var failed = 0;
        foreach (var result in tests.Select(runner.Run).Where(r => !r.Passed))
        {
            failed++;
            Console.WriteLine($"FAILED {result.Test.Name}: {result.Test.Expression.Trim()}");
            Console.WriteLine($"       {result.Problem}");
        }

        Console.WriteLine($"{tests.Count - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static int Guarded(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException)
        {
            Console.Error.WriteLine($"salus: {e.Message}");
            return 2;
        }
    }

    private static string Line(PathValue value)
    {
        if (!value.IsElement)
        {
            return $"System.{value.Kind}\t{value}";
        }

        var element = value.Element;
        var text = element.Kind is JsonKind.Object ? ResourceFile.OnOneLine(element.RawUtf8) : element.HasValue ? value.ToString() : "";
        return $"{element.Type?.Name}\t{text}";
    }

    private static string Underlined(string expression, int position)
    {
        var at = Math.Min(position, expression.Length);
        var start = at == 0 ? 0 : expression.LastIndexOf('\n', at - 1) + 1;
        var end = expression.IndexOf('\n', at);
        return $"  {expression[start..(end < 0 ? expression.Length : end)]}\n  {new string(' ', at - start)}^";
    }
}
