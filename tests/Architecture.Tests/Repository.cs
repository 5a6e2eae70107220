using System.Diagnostics;
using System.Xml.Linq;

namespace Salus.Architecture.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Files under version control and new ones that are not ignored, as paths from the root with '/'.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    /// <summary>The modules: folders of src/Modules that hold a project.</summary>
    public static IReadOnlyList<Module> Modules { get; } =
        [.. Files.Where(f => f.StartsWith("src/Modules/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal)).Select(Module.Read)];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static IEnumerable<string> Below(string folder, params string[] endings) =>
        Files.Where(f => f.StartsWith(folder, StringComparison.Ordinal) && endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)));

    /// <summary>Fails with every finding on a line of its own.</summary>
    public static void None(IEnumerable<string> findings)
    {
        var found = findings.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Salus.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Salus.slnx above {AppContext.BaseDirectory}.");
    }

    private static List<string> ListFiles()
    {
        var start = new ProcessStartInfo("git", ["-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var lines = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        Assert.True(git.ExitCode == 0 && lines.Length > 0, "git ls-files lists nothing: these tests need a git checkout.");
        return [.. lines.Where(f => File.Exists(Path.Combine(Root, f))).Distinct()];
    }
}

/// <summary>A module by its project file.</summary>
/// <param name="Name">Folder and project name.</param>
/// <param name="MayUse">What it may reference beside Kernel and Fhir.</param>
internal sealed record Module(string Name, IReadOnlyList<string> MayUse)
{
    public string Folder => $"src/Modules/{Name}/";

    /// <summary>Its schema in the database; null when it has no tables.</summary>
    public string? Schema => Repository.Below($"{Folder}Migrations/", ".sql").Any() ? Name.ToLowerInvariant() : null;

    public static Module Read(string project) => new(
        Path.GetFileNameWithoutExtension(project),
        [.. XDocument.Parse(Repository.Text(project)).Descendants("MayUse").SelectMany(e => e.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))]);
}
