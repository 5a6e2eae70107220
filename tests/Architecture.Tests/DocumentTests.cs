using System.Text.RegularExpressions;

namespace Salus.Architecture.Tests;

public sealed partial class DocumentTests
{
    private static readonly string[] Documents = [.. Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void Every_link_in_a_document_leads_to_a_file()
    {
        Repository.None(
            from document in Documents
            from link in Links(Repository.Text(document))
            let target = Resolve(document, link)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{document}: '{link}' leads nowhere.");
    }

    [Fact]
    public void Every_document_in_docs_can_be_reached_from_its_index()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(["docs/README.md"]);
        while (open.TryDequeue(out var document))
        {
            if (!reached.Add(document) || !document.EndsWith(".md", StringComparison.Ordinal) || !Repository.Files.Contains(document))
            {
                continue;
            }

            foreach (var link in Links(Repository.Text(document)))
            {
                open.Enqueue(Path.GetRelativePath(Repository.Root, Resolve(document, link)).Replace('\\', '/'));
            }
        }

        Repository.None(from document in Documents where document.StartsWith("docs/", StringComparison.Ordinal) && !reached.Contains(document) select $"{document} is linked from nowhere.");
    }

    [Fact]
    public void Every_file_that_a_document_names_in_code_exists()
    {
        Repository.None(
            from document in Documents
            where document.StartsWith("docs/", StringComparison.Ordinal) || document.EndsWith("README.md", StringComparison.Ordinal)
            from Match named in SourcePath().Matches(Repository.Text(document))
            let path = named.Groups[1].Value
            where !Exists(path) && !Exists($"web/{path}") // the page on the web application names files from its folder
            select $"{document} names '{path}', which is not there.");
    }

    [Fact]
    public void Commands_of_the_readme_are_programs_of_the_root()
    {
        var commands = Shell().Matches(Repository.Text("README.md")).SelectMany(block => Command().Matches(block.Value)).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Superset(new HashSet<string> { "run.sh", "test.sh", "salus" }, commands.ToHashSet());
        Repository.None(from command in commands where !IsProgram(command) select $"README.md names ./{command}, which is not there or not executable.");
    }

    [Fact]
    public void Verbs_that_documents_show_are_commands_of_salus()
    {
        var known = Repository.Below("src/Host/", ".cs").SelectMany(f => CommandName().Matches(Repository.Text(f))).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("serve", known);
        Repository.None(
            from document in Documents
            from Match shown in Verb().Matches(Repository.Text(document))
            where !known.Contains(shown.Groups[1].Value)
            select $"{document} shows 'salus {shown.Groups[1].Value}', which is no command of salus ({string.Join(", ", known.Order(StringComparer.Ordinal))}).");
    }

    private static IEnumerable<string> Links(string text) => Link().Matches(text)
        .Select(m => m.Groups[1].Value.Split('#')[0])
        .Where(l => l.Length > 0 && !l.Contains("://", StringComparison.Ordinal) && !l.StartsWith("mailto:", StringComparison.Ordinal));

    private static string Resolve(string document, string link) => Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, Uri.UnescapeDataString(link)));

    private static bool Exists(string path) => File.Exists(Path.Combine(Repository.Root, path)) || Directory.Exists(Path.Combine(Repository.Root, path));

    private static bool IsProgram(string name)
    {
        var path = Path.Combine(Repository.Root, name);
        return File.Exists(path) && (OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
    }

    [GeneratedRegex("""(?:\]\(|src="|srcset="|href=")([^)"\s]+)""")]
    private static partial Regex Link();

    [GeneratedRegex("`((?:src|tests|web|eng|docs|bench|deploy)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex SourcePath();

    [GeneratedRegex("^```sh$.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shell();

    // At the start of a line; elsewhere it is an argument.
    [GeneratedRegex(@"^\./([\w.-]+)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("new Command\\(\\s*\"([a-z-]+)\"")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"(?<![\w-])\./salus ([a-z]+)")]
    private static partial Regex Verb();
}
