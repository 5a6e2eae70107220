using System.Text.RegularExpressions;

namespace Salus.Architecture.Tests;

/// <summary>What the security pages claim is proved by tests that exist.</summary>
public sealed partial class SecurityDocumentTests
{
    private static readonly string[] Documents = ["docs/asvs.md", "SECURITY.md"];

    [Fact]
    public void Every_test_that_a_security_page_names_exists()
    {
        var tests = Tests().ToHashSet(StringComparer.Ordinal);
        foreach (var document in Documents)
        {
            var named = Named().Matches(Repository.Text(document)).Select(m => m.Groups[1].Value).Distinct().ToList();
            Assert.True(named.Count >= 20, $"{document} names {named.Count} tests.");
            Repository.None(from name in named where !tests.Contains(name) select $"{document} names '{name}', which is no test.");
        }
    }

    [Fact]
    public void Every_chapter_of_the_standard_is_answered_and_what_is_met_says_how()
    {
        var text = Repository.Text("docs/asvs.md");
        Assert.Equal(Enumerable.Range(1, 17), Chapter().Matches(text).Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        var rows = Row().Matches(text).Select(m => m.Value.Split('|')).ToList();
        Assert.True(rows.Count > 50, $"{rows.Count} rows");
        Repository.None(
            from row in rows
            let section = row[1].Trim()
            let state = row[3].Trim()
            let how = row[4].Trim()
            where state is not ("met" or "partly" or "open" or "n/a") || (state != "open" && how.Length == 0)
            select $"docs/asvs.md, {section}: the state '{state}' is unknown or says not how.");
    }

    // Methods of a test class that stand behind an attribute of a test.
    private static IEnumerable<string> Tests() =>
        from file in Repository.Below("tests/", "Tests.cs")
        let name = Path.GetFileNameWithoutExtension(file)
        from Match method in Method().Matches(Repository.Text(file))
        select $"{name}.{method.Groups[1].Value}";

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"^    \[\w*(?:Fact|Theory|Property)[^\n]*\n(?:    [^\n]*\n)*?    public (?:async )?\w+ (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex(@"^## V(\d+) ", RegexOptions.Multiline)]
    private static partial Regex Chapter();

    [GeneratedRegex(@"^\| V\d+[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
