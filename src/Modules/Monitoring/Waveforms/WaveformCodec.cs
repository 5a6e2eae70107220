using System.Buffers;
using System.Numerics;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Waveforms;

/// <summary>
/// Encodes the numbers of a block without loss. Each sample is foretold from those before it by a polynomial, as lossless audio does (Robinson, "SHORTEN", Cambridge CUED/F-INFENG/TR.156, 1994): by
/// the last one, the line of the last two, the parabola of the last three, or by nothing, whichever leaves least. What is left is Rice-coded (Rice and Plaunt, IEEE Trans. Commun. 1971;19:889-897)
/// with a parameter for each run of 32, because heart beats come between stretches of rest. General compressors behind differences were measured to be larger and slower (docs/modules/monitoring-waveforms.md).
///
/// <code>
/// 1 byte   format: 1
/// varint   number of samples
/// 1 byte   order of the polynomial, 0 to 3
/// bits     so many samples as they are, zig-zag in 25 bits; then of each run of 32: 5 bits for the parameter k; of each of its samples the zig-zag remainder r:
///          r >> k zeros, a one, the lowest k bits of r; where those were 24 zeros or more: 24 zeros, and r in 28 bits
/// </code>
/// </summary>
internal static class WaveformCodec
{
    /// <summary>The greatest amount of a sample: as many as a converter of 24 bits gives.</summary>
    public const int Most = (1 << 23) - 1;

    private const byte Format = 1;
    private const int Orders = 4;
    private const int Run = 32;
    private const int WholeBits = 25;
    private const int EscapeZeros = 24;
    private const int EscapeBits = 28;
    private const int ParameterBits = 5;
    private const int HeaderLength = 2 + Varint.Longest;

    /// <param name="samples">1 to <see cref="WaveformBlock.MostSamples"/>, each from -<see cref="Most"/> to <see cref="Most"/>.</param>
    public static byte[] Write(ReadOnlySpan<int> samples)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(HeaderLength + (8 * (samples.Length + 4)));
        var left = ArrayPool<uint>.Shared.Rent(samples.Length);
        try
        {
            buffer[0] = Format;
            var length = 1 + Varint.Write(buffer.AsSpan(1), (ulong)samples.Length);
            var order = Math.Min(Order(samples), samples.Length);
            buffer[length++] = (byte)order;
            var bits = new BitWriter(buffer.AsSpan(length));
            for (var i = 0; i < order; i++)
            {
                bits.Write(ZigZag(samples[i]), WholeBits);
            }

            Remainders(samples, order, left);
            for (var i = order; i < samples.Length; i += Run)
            {
                Write(ref bits, left.AsSpan(i, Math.Min(Run, samples.Length - i)));
            }

            bits.End();
            return buffer[..(length + bits.Length)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ArrayPool<uint>.Shared.Return(left);
        }
    }

    /// <summary>How many samples there are.</summary>
    /// <exception cref="InvalidDataException">It is of a format that this version does not know.</exception>
    public static int Count(ReadOnlySpan<byte> data) => Begin(ref data);

    /// <summary>Reads all of them.</summary>
    /// <param name="into">As long as there are samples.</param>
    /// <exception cref="InvalidDataException">It is cut off, or of a format that this version does not know.</exception>
    public static void Read(ReadOnlySpan<byte> data, Span<int> into)
    {
        var count = Begin(ref data);
        if (count != into.Length || data.IsEmpty || data[0] >= Orders || data[0] > count)
        {
            throw new InvalidDataException($"A stored block of a waveform has {count} samples; {into.Length} were expected.");
        }

        var order = data[0];
        var bits = new BitReader(data[1..]);
        for (var i = 0; i < order; i++)
        {
            into[i] = (int)Varint.ZigZag((ulong)bits.Read(WholeBits));
        }

        for (var i = (int)order; i < count; i += Run)
        {
            var k = (int)bits.Read(ParameterBits);
            Read(ref bits, k, order, into[..Math.Min(i + Run, count)], i);
        }
    }

    private static int Begin(ref ReadOnlySpan<byte> data)
    {
        if (data is not [Format, ..])
        {
            throw new InvalidDataException($"A stored block of a waveform is of format {(data.IsEmpty ? "none" : data[0])}; this version of Salus reads {Format}.");
        }

        data = data[1..];
        return Varint.Read(ref data) is <= WaveformBlock.MostSamples and var count ? (int)count : throw new InvalidDataException("A stored block of a waveform has more samples than any has.");
    }

    // The order that leaves least in sum.
    private static int Order(ReadOnlySpan<int> samples)
    {
        Span<long> sums = stackalloc long[Orders];
        var (last, lastOne, lastTwo) = (0, 0, 0);
        for (var i = 0; i < samples.Length; i++)
        {
            var one = samples[i] - last;
            var two = one - lastOne;
            if (i >= Orders - 1)
            {
                sums[0] += Math.Abs(samples[i]);
                sums[1] += Math.Abs(one);
                sums[2] += Math.Abs(two);
                sums[3] += Math.Abs(two - lastTwo);
            }

            (last, lastOne, lastTwo) = (samples[i], one, two);
        }

        var best = 0;
        for (var i = 1; i < Orders; i++)
        {
            best = sums[i] < sums[best] ? i : best;
        }

        return best;
    }

    private static void Remainders(ReadOnlySpan<int> samples, int order, Span<uint> into)
    {
        for (var i = order; i < samples.Length; i++)
        {
            into[i] = ZigZag(samples[i] - Foretold(samples, i, order));
        }
    }

    private static int Foretold(ReadOnlySpan<int> samples, int at, int order) => order switch
    {
        0 => 0,
        1 => samples[at - 1],
        2 => (2 * samples[at - 1]) - samples[at - 2],
        _ => (3 * (samples[at - 1] - samples[at - 2])) + samples[at - 3],
    };

    private static void Write(ref BitWriter bits, ReadOnlySpan<uint> left)
    {
        var k = Parameter(left);
        bits.Write((uint)k, ParameterBits);
        foreach (var one in left)
        {
            var zeros = one >> k;
            if (zeros < EscapeZeros)
            {
                bits.Write(1, (int)zeros + 1);
                bits.Write(one & ((1u << k) - 1), k);
            }
            else
            {
                bits.Write(0, EscapeZeros);
                bits.Write(one, EscapeBits);
            }
        }
    }

    // Near the logarithm of the mean; which of three is shortest is counted.
    private static int Parameter(ReadOnlySpan<uint> left)
    {
        var sum = 0UL;
        foreach (var one in left)
        {
            sum += one;
        }

        var near = BitOperations.Log2((sum / (ulong)left.Length) + 1);
        var (best, least) = (0, long.MaxValue);
        for (var k = Math.Max(0, near - 1); k <= near + 1; k++)
        {
            var length = (long)left.Length * (k + 1);
            foreach (var one in left)
            {
                length += Math.Min(one >> k, EscapeZeros + EscapeBits);
            }

            (best, least) = length < least ? (k, length) : (best, least);
        }

        return best;
    }

    private static void Read(ref BitReader bits, int k, int order, Span<int> into, int at)
    {
        for (; at < into.Length; at++)
        {
            var zeros = bits.Zeros(EscapeZeros);
            var one = zeros == EscapeZeros ? bits.Read(EscapeBits) : ((uint)zeros << k) | bits.Read(k);
            into[at] = Foretold(into, at, order) + (int)Varint.ZigZag((ulong)one);
        }
    }

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));
}
