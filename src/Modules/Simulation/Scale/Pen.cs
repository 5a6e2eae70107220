using System.Buffers.Text;

namespace Salus.Simulation.Scale;

/// <summary>Writes UTF-8 lines into a stream through one buffer; knows no object model.</summary>
internal sealed class Pen(Stream output, Identity identity)
{
    /// <summary>No line is longer.</summary>
    const int LongestLine = 16 * 1024;
    const int Flushed = 256 * 1024;
    static readonly byte[] Pairs = [.. Enumerable.Range(0, 100).SelectMany(n => new[] { (byte)('0' + (n / 10)), (byte)('0' + (n % 10)) })];

    readonly byte[] buffer = new byte[Flushed + LongestLine];
    int length;
    int line;

    /// <summary>Bytes of finished lines.</summary>
    public long Bytes { get; private set; }

    /// <summary>What was written since the last line ended.</summary>
    public ReadOnlySpan<byte> Open => buffer.AsSpan(line, length - line);

    public void Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.AsSpan(length));
        length += text.Length;
    }

    /// <summary>Begins a resource: its type and id.</summary>
    public void Begin(ReadOnlySpan<byte> type, long position)
    {
        Raw("{\"resourceType\":\""u8);
        Raw(type);
        Raw("\",\"id\":\""u8);
        Id(position);
        Raw("\""u8);
    }

    /// <summary>Properties that are ready, after a comma.</summary>
    public void Part(ReadOnlySpan<byte> properties)
    {
        Raw(","u8);
        Raw(properties);
    }

    /// <summary>A property whose value is a text that needs no escape.</summary>
    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Raw("\""u8);
        Raw(value);
        Raw("\""u8);
    }

    public void Reference(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, long position)
    {
        Name(name);
        Target(type, position);
    }

    /// <summary>A list of one reference.</summary>
    public void References(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, long position)
    {
        Name(name);
        Raw("["u8);
        Target(type, position);
        Raw("]"u8);
    }

    /// <summary>A reference without a name, as it stands in a list.</summary>
    public void Target(ReadOnlySpan<byte> type, long position)
    {
        Raw("{\"reference\":\""u8);
        Raw(type);
        Raw("/"u8);
        Id(position);
        Raw("\"}"u8);
    }

    /// <summary>An instant, by seconds since 1970.</summary>
    public void Moment(ReadOnlySpan<byte> name, long seconds)
    {
        Name(name);
        Raw("\""u8);
        Moment(seconds);
        Raw("\""u8);
    }

    /// <summary>A date, by days since 1970.</summary>
    public void Day(ReadOnlySpan<byte> name, int days)
    {
        Name(name);
        Raw("\""u8);
        Day(days);
        Raw("\""u8);
    }

    /// <summary>A number given in units of its last decimal: 374 with one decimal is 37.4.</summary>
    public void Number(int value, int decimals)
    {
        if (value < 0)
        {
            buffer[length++] = (byte)'-';
            value = -value;
        }

        var scale = decimals switch { 0 => 1, 1 => 10, 2 => 100, _ => throw new ArgumentOutOfRangeException(nameof(decimals)) };
        Utf8Formatter.TryFormat(value / scale, buffer.AsSpan(length), out var written);
        length += written;
        if (decimals == 0) return;
        buffer[length++] = (byte)'.';
        if (decimals == 2) Pair(value % 100);
        else buffer[length++] = (byte)('0' + (value % 10));
    }

    /// <summary>With leading zeros.</summary>
    public void Digits(long value, int count)
    {
        for (var at = length + count - 1; at >= length; at--, value /= 10) buffer[at] = (byte)('0' + (value % 10));
        length += count;
    }

    void Day(int days)
    {
        var date = DateOnly.FromDayNumber(719_162 + days);
        Digits(date.Year, 4);
        buffer[length++] = (byte)'-';
        Pair(date.Month);
        buffer[length++] = (byte)'-';
        Pair(date.Day);
    }

    /// <summary>An instant, by seconds since 1970, without the quotes.</summary>
    public void Moment(long seconds)
    {
        Day((int)(seconds / 86_400));
        var time = (int)(seconds % 86_400);
        buffer[length++] = (byte)'T';
        Pair(time / 3600);
        buffer[length++] = (byte)':';
        Pair(time / 60 % 60);
        buffer[length++] = (byte)':';
        Pair(time % 60);
        buffer[length++] = (byte)'Z';
    }

    /// <summary>Ends the line; one that is not wanted is forgotten.</summary>
    public void End(bool wanted)
    {
        if (!wanted)
        {
            length = line;
            return;
        }

        buffer[length++] = (byte)'\n';
        Bytes += length - line;
        line = length;
        if (length > Flushed) Flush();
    }

    /// <summary>Hands finished lines to the stream.</summary>
    public void Flush()
    {
        output.Write(buffer, 0, line);
        length = line = 0;
    }

    void Id(long position)
    {
        identity.Write(buffer.AsSpan(length, Identity.Length), position);
        length += Identity.Length;
    }

    void Name(ReadOnlySpan<byte> name)
    {
        Raw(",\""u8);
        Raw(name);
        Raw("\":"u8);
    }

    void Pair(int number)
    {
        buffer[length++] = Pairs[2 * number];
        buffer[length++] = Pairs[(2 * number) + 1];
    }
}
