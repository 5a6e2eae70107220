using System.Buffers;

namespace Salus.Monitoring.Monitors.Snapshots;

/// <summary>Writes LEB128.</summary>
internal sealed class VarintWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new(4096);

    public void Byte(byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    /// <param name="value">0 or more.</param>
    public void Unsigned(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    /// <summary>Zig-zag: small numbers of both signs are short.</summary>
    public void Signed(int value) => Unsigned((uint)((value << 1) ^ (value >> 31)));

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();
}

/// <summary>Reads what <see cref="VarintWriter"/> wrote.</summary>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <exception cref="InvalidDataException">There is no more.</exception>
    public byte Byte()
    {
        if (rest.IsEmpty)
        {
            throw new InvalidDataException("The snapshot is cut off.");
        }

        var value = rest[0];
        rest = rest[1..];
        return value;
    }

    public long Unsigned()
    {
        var value = 0L;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var next = Byte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The snapshot has a number of more than 63 bits.");
    }

    public long Signed()
    {
        var value = Unsigned();
        return (value >> 1) ^ -(value & 1);
    }
}
