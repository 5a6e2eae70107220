using System.Globalization;
using System.Text.Json;

namespace Salus.Fhir.Json;

/// <summary>JSON's grammar lets an escape name half of a character (\uD800); there is no text that such a string stands for.</summary>
internal static class Surrogates
{
    /// <exception cref="JsonException">The token is a name or text with half of a character.</exception>
    internal static void Check(in Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped && !ArePaired(reader.ValueSpan))
        {
            throw new JsonException("a \\u escape is half of a surrogate pair, which is no character", null, 0, reader.TokenStartIndex);
        }
    }

    /// <summary>True when each escaped UTF-16 surrogate of a well-formed JSON string has its other half right beside it.</summary>
    internal static bool ArePaired(ReadOnlySpan<byte> raw)
    {
        for (var rest = raw; rest.IndexOf((byte)'\\') is >= 0 and var at;)
        {
            rest = rest[at..];
            if (rest[1] != (byte)'u')
            {
                rest = rest[2..];
                continue;
            }

            var unit = Unit(rest);
            rest = rest[6..];
            if (!char.IsSurrogate(unit))
            {
                continue;
            }

            if (!char.IsHighSurrogate(unit) || !rest.StartsWith("\\u"u8) || !char.IsLowSurrogate(Unit(rest)))
            {
                return false;
            }

            rest = rest[6..];
        }

        return true;
    }

    private static char Unit(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
