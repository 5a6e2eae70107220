using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Tests.Search;

namespace Salus.Fhir.Tests.Paths;

/// <summary>Whatever an expression asks for, its cost has a bound, and reaching it is an error of its own kind.</summary>
public class PathLimitTests
{
    private static readonly string Many = string.Join(" | ", Enumerable.Range(1, 60));

    public static TheoryData<string> Costly => new()
    {
        "1.repeat($this + 1)",
        "'a'.repeat($this & 'a')",
        $"({Many}).aggregate($total & $total, 'ab')",
        $"({Many}).aggregate($total.combine($total), 1)",
        $"({Many}).aggregate($total.replace('a', 'aaaaaaaaaa'), 'a')",
        $"({Many}).aggregate($total.replaceMatches('a', '$0$0'), 'a')",
        // One match alone would make two gigabytes, one character after the other ten, and look-ahead finds more than it matches.
        $"'{new string('a', 10_000)}'.replaceMatches('b?a+', '{string.Concat(Enumerable.Repeat("$_", 100_000))}')",
        $"'{new string('a', 10_000)}'.replaceMatches('a', '{string.Concat(Enumerable.Repeat("$0", 500))}')",
        $"'{new string('a', 10_000)}'.replaceMatches('(?=(a+))a', '{string.Concat(Enumerable.Repeat("$1", 500))}')",
        $"'{new string('a', 10_000)}'.replaceMatches('', 'x').replaceMatches('a*?(?=a*b)|(a)', '$1')",
        $"({Many}).aggregate($total.escape('json') & $total, '\\'')",
        $"({Many}).aggregate($total.encode('hex'), 'a')",
        "%resource.descendants().where(%resource.descendants().where(%resource.descendants().exists()).exists())",
        "%resource.descendants().select(%resource.descendants())",
        "%resource.descendants().all(%resource.descendants().count() > 0 and %resource.descendants().count() > 1)",
        "entry.where(%resource.entry.where(%resource.entry.select(fullUrl).exists()).exists())",
        "descendants().descendants().where($this in %resource.descendants())",
        $"'{new string('a', 60)}!'.matches('^(a+)+\\\\1(?=b)$')",
        $"'x'.matches('{new string('(', 4000)}{new string(')', 4000)}')",
    };

    [Theory]
    [MemberData(nameof(Costly))]
    public void A_costly_expression_ends_as_too_costly(string text)
    {
        var document = LargeBundle();
        Assert.True(FhirPath.TryCompile(text, FhirDefinitions.R4, document.Type, out var path, out var error), error?.ToString());
        var values = new PathCollection();
        Assert.False(path.TryEvaluate(document.Root, values, out error, new PathContext { Limits = new PathLimits { Steps = 1_000_000 } }));
        Assert.Equal(PathErrorKind.TooCostly, error.Kind);
        Assert.InRange(error.Position, 0, text.Length);
        Assert.Empty(values);
    }

    [Theory]
    [InlineData(1, "name.given", true)]
    [InlineData(1, "name.given.where($this = 'A').first()", false)]
    [InlineData(1_000, "name.given.where($this = 'A').first()", true)]
    public void The_caller_sets_the_steps(int steps, string text, bool done)
    {
        var document = Extraction.Read("""{"resourceType":"Patient"}""");
        var context = new PathContext { Limits = new PathLimits { Steps = steps } };
        Assert.Equal(done, FhirPath.Compile(text, "Patient").TryEvaluate(document.Root, new PathCollection(), out _, context));
    }

    [Fact]
    public void The_same_thread_evaluates_as_before_after_a_costly_expression()
    {
        var document = LargeBundle();
        Assert.False(FhirPath.Compile("descendants().select(%resource.descendants())", "Bundle").TryEvaluate(document.Root, new PathCollection(), out _));
        Assert.True(FhirPath.Compile("entry.count()", "Bundle").TrySingle(document.Root, out var count, out _));
        Assert.Equal(400, count.Integer);
    }

    [Theory]
    [MemberData(nameof(Deep))]
    public void The_deepest_expressions_fit_on_a_small_stack(string text)
    {
        Exception? thrown = null;
        var document = Extraction.Read("""{"resourceType":"Patient","name":[{"given":["A"]}]}""");
        var thread = new Thread(
            () => thrown = Record.Exception(() =>
            {
                if (FhirPath.TryCompile(text, FhirDefinitions.R4, document.Type, out var path, out _))
                {
                    path.TryEvaluate(document.Root, new PathCollection(), out _);
                }
            }),
            maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
    }

    public static TheoryData<string> Deep => new()
    {
        new string('(', 5_000) + "1" + new string(')', 5_000),
        new string('(', 190) + "1" + new string(')', 190),
        string.Concat(Enumerable.Repeat("- ", 190)) + "1",
        string.Concat(Enumerable.Repeat("-", 5_000)) + "1",
        string.Join(" + ", Enumerable.Repeat("1", 990)),
        string.Join(" or ", Enumerable.Repeat("false", 990)),
        string.Join(" = ", Enumerable.Repeat("true", 990)),
        string.Join(" | ", Enumerable.Repeat("name", 990)),
        "name" + string.Concat(Enumerable.Repeat(".skip(0)", 390)),
        "name" + string.Concat(Enumerable.Repeat(".select($this)", 390)),
        "name" + string.Concat(Enumerable.Repeat("[0]", 600)),
        "name" + string.Concat(Enumerable.Repeat(".ofType(HumanName)", 390)),
        string.Concat(Enumerable.Repeat("name.select(%resource.", 190)) + "name" + new string(')', 190),
        string.Concat(Enumerable.Repeat("iif(true, ", 190)) + "1" + new string(')', 190),
        string.Concat(Enumerable.Repeat("name.where(", 190)) + "true" + new string(')', 190),
    };

    private static ResourceDocument LargeBundle()
    {
        var entries = string.Join(",", Enumerable.Range(0, 400).Select(i =>
            $$"""{"fullUrl":"urn:uuid:{{i}}","resource":{"resourceType":"Patient","id":"p{{i}}","name":[{"family":"F{{i}}","given":["A","B"]}] } }"""));
        return ResourceReader.TryRead(
            Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"collection","entry":[{{entries}}]}"""), FhirDefinitions.R4, out var document, out _)
            ? document
            : throw new InvalidOperationException();
    }
}
