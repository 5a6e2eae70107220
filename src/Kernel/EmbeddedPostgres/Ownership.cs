using System.Runtime.InteropServices;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>Folders and files for the server's account.</summary>
internal static class Ownership
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, and the missing ones above it, that everybody may enter, whatever the umask says.</summary>
    public static void MakeOpenFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (Path.GetDirectoryName(folder) is { } above)
        {
            MakeOpenFolder(above);
        }

        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>Makes a folder that only the account may enter.</summary>
    public static void MakePrivateFolder(string folder, OsAccount? account)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, Private);
        Give(folder, account);
    }

    /// <summary>Writes a file that only its owner may read; it belongs to the account. It is there with its whole text or not at all.</summary>
    public static void WritePrivateFile(string path, string text, OsAccount? account)
    {
        var half = path + ".tmp";
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(half, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        Give(half, account);
        File.Move(half, path, overwrite: true);
    }

    /// <summary>Gives one file or folder to the account.</summary>
    public static void Give(string path, OsAccount? account)
    {
        if (account is not null && !OperatingSystem.IsWindows() && Libc.ChangeOwner(path, account.User, account.Group) != 0)
        {
            throw new CannotStartException(
                $"{path} cannot be given to the account '{account.Name}': {Marshal.GetLastPInvokeErrorMessage()}. Choose another folder (Salus:Data).");
        }
    }

    /// <summary>Gives a folder and everything below it to the account.</summary>
    public static void GiveTree(string folder, OsAccount? account)
    {
        if (account is null)
        {
            return;
        }

        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        Give(folder, account);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", everything))
        {
            Give(path, account);
        }
    }
}
