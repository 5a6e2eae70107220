using System.Security.Cryptography;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>A copy of the programs for an account that cannot get to where they were installed, such as a clone below <c>/root</c>.</summary>
internal static class NativeCopy
{
    public const string Home = "/var/lib/salus/native";

    /// <summary>The folder of the copy, named after the server's content; made once, and complete or not there.</summary>
    public static async Task<string> MakeAsync(string source, string home, CancellationToken ct)
    {
        var target = Path.Combine(home, $"postgres-{PostgresBinaries.Platform}-{await FingerprintAsync(source, ct)}");
        if (Directory.Exists(target))
        {
            return target;
        }

        var half = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            Ownership.MakeOpenFolder(home);
            Copy(new DirectoryInfo(source), half);
            Directory.Move(half, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(half, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException(
                $"PostgreSQL in {source} is out of reach for the account it runs as, and cannot be copied to {target}: {e.Message} Move the program to a folder that everybody may enter.", e);
        }

        return target;
    }

    private static async Task<string> FingerprintAsync(string source, CancellationToken ct)
    {
        await using var server = File.OpenRead(Path.Combine(source, "bin", "postgres"));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(server, ct))[..12];
    }

    private static void Copy(DirectoryInfo source, string target)
    {
        Ownership.MakeOpenFolder(target);
        foreach (var entry in source.EnumerateFileSystemInfos())
        {
            var path = Path.Combine(target, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(path, link);
            }
            else if (entry is DirectoryInfo folder)
            {
                Copy(folder, path);
            }
            else
            {
                File.Copy(entry.FullName, path);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                }
            }
        }
    }
}
