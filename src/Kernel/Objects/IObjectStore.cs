namespace Salus.Kernel;

/// <summary>
/// Files that are too large for a request or a row, by name: a folder now, an object store of the S3 kind later. Names are paths of letters, digits,
/// '-', '_' and '.', with '/' between. Safe for all threads and processes.
/// </summary>
public interface IObjectStore
{
    /// <summary>
    /// Writes an object. It is there when this has ended, whole; before that, or when <paramref name="write"/> throws, there is what was there before.
    /// </summary>
    /// <param name="write">Writes the content to the stream.</param>
    Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken ct);

    /// <summary>Opens an object for reading from its start; null when there is none. The stream's length is known.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken ct);

    /// <summary>The objects whose names start so, in no order.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken ct);

    /// <summary>Removes an object; that there is none is no error.</summary>
    Task DeleteAsync(string name, CancellationToken ct);
}

/// <summary>An object in the store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="At">When it was written.</param>
public sealed record StoredObject(string Name, long Bytes, DateTimeOffset At);
