using System.Buffers;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>
/// Samples of many series as bytes, in their order: a row of the journal.
/// <code>
/// byte 0      1, the format
/// a sample    control, [series], [time], [flags], value
/// control     bit 0: the time is another than before; the difference follows, zig-zag
///             bit 1: the flags are others; they follow, a byte
///             bits 2-3: the step by which the value was divided (Steps)
///             bit 4: the series is not the one after that before; the difference follows, zig-zag
/// </code>
/// </summary>
internal static class JournalCodec
{
    private const byte Format = 1;
    private const int Longest = 2 + (3 * Varint.Longest);

    public static void Write(ReadOnlySpan<Sample> samples, ArrayBufferWriter<byte> into)
    {
        into.GetSpan(1)[0] = Format;
        into.Advance(1);
        var before = default(Sample);
        foreach (var sample in samples)
        {
            into.Advance(Write(into.GetSpan(Longest), before, sample));
            before = sample;
        }
    }

    /// <exception cref="InvalidDataException">It is cut off, or of a format that this version does not know.</exception>
    public static void Read(ReadOnlySpan<byte> data, List<Sample> into)
    {
        if (data is not [Format, ..])
        {
            throw new InvalidDataException($"A row of monitoring.journal is of format {(data.IsEmpty ? "none" : data[0])}; this version of Salus reads {Format}.");
        }

        var rest = data[1..];
        for (var before = default(Sample); !rest.IsEmpty; into.Add(before))
        {
            before = Read(ref rest, before);
        }
    }

    private static int Write(Span<byte> into, Sample before, Sample sample)
    {
        var series = (long)sample.Series - before.Series - 1;
        var time = unchecked(sample.Time - before.Time);
        var step = Steps.Of(sample.Value);
        into[0] = (byte)((time != 0 ? 1 : 0) | (sample.Flags != before.Flags ? 2 : 0) | (step << 2) | (series != 0 ? 16 : 0));
        var length = 1;
        if (series != 0)
        {
            length += Varint.Write(into[length..], Varint.ZigZag(series));
        }

        if (time != 0)
        {
            length += Varint.Write(into[length..], Varint.ZigZag(time));
        }

        if (sample.Flags != before.Flags)
        {
            into[length++] = (byte)sample.Flags;
        }

        return length + Varint.Write(into[length..], Varint.ZigZag(sample.Value / Steps.Size(step)));
    }

    private static Sample Read(ref ReadOnlySpan<byte> rest, Sample before)
    {
        var control = rest[0];
        rest = rest[1..];
        var series = before.Series + 1 + ((control & 16) != 0 ? Varint.ZigZag(Varint.Read(ref rest)) : 0);
        var time = unchecked(before.Time + ((control & 1) != 0 ? Varint.ZigZag(Varint.Read(ref rest)) : 0));
        var flags = before.Flags;
        if ((control & 2) != 0)
        {
            flags = rest.IsEmpty ? throw new InvalidDataException("A row of monitoring.journal is cut off before its flags.") : (SampleFlags)rest[0];
            rest = rest[1..];
        }

        return new((int)series, time, (int)(Varint.ZigZag(Varint.Read(ref rest)) * Steps.Size((control >> 2) & 3)), flags);
    }
}
