using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Tests.Paths;

/// <summary>All work is paid for in steps, also the work that finds nothing.</summary>
public class PathCostTests
{
    private static readonly ResourceDocument List = Read(
        $$"""{"resourceType":"List","status":"current","mode":"working","entry":[{{string.Join(",", Enumerable.Repeat("""{"item":{"reference":"Patient/1"}}""", 2_000))}}]}""");

    [Theory]
    [InlineData("entry.where(%resource.entry.item.display.exists()).count()")]
    [InlineData("entry.where(%resource.entry.item.display.empty()).count()")]
    [InlineData("entry.where(%resource.entry.item.display.count() > 0).count()")]
    [InlineData("entry.where(%resource.select(entry.item.display.exists()).first()).count()")]
    [InlineData("entry.take(300).aggregate(iif($total.exists() and $total.exists() and $total.exists() and $total.exists(), $total, {}), %resource.entry).count()")]
    public void What_finds_nothing_is_paid_for_too(string text) => TooCostly(text, List, new PathContext { Limits = new PathLimits { Steps = 1_000_000 } });

    [Theory]
    [InlineData("%long.contains(%half)")]
    [InlineData("%long.indexOf(%half)")]
    [InlineData("%long.lastIndexOf(%half)")]
    [InlineData("%long.replace(%half, 'x')")]
    [InlineData("%long.split(%half)")]
    [InlineData("(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8).where(%long < %half).exists()")]
    [InlineData("(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8).sort(%long & $this.toString()).exists()")]
    public void Long_texts_are_paid_for_by_their_length(string text)
    {
        // Nearly the same texts: the worst case of a search is that each place matches almost to the end.
        var context = new PathContext
        {
            Limits = new PathLimits { Steps = 100_000 },
            Variables = new Dictionary<string, IReadOnlyList<PathValue>>
            {
                ["long"] = [PathValue.Of(new string('a', 600_000))],
                ["half"] = [PathValue.Of(new string('a', 150_000) + "b" + new string('a', 149_999))],
            },
        };
        TooCostly(text, List, context);
    }

    [Fact]
    public void Properties_that_R4_does_not_have_are_paid_for_too()
    {
        var unknown = string.Join(",", Enumerable.Range(0, 20_000).Select(i => $"\"x{i}\":1"));
        var document = Read($$"""{"resourceType":"Patient",{{unknown}},"contact":[{{string.Join(",", Enumerable.Repeat("{\"id\":\"a\"}", 5_000))}}]}""");
        TooCostly("contact.where(%resource.name.exists()).exists()", document, new PathContext { Limits = new PathLimits { Steps = 1_000_000 } });
    }

    [Theory]
    [InlineData("$_")]
    [InlineData("$`")]
    [InlineData("$'")]
    [InlineData("$1")]
    public void A_replacement_that_grows_too_long_is_not_made(string insert)
    {
        var by = string.Concat(Enumerable.Repeat(insert, 2_000));
        var path = FhirPath.Compile("%text.replaceMatches(%pattern, %by)", "List", new PathOptions { Variables = ["text", "pattern", "by"] });
        var context = new PathContext
        {
            Variables = new Dictionary<string, IReadOnlyList<PathValue>>
            {
                ["text"] = [PathValue.Of(new string('a', 10_000) + "b" + new string('a', 10_000))],
                ["pattern"] = [PathValue.Of(insert == "$1" ? "(a+)b" : "b")],
                ["by"] = [PathValue.Of(by)],
            },
        };
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(path.TryEvaluate(List.Root, new PathCollection(), out var error, context));
        Assert.Equal(PathErrorKind.TooCostly, error.Kind);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
    }

    [Fact]
    public void A_long_text_is_replaced_where_the_result_is_not_too_long()
    {
        var path = FhirPath.Compile("%text.replaceMatches('(a)(b)', '$2$1').length()", "List", new PathOptions { Variables = ["text"] });
        var context = new PathContext { Variables = new Dictionary<string, IReadOnlyList<PathValue>> { ["text"] = [PathValue.Of(string.Concat(Enumerable.Repeat("ab", 50)) + new string('c', 900_000))] } };
        Assert.True(path.TrySingle(List.Root, out var length, out var error, context), error?.ToString());
        Assert.Equal(900_100, length.Integer);
    }

    private static void TooCostly(string text, ResourceDocument document, PathContext context)
    {
        var path = FhirPath.Compile(text, document.Type.Name, new PathOptions { Variables = [.. context.Variables.Keys] });
        Assert.False(path.TryEvaluate(document.Root, new PathCollection(), out var error, context));
        Assert.True(error.Kind == PathErrorKind.TooCostly, error.ToString());
    }

    private static ResourceDocument Read(string json) =>
        ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.Message);
}
