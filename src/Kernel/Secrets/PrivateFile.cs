namespace Salus.Kernel;

/// <summary>Files that only the account of Salus may read (mode 0600).</summary>
public static class PrivateFile
{
    // Keys, passwords, certificates: nothing of them is as large.
    private const int MostBytes = 1024 * 1024;

    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>Reads a file that should be such a one.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="open">What others may do with it: whoever there is read and write, its group write. Nothing on Windows.</param>
    /// <exception cref="IOException">It cannot be read, or is too large for a secret.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static byte[] Read(string path, out UnixFileMode open)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // The mode of what was opened, not of what has that name by now.
        open = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle) & OfOthers;
        if (stream.Length > MostBytes)
        {
            throw new IOException($"It has more than {MostBytes} bytes: that is no secret.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Writes a new file: it is there with all its bytes, on the disk, or not at all.</summary>
    /// <returns>False when somebody else was faster: the file is there and was left alone.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> bytes) => Write(path, bytes, overwrite: false);

    /// <summary>Writes a file, or takes the place of one, as <see cref="TryCreate"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes) => Write(path, bytes, overwrite: true);

    private static bool Write(string path, ReadOnlySpan<byte> bytes, bool overwrite)
    {
        var half = $"{path}.{Environment.ProcessId}.tmp";
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(half, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(half, path, overwrite);
            return true;
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            File.Delete(half);
            return false;
        }
    }
}
