using System.Runtime.CompilerServices;

namespace Salus.Kernel;

/// <summary>An object store in a folder: <c>objects</c> in the data folder, or <see cref="KernelOptions.Objects"/>.</summary>
public sealed class FolderObjectStore(Database database, KernelOptions options, TimeProvider time) : IObjectStore
{
    // What is being written; no name begins with a dot.
    private const string Unfinished = ".unfinished";
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk is full, or no folder is configured.</exception>
    public async Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        var path = PathOf(name);
        var unfinished = Path.Combine(Workplace(), Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, FileOptions.Asynchronous))
            {
                await write(file, ct);
                await file.FlushAsync(ct);
                file.Flush(flushToDisk: true);
            }

            Make(Path.GetDirectoryName(path)!);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string name, CancellationToken ct)
    {
        try
        {
            // Somebody may still read what is deleted.
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var root = Root();
        var folder = Path.GetDirectoryName(Path.Combine(root, prefix.Length == 0 ? "x" : prefix))!;
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (name.StartsWith(prefix, StringComparison.Ordinal) && name[0] != '.')
            {
                yield return new StoredObject(name, file.Length, file.LastWriteTimeUtc);
            }
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken ct)
    {
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            File.Delete(path);
            if (folder != Root() && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (IOException)
        {
            // The folder is gone, or somebody wrote into it at this moment.
        }

        return Task.CompletedTask;
    }

    private string PathOf(string name)
    {
        var parts = name.Split('/');
        if (parts.Any(p => p.Length == 0 || p[0] == '.' || !p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            throw new ArgumentException($"'{name}' is not the name of an object: letters, digits, '-', '_' and '.', with '/' between.", nameof(name));
        }

        return Path.Combine([Root(), .. parts]);
    }

    // Where objects are written before they are whole. What a process that died left there goes after a day.
    private string Workplace()
    {
        var folder = Make(Path.Combine(Root(), Unfinished));
        foreach (var file in folder.EnumerateFiles().Where(f => time.GetUtcNow() - f.LastWriteTimeUtc > Abandoned))
        {
            file.Delete();
        }

        return folder.FullName;
    }

    // Clinical data: for the account of Salus alone.
    private static DirectoryInfo Make(string folder) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(folder)
        : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private string Root() => options.Objects is { Length: > 0 } configured
        ? Path.GetFullPath(configured)
        : Path.Combine(database.Folder ?? throw new IOException("There is no folder for files: set Salus:Objects, or Salus:Data."), "objects");
}
