namespace Salus.Records.Import;

/// <summary>Lines of a stream, each in an array of its own, without the line end (LF or CRLF), white space around it, or a byte order mark.</summary>
internal sealed class LineReader(Stream stream, int limit)
{
    private byte[] buffer = new byte[128 * 1024];
    private int start;
    private int end;
    private bool first = true;
    private long passed;

    /// <summary>Bytes of the stream up to the end of the last line.</summary>
    public long Position => passed + start;

    /// <summary>True when the last line was longer than the limit: its text was passed over.</summary>
    public bool TooLong { get; private set; }

    /// <summary>The next line, or null at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken stop)
    {
        TooLong = false;
        for (var searched = start; ;)
        {
            var newline = buffer.AsSpan(searched..end).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                return Take(searched + newline, 1);
            }

            searched = end - start;
            if (searched > limit)
            {
                // Nothing of it is kept: only its end is looked for.
                TooLong = true;
                passed += end;
                start = end = searched = 0;
            }
            else
            {
                MakeRoom();
            }

            var read = await stream.ReadAsync(buffer.AsMemory(end), stop);
            if (read == 0)
            {
                // The cast matters: without it null becomes an empty line, by way of the conversion from arrays.
                return end > start || TooLong ? Take(end, 0) : (ReadOnlyMemory<byte>?)null;
            }

            end += read;
        }
    }

    private ReadOnlyMemory<byte> Take(int to, int separator)
    {
        var line = buffer.AsSpan(start..to);
        start = Math.Min(to + separator, end);
        if (first && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        first = false;
        TooLong |= line.Length > limit;
        return TooLong ? default(ReadOnlyMemory<byte>) : line.Trim(" \t\r"u8).ToArray();
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            passed += start;
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, Math.Max(limit + 2L, buffer.Length + 1L)));
        }
    }
}
