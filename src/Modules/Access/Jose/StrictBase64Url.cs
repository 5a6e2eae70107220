using System.Buffers;
using System.Buffers.Text;

namespace Salus.Access.Jose;

/// <summary>Base64url as RFC 7515, section 2 has it: no padding, no line breaks, and only one text for the same bytes.</summary>
internal static class StrictBase64Url
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>The bytes; null when the text is not exactly what <see cref="Encode"/> makes.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done)
        {
            return null;
        }

        // The last character may carry bits that belong to no byte. Were they ignored, several texts would be the same token.
        var result = bytes[..written];
        return text.SequenceEqual(Base64Url.EncodeToString(result)) ? result : null;
    }

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
