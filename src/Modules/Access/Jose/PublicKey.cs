using System.Security.Cryptography;
using System.Text.Json;

namespace Salus.Access.Jose;

/// <summary>A public key that verifies signatures of one algorithm (RFC 8725, section 3.1: a key is used with one algorithm). Immutable.</summary>
internal sealed class PublicKey
{
    private const int FewestRsaBits = 2048;
    private const int MostRsaBits = 8192;

    private readonly ECParameters? curve;
    private readonly RSAParameters? rsa;

    private PublicKey(string id, JwsAlgorithm algorithm, ECParameters? curve, RSAParameters? rsa)
    {
        Id = id;
        Algorithm = algorithm;
        this.curve = curve;
        this.rsa = rsa;
    }

    /// <summary>The <c>kid</c>.</summary>
    public string Id { get; }

    public JwsAlgorithm Algorithm { get; }

    /// <summary>A key of a JSON Web Key (RFC 7517, section 4); null when it is of another kind, too weak, not on its curve, or not for signatures.</summary>
    public static PublicKey? Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || jwk.Text("kid") is not { Length: > 0 and <= 200 } id || !IsForSignatures(jwk))
        {
            return null;
        }

        var key = (jwk.Text("kty"), jwk.Text("crv")) switch
        {
            ("EC", "P-256") => Curve(id, jwk, JwsAlgorithm.ES256, ECCurve.NamedCurves.nistP256, 32),
            ("EC", "P-384") => Curve(id, jwk, JwsAlgorithm.ES384, ECCurve.NamedCurves.nistP384, 48),
            ("RSA", _) => Rsa(id, jwk),
            _ => null,
        };
        // RFC 7517, section 4.4.
        return key is not null && (!jwk.TryGetProperty("alg", out _) || JwsAlgorithms.Parse(jwk.Text("alg")) == key.Algorithm) ? key : null;
    }

    public static PublicKey Of(string id, ECParameters p256) => new(id, JwsAlgorithm.ES256, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = p256.Q }, null);

    /// <summary>Whether a signature is this key's.</summary>
    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (rsa is { } parameters)
        {
            using var key = RSA.Create(parameters);
            return signature.Length == parameters.Modulus!.Length && key.VerifyData(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        }

        // RFC 7518, section 3.4: R and S, each as long as the field; anything else is no signature.
        var (length, hash) = Algorithm == JwsAlgorithm.ES256 ? (64, HashAlgorithmName.SHA256) : (96, HashAlgorithmName.SHA384);
        using var ec = ECDsa.Create(curve!.Value);
        return signature.Length == length && ec.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // RFC 7517, sections 4.2 and 4.3. A key that came with its private part was given away: refused, so that somebody notices.
    private static bool IsForSignatures(JsonElement jwk) =>
        (!jwk.TryGetProperty("use", out _) || jwk.Text("use") == "sig") && !jwk.TryGetProperty("d", out _)
        && (!jwk.TryGetProperty("key_ops", out var uses) || (uses.ValueKind == JsonValueKind.Array && uses.EnumerateArray().Any(u => u.ValueKind == JsonValueKind.String && u.ValueEquals("verify"))));

    private static PublicKey? Curve(string id, JsonElement jwk, JwsAlgorithm algorithm, ECCurve curve, int length)
    {
        // RFC 7518, section 6.2.1.2: coordinates have the full length of the field.
        if (StrictBase64Url.Decode(jwk.Text("x")) is not { } x || StrictBase64Url.Decode(jwk.Text("y")) is not { } y || x.Length != length || y.Length != length)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } };
        try
        {
            // Refuses points that are not on the curve.
            using var key = ECDsa.Create(parameters);
            return new PublicKey(id, algorithm, parameters, null);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static PublicKey? Rsa(string id, JsonElement jwk)
    {
        if (StrictBase64Url.Decode(jwk.Text("n")) is not { Length: >= FewestRsaBits / 8 and <= MostRsaBits / 8 } n || n[0] == 0
            || StrictBase64Url.Decode(jwk.Text("e")) is not { Length: > 0 and <= 8 } e)
        {
            return null;
        }

        var parameters = new RSAParameters { Modulus = n, Exponent = e };
        try
        {
            using var key = RSA.Create(parameters);
            return key.KeySize >= FewestRsaBits ? new PublicKey(id, JwsAlgorithm.RS384, null, parameters) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
