using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Salus.Records.Import;

/// <summary>Reads files as a stream of pieces. What cannot be read becomes a piece with its error; the files after it are read all the same.</summary>
/// <param name="limit">The most bytes of one JSON document or line.</param>
internal sealed class SourceReader(int limit, ImportProgress progress, Action<string> skipped)
{
    private const int BufferSize = 128 * 1024;

    public async IAsyncEnumerable<SourcePiece> ReadAsync(SourceFile file, [EnumeratorCancellation] CancellationToken stop)
    {
        FileStream? stream = null;
        SourcePiece? unreadable = null;
        try
        {
            stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable = new SourcePiece(file.Name, null, default, $"The file cannot be opened: {e.Message}");
        }

        if (stream is null)
        {
            progress.Close(file.Bytes);
            yield return unreadable!.Value;
            yield break;
        }

        await using (stream)
        {
            progress.Open(file.Name, stream);
            await foreach (var piece in PiecesAsync(stream, file.Name, file.Kind, file.Gzip, stop))
            {
                yield return piece;
            }

            progress.Close(file.Bytes);
        }
    }

    private async IAsyncEnumerable<SourcePiece> PiecesAsync(Stream raw, string name, SourceKind kind, bool gzip, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var unzipped = gzip ? new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true) : null;
        var stream = unzipped ?? raw;
        var pieces = kind switch
        {
            SourceKind.Tar => MembersAsync(stream, name, gzip, stop),
            SourceKind.Ndjson => LinesAsync(stream, name, gzip, stop),
            _ => DocumentAsync(stream, name, gzip, stop),
        };
        await foreach (var piece in pieces)
        {
            yield return piece;
        }
    }

    private async IAsyncEnumerable<SourcePiece> MembersAsync(Stream stream, string archive, bool gzip, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var tar = new TarReader(stream, leaveOpen: true);
        for (string? last = null; ;)
        {
            TarEntry? member = null;
            string? error = null;
            try
            {
                member = await tar.GetNextEntryAsync(copyData: false, stop);
            }
            catch (Exception e) when (IsBroken(e))
            {
                error = $"The archive is broken or ends too early{(last is null ? "" : $", after the member {last}")}: {Reason(e, gzip)}";
            }

            if (error is not null)
            {
                yield return new SourcePiece(archive, null, default, error);
                yield break;
            }

            if (member is null)
            {
                yield break;
            }

            last = member.Name;
            if (member.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
            {
                continue;
            }

            var (kind, zipped) = SourceList.KindOf(member.Name);
            // macOS tar writes a "._name" beside each file for its attributes.
            if (kind is SourceKind.Unknown or SourceKind.Tar || Path.GetFileName(member.Name).StartsWith("._", StringComparison.Ordinal))
            {
                skipped($"{archive}!{member.Name}");
                continue;
            }

            await foreach (var piece in PiecesAsync(member.DataStream ?? Stream.Null, $"{archive}!{member.Name}", kind, zipped, stop))
            {
                yield return piece;
            }
        }
    }

    private async IAsyncEnumerable<SourcePiece> LinesAsync(Stream stream, string name, bool gzip, [EnumeratorCancellation] CancellationToken stop)
    {
        var lines = new LineReader(stream, limit);
        for (var number = 1; ; number++)
        {
            ReadOnlyMemory<byte>? line = null;
            string? error = null;
            try
            {
                line = await lines.NextAsync(stop);
            }
            catch (Exception e) when (IsBroken(e))
            {
                error = $"The file cannot be read beyond this line: {Reason(e, gzip)}";
            }

            if (error is not null)
            {
                yield return new SourcePiece(name, number, default, error);
                yield break;
            }

            if (line is not { } text)
            {
                yield break;
            }

            if (lines.TooLong)
            {
                yield return new SourcePiece(name, number, default, $"The line is longer than {limit:N0} bytes, the most that one resource may have.");
            }
            else if (!text.IsEmpty)
            {
                yield return new SourcePiece(name, number, text);
            }
        }
    }

    private async IAsyncEnumerable<SourcePiece> DocumentAsync(Stream stream, string name, bool gzip, [EnumeratorCancellation] CancellationToken stop)
    {
        SourcePiece piece;
        try
        {
            piece = await WholeAsync(stream, stop) is { } text
                ? new SourcePiece(name, null, text)
                : new SourcePiece(name, null, default, $"The document is larger than {limit:N0} bytes, the most that can be sent at once. Split it, or write its resources as NDJSON.");
        }
        catch (Exception e) when (IsBroken(e))
        {
            piece = new SourcePiece(name, null, default, $"The file cannot be read to its end: {Reason(e, gzip)}");
        }

        yield return piece;
    }

    private async Task<ReadOnlyMemory<byte>?> WholeAsync(Stream stream, CancellationToken stop)
    {
        var expected = stream is FileStream or { CanSeek: true } ? stream.Length + 1 : BufferSize;
        var buffer = new byte[Math.Min(expected, limit + 1L)];
        var length = 0;
        for (int read; (read = await stream.ReadAsync(buffer.AsMemory(length), stop)) > 0;)
        {
            length += read;
            if (length > limit)
            {
                return null;
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, limit + 1L));
            }
        }

        return buffer.AsMemory(0, length);
    }

    private static bool IsBroken(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException or FormatException;

    private static string Reason(Exception e, bool gzip) =>
        gzip && e is InvalidDataException or EndOfStreamException ? $"its compressed data is damaged or cut off ({e.Message.TrimEnd('.')})." : e.Message;
}
