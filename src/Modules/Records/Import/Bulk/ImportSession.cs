using System.IO.Compression;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Jobs;

namespace Salus.Records.Import.Bulk;

/// <summary>Lines of an input that are stored and noted together.</summary>
/// <param name="Line">The line of the input after them.</param>
/// <param name="Bytes">Where that is in its content.</param>
/// <param name="End">True when there are no more.</param>
internal sealed record ImportPiece(List<SourcePiece> Lines, int Line, long Bytes, bool End);

/// <summary>
/// A job that this process holds, with the input that it reads: what is open stays open from piece to piece. The lock is the connection's, so that it ends with the process.
/// </summary>
internal sealed class ImportSession(Job job, NpgsqlConnection connection, ImportWeb web, IObjectStore store, JobSignal signal, int mostBytesOfLine) : IAsyncDisposable
{
    private const int MostLines = 2000;
    private const int MostBytes = 16 * 1000 * 1000;

    // Blank lines between two resources. More is no file of resources, and would hold its place among the imports for as long as its server likes.
    private const int MostBlankLines = 100_000;
    private const int MostBlankBytes = 16 * 1000 * 1000;

    // A source that is slow holds up neither what it gave nor the other imports.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource ended = new();
    private Stream? raw;
    private Stream? content;
    private LineReader? lines;
    private Task<ReadOnlyMemory<byte>?>? pending;
    private (int Lines, long Bytes) blank;

    public NpgsqlConnection Connection => connection;

    /// <summary>The input that is being read, as it was saved.</summary>
    public ImportInput? Input { get; private set; }

    /// <summary>What tells that the input is still the same file.</summary>
    public string? Validator => (raw as WebStream)?.Validator ?? Input?.Validator;

    /// <summary>Goes on with an input where it was saved.</summary>
    public async Task BeginAsync(ImportInput input)
    {
        if (Input?.Number != input.Number)
        {
            await CloseAsync();
        }

        Input = input;
    }

    /// <summary>The next lines; null while none has come.</summary>
    public async Task<ImportPiece?> ReadAsync(TimeProvider time, CancellationToken ct)
    {
        if (pending is { IsCompleted: false })
        {
            return null;
        }

        var input = Input!;
        var (found, line, bytes, read) = (new List<SourcePiece>(), input.Line, input.Bytes, 0);
        var patience = Task.Delay(Patience, time, ct);
        while (found.Count < MostLines && line - input.Line < MostLines && read < MostBytes)
        {
            pending ??= NextAsync(input);
            if (!pending.IsCompleted && await Task.WhenAny(pending, patience) != pending)
            {
                ct.ThrowIfCancellationRequested();
                // Waited for once: from now on what comes wakes the lane, and the other imports go on.
                _ = pending.ContinueWith(_ => signal.Set(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return line == input.Line ? null : new ImportPiece(found, line, bytes, false);
            }

            var (text, error) = await TakeAsync();
            if (error is null && text is null)
            {
                return new ImportPiece(found, line, bytes, true);
            }

            line++;
            if (error is not null)
            {
                found.Add(new SourcePiece(input.Url, line, default, $"The file cannot be read beyond this line: {error}"));
                return new ImportPiece(found, line, bytes, true);
            }

            var before = bytes;
            bytes = lines!.Position + offset;
            blank = text!.Value.IsEmpty && !lines.TooLong ? (blank.Lines + 1, blank.Bytes + bytes - before) : default;
            if (blank.Lines > MostBlankLines || blank.Bytes > MostBlankBytes)
            {
                found.Add(new SourcePiece(input.Url, line, default, $"The file is not read beyond this line: more than {MostBlankLines:N0} lines or {MostBlankBytes:N0} bytes are blank one after the other. Leave blank lines out."));
                return new ImportPiece(found, line, bytes, true);
            }

            read += text.Value.Length;
            if (lines.TooLong)
            {
                found.Add(new SourcePiece(input.Url, line, default, $"The line is longer than {mostBytesOfLine:N0} bytes, the most that one resource may have (Salus:Records:MaxBodyBytes)."));
            }
            else if (!text.Value.IsEmpty)
            {
                found.Add(new SourcePiece(input.Url, line, text.Value));
            }
        }

        return new ImportPiece(found, line, bytes, false);
    }

    /// <summary>Notes that what was read is saved.</summary>
    public void Saved(ImportInput input) => Input = input;

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        ended.Dispose();
        // Back in the pool, the connection must not hold the job.
        try
        {
            await JobSessions.ReleaseAsync(connection, job, CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // It is broken, and the lock has gone with it.
        }

        await connection.DisposeAsync();
    }

    private long offset;

    private async Task<ReadOnlyMemory<byte>?> NextAsync(ImportInput input)
    {
        if (lines is null)
        {
            await OpenAsync(input);
        }

        return await lines!.NextAsync(ended.Token);
    }

    private async Task<(ReadOnlyMemory<byte>? Text, string? Error)> TakeAsync()
    {
        var taken = pending!;
        pending = null;
        try
        {
            return (await taken, null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    private async Task OpenAsync(ImportInput input)
    {
        // Only what is not compressed can be opened in its middle.
        var from = input.Gzip ? 0 : input.Bytes;
        raw = input.Object is null
            ? web.Open(new Uri(input.Url), from, input.Validator)
            : await store.OpenAsync(input.Object, ended.Token) ?? throw new InvalidDataException("there is no such object, or it has been removed.");
        if (input.Object is not null && from > 0)
        {
            raw.Position = from <= raw.Length ? from : throw new InvalidDataException("it is shorter than it was when its first lines were read. Import it again.");
        }

        content = input.Gzip ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        if (input.Gzip)
        {
            await WebStream.SkipAsync(content, input.Bytes, ended.Token);
        }

        offset = input.Bytes;
        lines = new LineReader(content, mostBytesOfLine);
    }

    private async Task CloseAsync()
    {
        if (pending is { } reading)
        {
            await ended.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        if (content is not null)
        {
            await content.DisposeAsync();
        }

        if (raw is not null)
        {
            await raw.DisposeAsync();
        }

        (raw, content, lines, pending, blank) = (null, null, null, null, default);
    }
}
