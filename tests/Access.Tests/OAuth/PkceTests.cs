using Salus.Access.OAuth;

namespace Salus.Access.Tests.OAuth;

public sealed class PkceTests
{
    // RFC 7636, appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_example_of_RFC_7636_fits()
    {
        Assert.True(Pkce.IsChallenge(Challenge));
        Assert.True(Pkce.Fits(Verifier, Challenge));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Challenge)]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk ")]
    public void Nothing_else_does(string? verifier) => Assert.False(Pkce.Fits(verifier, Challenge));

    [Theory]
    [InlineData("")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")] // bits that belong to no byte
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]
    public void What_is_no_hash_is_no_challenge(string text) => Assert.False(Pkce.IsChallenge(text));
}
