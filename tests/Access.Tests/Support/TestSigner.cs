using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salus.Access.Jose;

namespace Salus.Access.Tests.Support;

/// <summary>A client with a private key: signs whatever header and claims a test wants.</summary>
internal sealed class TestSigner : IDisposable
{
    private readonly ECDsa? curve;
    private readonly RSA? rsa;
    private readonly HashAlgorithmName hash;

    public TestSigner(JwsAlgorithm algorithm, string kid)
    {
        Algorithm = algorithm;
        Kid = kid;
        hash = algorithm == JwsAlgorithm.ES256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        if (algorithm == JwsAlgorithm.RS384)
        {
            rsa = RSA.Create(2048);
        }
        else
        {
            curve = ECDsa.Create(algorithm == JwsAlgorithm.ES256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
        }
    }

    public JwsAlgorithm Algorithm { get; }

    public string Kid { get; }

    /// <summary>The public key as a JSON Web Key.</summary>
    public string Jwk
    {
        get
        {
            if (rsa is not null)
            {
                var p = rsa.ExportParameters(false);
                return $$"""{"kty":"RSA","kid":"{{Kid}}","n":"{{StrictBase64Url.Encode(p.Modulus)}}","e":"{{StrictBase64Url.Encode(p.Exponent)}}"}""";
            }

            var q = curve!.ExportParameters(false).Q;
            return $$"""{"kty":"EC","kid":"{{Kid}}","crv":"{{(Algorithm == JwsAlgorithm.ES256 ? "P-256" : "P-384")}}","x":"{{StrictBase64Url.Encode(q.X)}}","y":"{{StrictBase64Url.Encode(q.Y)}}"}""";
        }
    }

    public string Jwks => $$"""{"keys":[{{Jwk}}]}""";

    public PublicKey Public => PublicKey.Read(JsonDocument.Parse(Jwk).RootElement)!;

    public string Header => $$"""{"alg":"{{Algorithm}}","typ":"JWT","kid":"{{Kid}}"}""";

    public string Sign(string header, string claims)
    {
        var text = $"{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header))}.{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(text);
        return $"{text}.{StrictBase64Url.Encode(rsa?.SignData(bytes, hash, RSASignaturePadding.Pkcs1) ?? curve!.SignData(bytes, hash))}";
    }

    public void Dispose()
    {
        curve?.Dispose();
        rsa?.Dispose();
    }
}
