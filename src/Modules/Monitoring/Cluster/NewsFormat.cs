using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Cluster;

/// <summary>What a process tells the others.</summary>
[Flags]
internal enum NewsKind : byte
{
    /// <summary>Nothing but states.</summary>
    None = 0,
    /// <summary>It has just begun to listen: whoever has partitions tells everything.</summary>
    Hello = 1,
    /// <summary>Alerts changed: the table says which.</summary>
    Alerts = 2,
}

/// <summary>A state, and the epoch of the partition in which it was made.</summary>
internal readonly record struct ToldState(int Epoch, PatientState State);

/// <summary>News as bytes: a format, who tells, what kind, then states (<see cref="StateCodec"/>) to the end.</summary>
internal static class NewsFormat
{
    private const byte Format = 1;
    private const int Head = 18;

    public static byte[] Write(Guid from, NewsKind kind, IEnumerable<ToldState> states)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Format);
        writer.Write(from.ToByteArray());
        writer.Write((byte)kind);
        foreach (var (epoch, state) in states)
        {
            writer.Write(epoch);
            StateCodec.Write(writer, state);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">It is of another version of Salus.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static (Guid From, NewsKind Kind, List<ToldState> States) Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < Head)
        {
            throw new InvalidDataException("News without a head.");
        }

        using var stream = new MemoryStream(bytes.ToArray());
        using var reader = new BinaryReader(stream);
        if (reader.ReadByte() is var format && format != Format)
        {
            throw new InvalidDataException($"News of format {format}; this version of Salus reads {Format}.");
        }

        var (from, kind, states) = (new Guid(reader.ReadBytes(16)), (NewsKind)reader.ReadByte(), new List<ToldState>());
        while (stream.Position < stream.Length)
        {
            states.Add(new ToldState(reader.ReadInt32(), StateCodec.Read(reader)));
        }

        return (from, kind, states);
    }
}
