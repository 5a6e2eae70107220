namespace Salus.TestSupport;

/// <summary>A folder below the machine's temporary one that any account may enter, removed with everything in it.</summary>
public sealed class TestFolder : IDisposable
{
    /// <summary>How the names begin.</summary>
    public const string Prefix = "salus-test-";

    /// <summary>Makes it.</summary>
    public TestFolder()
    {
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>A path in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
