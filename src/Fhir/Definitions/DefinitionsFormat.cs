namespace Salus.Fhir.Definitions;

[Flags]
internal enum ElementMarks : byte
{
    None = 0,
    Array = 1,
    Choice = 2,
    /// <summary>A further type of the choice that the element before it belongs to.</summary>
    ChoiceContinued = 4,
    Summary = 8,
    Modifier = 16,
    Bound = 32,
    Targeted = 64,
    /// <summary>At least one value: of the element, or of its choice.</summary>
    Required = 128,
}

/// <summary>
/// The layout of <c>r4.bin</c>, shared by the compiler that writes it and the library that reads it. Numbers are LEB128 varints, texts are
/// numbers into one string table, and each section starts with its length so that it can be read later or never.
/// </summary>
internal static class DefinitionsFormat
{
    /// <summary>Raised with each change of the layout.</summary>
    internal const int Version = 1;

    internal static ReadOnlySpan<byte> Magic => "SalusR4\0"u8;

    internal static ReadOnlySpan<byte> TerminologyMagic => "SalusTX\0"u8;
}

/// <summary>Reads varints from the compiled definitions.</summary>
internal ref struct FormatReader(ReadOnlySpan<byte> data, int position = 0)
{
    private readonly ReadOnlySpan<byte> data = data;

    internal int Position { get; private set; } = position;

    internal byte Byte() => data[Position++];

    internal int Number()
    {
        int value = data[Position++];
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7f;
        for (var shift = 7; ; shift += 7)
        {
            var next = data[Position++];
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    internal string Text()
    {
        var length = Number();
        Position += length;
        return System.Text.Encoding.UTF8.GetString(data.Slice(Position - length, length));
    }

    /// <summary>The bounds of the section that starts here; moves behind it.</summary>
    internal Range Section()
    {
        var length = Number();
        var start = Position;
        Position += length;
        return start..Position;
    }
}
