using System.Buffers.Binary;
using System.Numerics;

namespace Salus.Monitoring.Waveforms;

/// <summary>Reads what a <see cref="BitWriter"/> wrote.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> from)
{
    private ReadOnlySpan<byte> rest = from;

    // The highest bits are the next ones; below them are zeros.
    private ulong bits;
    private int count;

    /// <param name="length">0 to 32.</param>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public uint Read(int length)
    {
        if (length == 0)
        {
            return 0;
        }

        Fill(length);
        var value = (uint)(bits >> (64 - length));
        bits <<= length;
        count -= length;
        return value;
    }

    /// <summary>How many zeros come next, up to a number, and the one behind them where there are fewer.</summary>
    /// <param name="most">Up to 31.</param>
    public int Zeros(int most)
    {
        Fill(1);
        if (count <= most && !rest.IsEmpty)
        {
            Fill(Math.Min(most + 1, count + (8 * rest.Length)));
        }

        var zeros = BitOperations.LeadingZeroCount(bits);
        var taken = zeros >= most ? most : zeros + 1;
        if (taken > count)
        {
            throw CutOff();
        }

        bits <<= taken;
        count -= taken;
        return Math.Min(zeros, most);
    }

    private void Fill(int needed)
    {
        if (count >= needed)
        {
            return;
        }

        if (rest.Length >= sizeof(uint))
        {
            bits |= (ulong)BinaryPrimitives.ReadUInt32BigEndian(rest) << (32 - count);
            rest = rest[sizeof(uint)..];
            count += 32;
            return;
        }

        for (; count < needed; count += 8)
        {
            if (rest.IsEmpty)
            {
                throw CutOff();
            }

            bits |= (ulong)rest[0] << (56 - count);
            rest = rest[1..];
        }
    }

    private static InvalidDataException CutOff() => new("A stored block of a waveform is cut off.");
}
