using System.Buffers;
using System.Text;

namespace Salus.Fhir.Validation;

internal enum TextFault : byte
{
    None,
    Empty,
    Control,
    TooLong,
    Format,
}

/// <summary>Checks long texts as they stand in JSON, without resolving their escapes into a copy.</summary>
internal static class StringText
{
    /// <summary>The most characters of a string (http://hl7.org/fhir/R4/datatypes.html#string).</summary>
    private const int MostCharacters = 1024 * 1024;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Not empty, not only white space, no control characters but tab, line feed and carriage return.</summary>
    internal static TextFault Check(ReadOnlySpan<byte> raw, bool escaped)
    {
        if (escaped && HasControl(raw))
        {
            return TextFault.Control;
        }

        // JSON allows no control characters without an escape, so white space here is the blank.
        if (raw.IsEmpty || IsBlank(raw))
        {
            return TextFault.Empty;
        }

        return raw.Length > MostCharacters && Encoding.UTF8.GetCharCount(raw) > MostCharacters ? TextFault.TooLong : TextFault.None;
    }

    /// <summary>A narrative is one div with content (http://hl7.org/fhir/R4/narrative.html); the XHTML in it is not parsed here.</summary>
    internal static TextFault CheckXhtml(ReadOnlySpan<byte> raw, bool escaped)
    {
        var fault = Check(raw, escaped);
        if (fault is not (TextFault.None or TextFault.TooLong))
        {
            return fault;
        }

        var position = 0;
        while (Next(raw, ref position) is var c && c >= 0)
        {
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                continue;
            }

            var starts = c == '<' && Next(raw, ref position) == 'd' && Next(raw, ref position) == 'i' && Next(raw, ref position) == 'v';
            return starts && Next(raw, ref position) is ' ' or '>' or '/' or '\t' or '\n' or '\r' ? TextFault.None : TextFault.Format;
        }

        return TextFault.Format;
    }

    /// <summary>Groups of four base64 characters with padding at the end; white space may stand between them.</summary>
    internal static bool IsBase64(ReadOnlySpan<byte> raw)
    {
        if (raw.Length > 0 && raw.Length % 4 == 0 && raw.IndexOfAnyExcept(Base64) is var end && (end < 0 || (end >= raw.Length - 2 && raw[end..].IndexOfAnyExcept((byte)'=') < 0)))
        {
            return true;
        }

        var position = 0;
        var digits = 0;
        var padding = 0;
        while (Next(raw, ref position) is var c && c >= 0)
        {
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                continue;
            }

            if (c == '=')
            {
                padding++;
            }
            else if (padding > 0 || c > 127 || !Base64.Contains((byte)c))
            {
                return false;
            }
            else
            {
                digits++;
            }
        }

        return digits > 0 && padding <= 2 && (digits + padding) % 4 == 0;
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsBlank(ReadOnlySpan<byte> raw)
    {
        if (raw[0] is not ((byte)' ' or (byte)'\\'))
        {
            return false;
        }

        var position = 0;
        while (Next(raw, ref position) is var c && c >= 0)
        {
            if (c is not (' ' or '\t' or '\n' or '\r'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasControl(ReadOnlySpan<byte> raw)
    {
        for (var at = raw.IndexOf((byte)'\\'); at >= 0;)
        {
            var c = Next(raw, ref at);
            if (c is >= 0 and < 32 and not ('\t' or '\n' or '\r'))
            {
                return true;
            }

            var next = raw[at..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + next;
        }

        return false;
    }

    /// <summary>The next byte or escaped UTF-16 unit of a well-formed JSON string, or -1 at its end.</summary>
    private static int Next(ReadOnlySpan<byte> raw, ref int position)
    {
        if (position >= raw.Length)
        {
            return -1;
        }

        var c = raw[position++];
        if (c != (byte)'\\')
        {
            return c;
        }

        switch (raw[position++])
        {
            case (byte)'n': return '\n';
            case (byte)'r': return '\r';
            case (byte)'t': return '\t';
            case (byte)'b': return '\b';
            case (byte)'f': return '\f';
            case (byte)'u':
                var unit = 0;
                for (var end = position + 4; position < end; position++)
                {
                    unit = (unit << 4) | Hex(raw[position]);
                }

                return unit;
            default: return raw[position - 1];
        }
    }
}
