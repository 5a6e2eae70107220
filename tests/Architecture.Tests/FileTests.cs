using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Salus.Architecture.Tests;

public sealed partial class FileTests
{
    private const int MostLines = 500;
    private static readonly string[] SourceEndings = [".cs", ".ts", ".tsx", ".mjs", ".js", ".css", ".sh", ".sql"];
    private static readonly string[] BinaryEndings = [".png", ".ico", ".woff2", ".gz", ".bin"];

    // Put together here, so that this file is no finding of its own.
    private static readonly string[] RegistryHosts = ["registry." + "npmjs", "npmjs" + ".org", "nuget" + ".org", "deb." + "debian", "registry." + "yarnpkg", "pypi" + ".org", "files." + "pythonhosted"];
    private static readonly string MachinePath = "/work" + "/";

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var listed = XDocument.Parse(Repository.Text("Salus.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value.Replace('\\', '/'));
        var present = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));
        Assert.Equal(present.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_test_project_has_tests()
    {
        Repository.None(
            from project in Repository.Below("tests/", ".Tests.csproj")
            let folder = project[..(project.LastIndexOf('/') + 1)]
            where !Repository.Below(folder, ".cs").Any(f => TestAttribute().IsMatch(Repository.Text(f)))
            select $"{project} holds no test.");
    }

    [Fact]
    public void Source_files_stay_below_500_lines()
    {
        Repository.None(
            from file in Repository.Files
            where SourceEndings.Any(e => file.EndsWith(e, StringComparison.Ordinal)) && !file.Contains(".gen.", StringComparison.Ordinal)
            let lines = File.ReadLines(Path.Combine(Repository.Root, file)).Count()
            where lines > MostLines
            select $"{file} has {lines} lines. Part it along its nouns.");
    }

    [Fact]
    public void No_file_names_a_package_registry_or_a_path_of_one_machine()
    {
        Repository.None(
            from file in Repository.Files
            where !BinaryEndings.Any(e => file.EndsWith(e, StringComparison.Ordinal))
            let text = Repository.Text(file)
            from wrong in RegistryHosts.Append(MachinePath)
            where text.Contains(wrong, StringComparison.OrdinalIgnoreCase)
            select $"{file} contains '{wrong}'.");
    }

    [Fact]
    public void Npm_lock_files_do_not_say_where_packages_were_downloaded_from()
    {
        Repository.None(
            from file in Repository.Files
            where file.EndsWith("package-lock.json", StringComparison.Ordinal) && Repository.Text(file).Contains("\"resolved\": \"http", StringComparison.Ordinal)
            select $"{file} has 'resolved' addresses. The .npmrc beside it needs omit-lockfile-registry-resolved=true; then make the lock file again.");
    }

    [GeneratedRegex(@"^\s*\[(Fact|Theory|Property)\b", RegexOptions.Multiline)]
    private static partial Regex TestAttribute();
}
