using System.Text.Json;

namespace Salus.Fhir.Json;

internal static class JsonText
{
    /// <summary>The bytes that a JSON string with escapes stands for. <paramref name="raw"/> is the text between the quotes, already known to be well-formed.</summary>
    internal static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        var quoted = new byte[raw.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        raw.CopyTo(quoted.AsSpan(1));
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        var text = new byte[raw.Length];
        return text.AsSpan(0, reader.CopyString(text)).ToArray();
    }
}
