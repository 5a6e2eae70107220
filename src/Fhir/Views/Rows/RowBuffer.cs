using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Salus.Fhir.Views;

/// <summary>Bytes on their way out. Grows as needed and keeps its memory.</summary>
internal sealed class RowBuffer
{
    private byte[] bytes = new byte[4096];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    internal void Clear() => Length = 0;

    internal void Add(byte value)
    {
        if (Length == bytes.Length)
        {
            Grow(1);
        }

        bytes[Length++] = value;
    }

    internal void Add(scoped ReadOnlySpan<byte> text)
    {
        if (text.Length > bytes.Length - Length)
        {
            Grow(text.Length);
        }

        text.CopyTo(bytes.AsSpan(Length));
        Length += text.Length;
    }

    internal void Add(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > bytes.Length - Length)
        {
            Grow(most);
        }

        Length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(Length));
    }

    /// <summary>Room for a length of four bytes, to be written when what follows is known; returns where.</summary>
    internal int Reserve()
    {
        Room(4);
        Length += 4;
        return Length - 4;
    }

    /// <summary>Writes the length of what was added since.</summary>
    internal void Close(int reserved) => System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(reserved), Length - reserved - 4);

    internal void Add(long number) => Length += Utf8Formatter.TryFormat(number, Room(20), out var used) ? used : 0;

    internal void Add(decimal number) => Length += number.TryFormat(Room(32), out var used, default, System.Globalization.CultureInfo.InvariantCulture) ? used : 0;

    internal void Add(double number) => Length += number.TryFormat(Room(32), out var used, "R", System.Globalization.CultureInfo.InvariantCulture) ? used : 0;

    private Span<byte> Room(int size)
    {
        if (size > bytes.Length - Length)
        {
            Grow(size);
        }

        return bytes.AsSpan(Length);
    }

    private void Grow(int by) => Array.Resize(ref bytes, (int)Math.Max(Math.Min(bytes.Length * 2L, Array.MaxLength), bytes.Length + (long)by));
}
