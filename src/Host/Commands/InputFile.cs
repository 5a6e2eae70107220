namespace Salus.Host.Commands;

/// <summary>Files and folders that a command is given, looked at before anything is begun.</summary>
internal static class InputFile
{
    /// <summary>All bytes of a file.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read; the message names it.</exception>
    public static byte[] Read(string path) => File.ReadAllBytes(Need(path));

    /// <summary>The path, when a file is there.</summary>
    /// <exception cref="IOException">There is none; the message names it.</exception>
    public static string Need(string path) =>
        File.Exists(path) ? path
        : throw new IOException(Directory.Exists(path) ? $"{path} is a folder; a file is needed here." : $"There is no file {path}.");

    /// <summary>The path, when a folder is there.</summary>
    /// <exception cref="IOException">There is none; the message names it.</exception>
    public static string NeedFolder(string path) =>
        Directory.Exists(path) ? path
        : throw new IOException(File.Exists(path) ? $"{path} is a file; a folder is needed here." : $"There is no folder {path}.");
}
