using Microsoft.Extensions.Logging;

namespace Salus.Kernel;

/// <summary>Folders that hold keys: only the account of Salus may look into them (mode 0700).</summary>
public static class PrivateFolder
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, and the missing ones above it. One that is there stays as it is: see <see cref="Watch"/>.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not make it.</exception>
    public static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Own);
        }
    }

    /// <summary>Says in the log when a folder is open to every account of this machine. It is not closed: somebody may have opened it for a reason.</summary>
    /// <param name="folder">A folder with keys; nothing is said of one that is not there.</param>
    /// <param name="log">Where to.</param>
    /// <param name="passable">Whether others may pass through, as PostgreSQL's account has to on the way to its own folder (mode 0711).</param>
    public static void Watch(string folder, ILogger log, bool passable = false)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
        {
            return;
        }

        var mode = File.GetUnixFileMode(folder);
        var open = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | (passable ? UnixFileMode.None : UnixFileMode.OtherExecute);
        if ((mode & open) != 0)
        {
            log.FolderOpen(folder, Convert.ToString((int)mode, 8), passable ? "o-rw" : "o-rwx");
        }
    }
}
