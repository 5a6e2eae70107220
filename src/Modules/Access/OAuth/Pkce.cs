using System.Security.Cryptography;
using System.Text;
using Salus.Access.Jose;

namespace Salus.Access.OAuth;

/// <summary>Proof Key for Code Exchange (RFC 7636), S256 only (OAuth 2.1, section 4.1.1).</summary>
internal static class Pkce
{
    /// <summary>RFC 7636, section 4.2: the base64url of a SHA-256.</summary>
    public static bool IsChallenge(string text) => text.Length == 43 && StrictBase64Url.Decode(text) is { Length: 32 };

    /// <summary>RFC 7636, sections 4.1 and 4.6.</summary>
    public static bool Fits(string? verifier, string challenge) =>
        verifier is { Length: >= 43 and <= 128 } && verifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(challenge));
}
