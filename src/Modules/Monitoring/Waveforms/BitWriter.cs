using System.Buffers.Binary;

namespace Salus.Monitoring.Waveforms;

/// <summary>Writes bits, the highest first, into a span that is long enough.</summary>
internal ref struct BitWriter(Span<byte> into)
{
    private readonly Span<byte> into = into;
    private ulong bits;
    private int count;

    /// <summary>Whole bytes that were written.</summary>
    public int Length { get; private set; }

    /// <param name="value">Below 2 to the power of the length.</param>
    /// <param name="length">0 to 32.</param>
    public void Write(uint value, int length)
    {
        bits = (bits << length) | value;
        count += length;
        if (count >= 32)
        {
            count -= 32;
            BinaryPrimitives.WriteUInt32BigEndian(into[Length..], (uint)(bits >> count));
            Length += sizeof(uint);
        }
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void End()
    {
        for (; count > 0; count -= 8)
        {
            into[Length++] = (byte)(count >= 8 ? bits >> (count - 8) : bits << (8 - count));
        }

        count = 0;
    }
}
