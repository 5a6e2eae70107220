using System.Globalization;
using System.Text;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>
/// One Salus per data folder: <c>salus.lock</c>, held open for as long as we run. The operating system lets go of it when the process dies,
/// however it dies, so a file that was left behind means nothing.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream file;

    private DataFolderLock(FileStream file) => this.file = file;

    /// <exception cref="CannotStartException">Another process holds it, or the folder cannot be written to.</exception>
    public static DataFolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "salus.lock");
        try
        {
            // On Unix None is an exclusive flock. Windows would not let others read the process id with None.
            var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new DataFolderLock(file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CannotStartException($"The data folder {folder} cannot be written to: {e.Message} Check its rights, or choose another one with Salus:Data.", e);
        }
        catch (IOException e) when (Holder(path) is { } holder)
        {
            throw new CannotStartException(
                $"Another Salus (process {holder}) is using the data folder {folder}. End it first, or give this one a folder of its own with Salus:Data.", e);
        }
        catch (IOException e)
        {
            throw new CannotStartException($"The data folder {folder} cannot be used: {e.Message} Choose another one with Salus:Data.", e);
        }
    }

    private static string? Holder(string path)
    {
        string? text;
        try
        {
            text = OperatingSystem.IsWindows() ? ReadShared(path) : Libc.ReadUnlocked(path);
        }
        catch (IOException)
        {
            return null;
        }

        return text?.Trim() is { Length: > 0 } holder ? holder : null;
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    public void Dispose() => file.Dispose();
}
