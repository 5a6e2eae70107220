using System.Text;
using System.Text.Json;
using Salus.Kernel;

namespace Salus.Access.Jose;

/// <summary>A signed token in compact serialization (RFC 7515, section 7.1), taken apart and not yet verified.</summary>
internal sealed class CompactJws
{
    /// <summary>Longer ones are not looked at.</summary>
    public const int MostCharacters = 8192;

    private CompactJws(JsonElement header, byte[] payload, byte[] signed, byte[] signature)
    {
        Header = header;
        Payload = payload;
        Signed = signed;
        Signature = signature;
    }

    /// <summary>The protected header; the only one in this serialization.</summary>
    public JsonElement Header { get; }

    public byte[] Payload { get; }

    /// <summary>What was signed: header and payload as they were encoded.</summary>
    public byte[] Signed { get; }

    public byte[] Signature { get; }

    /// <summary>Which key; a name to look up among keys that are known already, never more.</summary>
    public string? KeyId => Header.Text("kid");

    /// <summary>The algorithm, if it is one that Salus knows.</summary>
    public JwsAlgorithm? Algorithm => JwsAlgorithms.Parse(Header.Text("alg"));

    /// <summary>The media type without <c>application/</c>, in lower case (RFC 7515, section 4.1.9); null for none.</summary>
    public string? Type => Header.Text("typ")?.ToLowerInvariant() is { } type ? type.StartsWith("application/", StringComparison.Ordinal) ? type["application/".Length..] : type : null;

    /// <summary>Takes a token apart.</summary>
    public static Outcome<CompactJws> Read(string text)
    {
        if (text.Length > MostCharacters)
        {
            return Refuse($"is longer than {MostCharacters} characters");
        }

        var first = text.IndexOf('.', StringComparison.Ordinal);
        var last = text.LastIndexOf('.');
        // RFC 7515, section 5.2, step 1 (compact only). More parts would be encrypted (RFC 7516) and are refused, fewer are no token.
        if (first < 0 || last == first || text.IndexOf('.', first + 1) != last)
        {
            return Refuse("has not the three parts of a signed token");
        }

        if (StrictBase64Url.Decode(text.AsSpan(0, first)) is not { } header || StrictBase64Url.Decode(text.AsSpan(first + 1, last - first - 1)) is not { } payload
            || StrictBase64Url.Decode(text.AsSpan(last + 1)) is not { Length: > 0 } signature)
        {
            return Refuse("is not base64url without padding, or is not signed");
        }

        if (StrictJson.Object(header) is not { } json)
        {
            return Refuse("has a header that is no JSON object, or has a member twice");
        }

        // RFC 7515, section 4.1.11: an extension that is not understood refuses the token, and Salus understands none. RFC 7797's b64 would need crit.
        if (json.TryGetProperty("crit", out _) || json.TryGetProperty("b64", out _))
        {
            return Refuse("needs extensions (crit) that Salus does not have");
        }

        return new CompactJws(json, payload, Encoding.ASCII.GetBytes(text[..last]), signature);
    }

    private static Failure Refuse(string reason) => new(FailureKind.Forbidden, "login", $"The token {reason}.");
}
