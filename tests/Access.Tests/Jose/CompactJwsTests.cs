using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salus.Access.Jose;
using Salus.Access.Tests.Support;

namespace Salus.Access.Tests.Jose;

/// <summary>Examples of RFC 7515 (appendix A), RFC 7519 and RFC 7517/7518.</summary>
public sealed class CompactJwsTests
{
    // RFC 7515, A.1: HS256.
    private const string A1 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    // RFC 7515, A.2: RS256.
    private const string A2 = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    // RFC 7515, A.3: ES256.
    private const string A3 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    private const string A3Key = """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"a3"}""";

    // RFC 7515, A.5, and RFC 7519, section 6.1: no signature at all.
    private const string A5 = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

    [Fact]
    public void The_ES256_example_of_RFC_7515_verifies_and_its_claims_are_read()
    {
        var jws = CompactJws.Read(A3).Value;
        Assert.Equal(JwsAlgorithm.ES256, jws.Algorithm);
        Assert.True(Key(A3Key)!.Verifies(jws.Signed, jws.Signature));
        var claims = new JwtClaims(StrictJson.Object(jws.Payload)!.Value);
        Assert.Equal("joe", claims.Issuer);
        Assert.Equal(1300819380, claims.Expires!.Value.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData(A1)]
    [InlineData(A2)]
    public void Other_algorithms_are_none_that_is_known(string token) => Assert.Null(CompactJws.Read(token).Value.Algorithm);

    [Fact]
    public void A_token_without_a_signature_is_none() => Assert.True(CompactJws.Read(A5).Failed(out _));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("e30.e30.YQ.YQ.YQ")] // RFC 7516: encrypted
    [InlineData("e30.e30.YQ==")]
    [InlineData("e30.e30.YR")] // bits that belong to no byte
    [InlineData("e30.e30 .YQ")]
    [InlineData("e30.e30.Y\nQ")]
    [InlineData("e30.e30.Y+Q")]
    [InlineData("W10.e30.YQ")] // the header is an array
    [InlineData("eyJhIjoxLCJhIjoyfQ.e30.YQ")] // {"a":1,"a":2}
    [InlineData("eyJjcml0IjpbXX0.e30.YQ")] // {"crit":[]}
    [InlineData("eyJiNjQiOmZhbHNlfQ.e30.YQ")] // {"b64":false}
    [InlineData("eyJhbGciOiJcdWQ4MDAifQ.e30.YQ")] // half of a surrogate pair
    [InlineData("{\"payload\":\"e30\",\"signature\":\"YQ\"}")]
    public void What_is_not_exactly_in_the_form_is_refused(string text) => Assert.True(CompactJws.Read(text).Failed(out _));

    [Fact]
    public void A_token_that_is_too_long_is_not_read() => Assert.True(CompactJws.Read(new string('a', CompactJws.MostCharacters + 1)).Failed(out _));

    [Fact]
    public void The_thumbprint_example_of_RFC_7638_is_no_key_for_ES256_and_its_RSA_key_reads()
    {
        const string Rsa = """{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS384","kid":"2011-04-29"}""";
        Assert.Equal(JwsAlgorithm.RS384, Key(Rsa)!.Algorithm);
        Assert.Null(Key(Rsa.Replace("RS384", "RS256", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"crv\":\"P-256\"", "\"crv\":\"P-384\"")] // coordinates of another length
    [InlineData("\"kid\":\"a3\"", "\"kid\":\"\"")]
    [InlineData("\"kid\":\"a3\"", "\"kid\":\"a3\",\"use\":\"enc\"")]
    [InlineData("\"kid\":\"a3\"", "\"kid\":\"a3\",\"key_ops\":[\"sign\"]")]
    [InlineData("\"kid\":\"a3\"", "\"kid\":\"a3\",\"alg\":\"HS256\"")]
    [InlineData("\"kid\":\"a3\"", "\"kid\":\"a3\",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"")]
    [InlineData("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aA")] // not on the curve
    [InlineData("\"kty\":\"EC\"", "\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"")] // RFC 7515, A.1.1
    public void A_key_that_cannot_be_used_is_none(string what, string with)
    {
        Assert.NotNull(Key(A3Key));
        Assert.Null(Key(A3Key.Replace(what, with, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS384")]
    public void Assertions_of_both_algorithms_verify_and_a_short_RSA_key_is_refused(string algorithm)
    {
        using var signer = new TestSigner(Enum.Parse<JwsAlgorithm>(algorithm), "k");
        var jws = CompactJws.Read(signer.Sign("{}", "{}")).Value;
        Assert.True(signer.Public.Verifies(jws.Signed, jws.Signature));
        jws.Signature[^1] ^= 1;
        Assert.False(signer.Public.Verifies(jws.Signed, jws.Signature));
        using var weak = RSA.Create(1024);
        var modulus = StrictBase64Url.Encode(weak.ExportParameters(false).Modulus);
        Assert.Null(Key($$"""{"kty":"RSA","kid":"w","e":"AQAB","n":"{{modulus}}"}"""));
    }

    private static PublicKey? Key(string json) => PublicKey.Read(JsonDocument.Parse(Encoding.UTF8.GetBytes(json)).RootElement);
}
