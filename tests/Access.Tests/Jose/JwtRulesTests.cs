using System.Security.Cryptography;
using System.Text;
using Salus.Access.Jose;
using Salus.Access.Tests.Support;

namespace Salus.Access.Tests.Jose;

public sealed class JwtRulesTests : IDisposable
{
    private const string Issuer = "https://salus.example.org";
    private const string Audience = "https://salus.example.org/fhir";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly JwtRules Rules = new(JwsAlgorithms.Own, "at+jwt", Issuer, [Audience], TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5));

    private readonly TestSigner signer = new(JwsAlgorithm.ES256, "k1");

    private const string Header = """{"alg":"ES256","typ":"at+jwt","kid":"k1"}""";
    private const string Claims = """{"iss":"https://salus.example.org","aud":"https://salus.example.org/fhir","exp":1800000600,"nbf":1799999990,"iat":1799999990,"sub":"x"}""";

    [Fact]
    public void What_is_as_it_has_to_be_is_accepted() => Assert.False(Verify(signer.Sign(Header, Claims)).Failed(out _));

    [Theory]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"none\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"None\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"es256\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"HS256\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"ES384\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":[\"ES256\"]")]
    [InlineData("\"alg\":\"ES256\",", "")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"none\",\"alg\":\"ES256\"")]
    [InlineData("at+jwt", "JWT")] // an id_token is no access token
    [InlineData("\"typ\":\"at+jwt\",", "")]
    [InlineData("\"kid\":\"k1\"", "\"kid\":\"k2\"")]
    [InlineData("\"kid\":\"k1\"", "\"kid\":\"../../dev/null\"")]
    [InlineData("\"kid\":\"k1\"", "\"kid\":\"k1' or '1'='1\"")]
    [InlineData("\"kid\":\"k1\"", "\"kid\":[\"k1\"]")]
    [InlineData(",\"kid\":\"k1\"", "")]
    [InlineData("\"kid\":\"k1\"", "\"kid\":\"k1\",\"crit\":[\"exp\"]")]
    public void A_header_that_says_something_else_is_refused(string what, string with) =>
        Assert.True(Verify(signer.Sign(Header.Replace(what, with, StringComparison.Ordinal), Claims)).Failed(out _));

    [Theory]
    [InlineData("\"iss\":\"https://salus.example.org\"", "\"iss\":\"https://evil.example\"")]
    [InlineData("\"iss\":\"https://salus.example.org\",", "")]
    [InlineData("https://salus.example.org/fhir", "https://other.example.org/fhir")]
    [InlineData("\"aud\":\"https://salus.example.org/fhir\",", "")]
    [InlineData("1800000600", "1800000000")] // now: expired after the skew is taken off? see below
    [InlineData("1800000600", "1799999990")]
    [InlineData("1800000600", "1800009999")] // lives too long
    [InlineData("1800000600", "\"1800000600\"")]
    [InlineData("1800000600", "1e400")]
    [InlineData("1800000600", "-1")]
    [InlineData("\"exp\":1800000600,", "")]
    [InlineData("\"nbf\":1799999990", "\"nbf\":1800000100")]
    [InlineData("\"nbf\":1799999990", "\"nbf\":null")]
    [InlineData("\"iat\":1799999990", "\"iat\":1800000100")]
    [InlineData("\"sub\":\"x\"", "\"iss\":\"https://salus.example.org\"")] // a member twice
    [InlineData("{\"iss\"", "[{\"iss\"")]
    public void Claims_that_do_not_fit_are_refused(string what, string with)
    {
        var now = with == "1800000000" ? Now.AddSeconds(5) : Now;
        Assert.True(Rules.Verify(signer.Sign(Header, Claims.Replace(what, with, StringComparison.Ordinal)), Known, now).Failed(out _));
    }

    [Fact]
    public void One_audience_of_several_is_enough() =>
        Assert.False(Verify(signer.Sign(Header, Claims.Replace("\"https://salus.example.org/fhir\"", "[\"https://a.example\",\"https://salus.example.org/fhir\"]", StringComparison.Ordinal))).Failed(out _));

    [Fact]
    public void A_public_key_is_no_secret_of_HS256()
    {
        var text = Text(Header.Replace("ES256", "HS256", StringComparison.Ordinal), Claims);
        foreach (var secret in (string[])[signer.Jwk, signer.Jwks, ""])
        {
            var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(text));
            Assert.True(Verify($"{text}.{StrictBase64Url.Encode(mac)}").Failed(out _));
        }
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public void A_key_that_the_token_brings_along_is_not_looked_at(string member)
    {
        using var thief = new TestSigner(JwsAlgorithm.ES256, "k1");
        var value = member == "jwk" ? thief.Jwk : "\"http://127.0.0.1:1/keys\"";
        Assert.True(Verify(thief.Sign(Header.Replace("\"kid\"", $"\"{member}\":{value},\"kid\"", StringComparison.Ordinal), Claims)).Failed(out _));
        Assert.True(Verify(thief.Sign(Header, Claims)).Failed(out _));
    }

    [Fact]
    public void A_signature_of_zeros_or_of_another_length_is_none()
    {
        var text = Text(Header, Claims);
        foreach (var signature in (byte[][])[new byte[64], new byte[63], new byte[65], [0x30, 6, 2, 1, 0, 2, 1, 0], [.. new byte[32], .. Enumerable.Repeat((byte)255, 32)]])
        {
            Assert.True(Verify($"{text}.{StrictBase64Url.Encode(signature)}").Failed(out _));
        }
    }

    [Fact]
    public void Every_bit_of_a_token_counts()
    {
        var token = Encoding.ASCII.GetBytes(signer.Sign(Header, Claims));
        for (var i = 0; i < token.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                token[i] ^= (byte)(1 << bit);
                Assert.True(Verify(Encoding.Latin1.GetString(token)).Failed(out _), $"byte {i}, bit {bit}");
                token[i] ^= (byte)(1 << bit);
            }
        }
    }

    [Fact]
    public void Twenty_thousand_mutated_tokens_are_refused_and_none_throws()
    {
        var random = new Random(20261121);
        var token = signer.Sign(Header, Claims);
        for (var n = 0; n < 20_000; n++)
        {
            var mutated = Mutations.Next(random, token, Header, Claims);
            Assert.True(mutated == token || Verify(mutated).Failed(out _), mutated);
        }
    }

    [Fact]
    public void Header_and_claims_that_are_mutated_and_signed_never_throw()
    {
        var random = new Random(20261122);
        for (var n = 0; n < 4_000; n++)
        {
            // Signed by the right key: some of them are valid. None may be taken whose issuer or audience is another one.
            var token = signer.Sign(Mutations.Json(random, Header), Mutations.Json(random, Claims));
            var result = Verify(token);
            Assert.True(result.Failed(out _) || (result.Value.Issuer == Issuer && result.Value.Audience.Contains(Audience) && result.Value.Expires > Now));
        }
    }

    public void Dispose() => signer.Dispose();

    private static string Text(string header, string claims) => $"{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header))}.{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(claims))}";

    private Kernel.Outcome<JwtClaims> Verify(string token) => Rules.Verify(token, Known, Now);

    private PublicKey? Known(string kid) => kid == "k1" ? signer.Public : null;
}
