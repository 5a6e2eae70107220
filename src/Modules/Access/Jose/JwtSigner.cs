using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Access.Jose;

/// <summary>Signs with ES256 (RFC 7518, section 3.4). One private key; may be used from any thread.</summary>
internal sealed class JwtSigner(string keyId, ECParameters privateKey)
{
    public string KeyId { get; } = keyId;

    /// <param name="type">The <c>typ</c>: what kind of token it is (RFC 8725, section 3.11).</param>
    public string Sign(string type, JsonObject claims)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = type, ["kid"] = KeyId };
        var text = $"{Part(header)}.{Part(claims)}";
        // An instance belongs to one thread.
        using var key = ECDsa.Create(privateKey);
        return $"{text}.{StrictBase64Url.Encode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    private static string Part(JsonObject json) => StrictBase64Url.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
