using Salus.TestSupport;

namespace Salus.Bench.Processes;

/// <summary>Where a measured store lives: a folder that was named and stays, or one of our own that goes.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly TestFolder? own;

    public StoreFolder(string? named)
    {
        own = named is null ? new TestFolder() : null;
        Path = named is null ? own!["data"] : System.IO.Path.GetFullPath(named);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Whether it stays.</summary>
    public bool Kept => own is null;

    /// <summary>A file beside the store's own.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => own?.Dispose();
}
