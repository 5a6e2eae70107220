using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>Reads what a <see cref="SampleEncoder"/> wrote, one sample after the other.</summary>
internal ref struct SampleDecoder
{
    private ReadOnlySpan<byte> rest;
    private bool begun;
    private long time;
    private long distance;
    private long value;
    private SampleFlags flags;

    /// <exception cref="InvalidDataException">It is of a format that this version does not know.</exception>
    public SampleDecoder(ReadOnlySpan<byte> data)
    {
        if (data is not [SampleEncoder.Format, ..])
        {
            throw new InvalidDataException($"Stored samples are of format {(data.IsEmpty ? "none" : data[0])}; this version of Salus reads {SampleEncoder.Format}.");
        }

        rest = data[1..];
    }

    /// <summary>The next sample; false behind the last.</summary>
    /// <exception cref="InvalidDataException">The data is cut off.</exception>
    public bool Next(out Point point)
    {
        if (rest.IsEmpty)
        {
            point = default;
            return false;
        }

        var control = rest[0];
        rest = rest[1..];
        if ((control & 2) != 0)
        {
            flags = rest.IsEmpty ? throw new InvalidDataException("Stored samples are cut off before their flags.") : (SampleFlags)rest[0];
            rest = rest[1..];
        }

        var step = unchecked(distance + ((control & 1) != 0 ? Varint.ZigZag(Varint.Read(ref rest)) : 0));
        time = unchecked(time + step);
        distance = begun ? step : 0;
        begun = true;
        var small = control >> 4 == 15 ? Varint.Read(ref rest) : (ulong)(control >> 4);
        value += Varint.ZigZag(small) * Steps.Size((control >> 2) & 3);
        point = new(time, checked((int)value), flags);
        return true;
    }

    /// <summary>All samples whose time is at least <paramref name="from"/> and less than <paramref name="to"/>, behind those that are in the list.</summary>
    public static void Read(ReadOnlySpan<byte> data, long from, long to, List<Point> into)
    {
        var decoder = new SampleDecoder(data);
        while (decoder.Next(out var point))
        {
            if (point.Time >= from && point.Time < to)
            {
                into.Add(point);
            }
        }
    }
}
