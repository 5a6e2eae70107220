namespace Salus.Monitoring.Storage;

/// <summary>Numbers in seven bits a byte, the lowest first; signed ones zig-zag, so that small ones of both signs are short.</summary>
internal static class Varint
{
    /// <summary>Bytes of the longest.</summary>
    public const int Longest = 10;

    public static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    public static long ZigZag(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));

    /// <summary>Gives how many bytes it took.</summary>
    public static int Write(Span<byte> into, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            into[length++] = (byte)(value | 0x80);
        }

        into[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads one and moves on behind it.</summary>
    /// <exception cref="InvalidDataException">It is cut off or too long.</exception>
    public static ulong Read(ref ReadOnlySpan<byte> from)
    {
        var value = 0UL;
        for (var i = 0; i < from.Length && i < Longest; i++)
        {
            value |= (ulong)(from[i] & 0x7F) << (7 * i);
            if (from[i] < 0x80)
            {
                from = from[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("Stored samples are cut off within a number.");
    }
}
