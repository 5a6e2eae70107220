using System.Security.Cryptography;
using System.Text;
using Salus.Kernel.EmbeddedPostgres;

namespace Salus.Kernel;

/// <summary>Where the data is.</summary>
public static class DataFolder
{
    private const string Shared = "/var/lib/salus";

    /// <summary>
    /// The folder to use when none was configured: <paramref name="preferred"/>, or, when the account that the embedded server runs as cannot get
    /// there (such as below <c>/root</c>), a folder of <c>/var/lib/salus</c> named after a hash of the preferred path: the same one each time.
    /// </summary>
    /// <param name="preferred">A path; relative to the current folder.</param>
    /// <param name="account">As <see cref="KernelOptions.PostgresAccount"/>.</param>
    /// <param name="ct">Ends the wait for the check.</param>
    public static async Task<string> DefaultAsync(string preferred, string? account = null, CancellationToken ct = default)
    {
        var full = Path.GetFullPath(preferred);
        return await FolderReach.BlockedAtAsync(full, OsAccount.Choose(account), ct) is null ? full : Path.Combine(Shared, ShortHash(full));
    }

    /// <summary>The configured folder, made if need be, and reachable; or the default one.</summary>
    /// <exception cref="CannotStartException">It cannot be made, written to, or reached.</exception>
    internal static async Task<string> ResolveAsync(KernelOptions options, OsAccount? account, CancellationToken ct)
    {
        var folder = options.Data is { Length: > 0 } configured
            ? Path.GetFullPath(configured)
            : await DefaultAsync("data", options.PostgresAccount, ct);
        Make(folder, account);
        if (await FolderReach.BlockedAtAsync(folder, account, ct) is { } blocked)
        {
            throw new CannotStartException(
                $"Salus:Data is {folder}, which the account '{account!.Name}' that PostgreSQL runs as cannot enter (closed at {blocked}). "
                + $"Choose a folder such as {Shared}, or open the way (chmod o+x {blocked}).");
        }

        return folder;
    }

    private static void Make(string folder, OsAccount? account)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                return;
            }

            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
                return;
            }

            // Nobody else may look around in it; the server's account may pass through to its own part.
            var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Ownership.MakeOpenFolder(Path.GetDirectoryName(folder)!);
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, account is null ? mode : mode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"The data folder {folder} cannot be made: {e.Message} Choose another one with Salus:Data.", e);
        }
    }

    internal static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
