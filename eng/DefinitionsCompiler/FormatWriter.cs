using System.Buffers;
using System.Text;

namespace Salus.DefinitionsCompiler;

/// <summary>Collects the sections of the compiled definitions.</summary>
internal sealed class FormatWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    internal void Byte(byte value) => bytes.Write([value]);

    internal void Number(int value)
    {
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            Byte((byte)(rest | 0x80));
        }

        Byte((byte)rest);
    }

    internal void Raw(ReadOnlySpan<byte> value) => bytes.Write(value);

    internal void Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        Number(utf8.Length);
        Raw(utf8);
    }

    internal void Section(FormatWriter section)
    {
        Number(section.bytes.WrittenCount);
        Raw(section.bytes.WrittenSpan);
    }

    internal void Section(ReadOnlySpan<byte> section)
    {
        Number(section.Length);
        Raw(section);
    }

    internal byte[] ToArray() => bytes.WrittenSpan.ToArray();
}
