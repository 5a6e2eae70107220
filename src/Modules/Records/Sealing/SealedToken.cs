using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Salus.Records.Sealing;

/// <summary>
/// What stands in a stored body in place of a sealed value: <c>~sealed~1~key~hash~secret</c>, letters that JSON never escapes. "1" is the version of the form; the secret is nonce,
/// ciphertext and tag in base64url; the hash is what the value is found by, so that index and checks need no key.
/// </summary>
internal readonly record struct SealedToken(string Key, string Hash, byte[] Secret)
{
    /// <summary>How every token begins. No text of a client may begin so.</summary>
    public const string Prefix = "~sealed~1~";

    /// <summary>How the word of the index begins that stands for a sealed value: a sign that FHIR has in no text.</summary>
    public const char WordMark = '\u001d';

    /// <summary>A string of JSON that may be a token.</summary>
    public static ReadOnlySpan<byte> Mark => "\"~sealed~1~"u8;

    public static ReadOnlySpan<byte> PrefixUtf8 => "~sealed~1~"u8;

    /// <summary>Whether a stored body may have sealed values. Vectorized: nearly free where it has none.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> body) => body.IndexOf(Mark) >= 0;

    public override string ToString() => $"{Prefix}{Key}~{Hash}~{Base64Url.EncodeToString(Secret)}";

    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out SealedToken? token)
    {
        token = null;
        if (!text.StartsWith(PrefixUtf8) || Encoding.UTF8.GetString(text[PrefixUtf8.Length..]).Split('~') is not [{ Length: > 0 } key, { Length: > 0 } hash, var secret])
        {
            return false;
        }

        var bytes = new byte[secret.Length];
        if (Base64Url.DecodeFromChars(secret, bytes, out var read, out var length) != OperationStatus.Done || read != secret.Length)
        {
            return false;
        }

        token = new SealedToken(key, hash, bytes[..length]);
        return true;
    }

    /// <summary>The word of the index for a text that was found in a stored body: of a token its hash, of any other the text itself.</summary>
    public static string Word(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) ? HashWord(text[Prefix.Length..].Split('~') is [_, var hash, ..] ? hash : "") : text;

    public static string HashWord(string hash) => WordMark + hash;
}
