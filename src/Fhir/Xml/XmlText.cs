using System.Buffers;

namespace Salus.Fhir.Xml;

/// <summary>Collects XML as UTF-8.</summary>
internal sealed class XmlText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), .. "&<>\""u8, 0xEF]);
    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    internal byte[] ToArray() => buffer.WrittenSpan.ToArray();

    internal void Raw(ReadOnlySpan<byte> text) => buffer.Write(text);

    /// <summary>Writes the value of an attribute; false when it holds a character that XML 1.0 does not have (https://www.w3.org/TR/xml/#charsets).</summary>
    internal bool Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Raw(" "u8);
        Raw(name);
        Raw("=\""u8);
        while (value.IndexOfAny(Special) is var at and >= 0)
        {
            Raw(value[..at]);
            value = value[at..];
            if (value[0] == 0xEF)
            {
                if (value.StartsWith("\uFFFE"u8) || value.StartsWith("\uFFFF"u8))
                {
                    return false;
                }

                Raw(value[..3]);
                value = value[3..];
                continue;
            }

            var escape = Escape(value[0]);
            if (escape.IsEmpty)
            {
                return false;
            }

            Raw(escape);
            value = value[1..];
        }

        Raw(value);
        Raw("\""u8);
        return true;
    }

    // Line ends and tabs as they stand would be read as blanks.
    private static ReadOnlySpan<byte> Escape(byte c) => c switch
    {
        (byte)'&' => "&amp;"u8,
        (byte)'<' => "&lt;"u8,
        (byte)'>' => "&gt;"u8,
        (byte)'"' => "&quot;"u8,
        (byte)'\t' => "&#9;"u8,
        (byte)'\n' => "&#10;"u8,
        (byte)'\r' => "&#13;"u8,
        _ => default,
    };
}
