using System.Globalization;
using System.Text;

namespace Salus.TestSupport;

/// <summary>How many tests of one kind passed.</summary>
public sealed record ConformanceCount(string Kind, int Passed, int Total);

/// <summary>A test that does not pass, and why that is right, or not done yet.</summary>
public sealed record ConformanceException(string Test, string What, string Reason);

/// <summary>What one suite says about Salus.</summary>
/// <param name="Id">The name of the block in the page.</param>
/// <param name="Title">Its headline.</param>
/// <param name="About">Which suite, where it comes from, how it is run.</param>
/// <param name="Counts">A line for each kind of test.</param>
/// <param name="Exceptions">Every test that does not pass.</param>
public sealed record ConformanceSection(
    string Id, string Title, string About, IReadOnlyList<ConformanceCount> Counts, IReadOnlyList<ConformanceException> Exceptions);

/// <summary>
/// Keeps <c>docs/conformance.md</c>: each suite owns the block between two comments with its id, and its test compares the block with what it measured.
/// A new suite adds <c>&lt;!-- id --&gt;</c> and <c>&lt;!-- /id --&gt;</c> to the page, and a test that calls <see cref="Difference"/>.
/// </summary>
public static class ConformancePage
{
    private const string Variable = "SALUS_WRITE_CONFORMANCE";

    /// <summary>
    /// Null when the page says what was measured; else what to do. With SALUS_WRITE_CONFORMANCE=1 in the environment, the page is written instead.
    /// </summary>
    /// <param name="root">The folder of the sources.</param>
    /// <param name="section">What was measured.</param>
    public static string? Difference(string root, ConformanceSection section)
    {
        var path = Path.Combine(root, "docs/conformance.md");
        var page = File.ReadAllText(path);
        var (begin, end) = ($"<!-- {section.Id} -->\n", $"<!-- /{section.Id} -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            return $"docs/conformance.md has no block for this suite: add the lines {begin.Trim()} and {end}";
        }

        from += begin.Length;
        var now = Text(section);
        if (page[from..to] == now)
        {
            return null;
        }

        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(path, page[..from] + now + page[to..]);
            return null;
        }

        return $"docs/conformance.md is not what was measured. Run this test again with {Variable}=1, and commit the page. It would say:\n{now}";
    }

    private static string Text(ConformanceSection section)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {section.Title}\n\n{section.About}\n\n| tests | passed | of | % |\n|---|---|---|---|\n");
        var all = new ConformanceCount("all", section.Counts.Sum(c => c.Passed), section.Counts.Sum(c => c.Total));
        foreach (var count in section.Counts.Count == 1 ? section.Counts : [.. section.Counts, all])
        {
            text.Append(CultureInfo.InvariantCulture, $"| {count.Kind} | {count.Passed:N0} | {count.Total:N0} | {Percent(count)} |\n");
        }

        text.Append(section.Exceptions.Count == 0 ? "\nNo exceptions.\n" : "\n| exception | what | reason |\n|---|---|---|\n");
        foreach (var exception in section.Exceptions)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(exception.Test)} | `{Cell(Shortened(exception.What))}` | {Cell(exception.Reason)} |\n");
        }

        return text.ToString();
    }

    // Cut, not rounded: 100.0 means all.
    private static string Percent(ConformanceCount count) =>
        count.Total == 0 ? "-" : (Math.Floor(1000.0 * count.Passed / count.Total) / 10).ToString("F1", CultureInfo.InvariantCulture);

    private static string Shortened(string text) => text.Length <= 160 ? text : text[..160] + "…";

    // A bar would end the cell; a bracket before a parenthesis would look like a link to those who check links.
    private static string Cell(string text) =>
        text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("](", "] (", StringComparison.Ordinal).Trim();
}
