using Salus.Access.OAuth;

namespace Salus.Access.Tests.OAuth;

public sealed class RedirectUriTests
{
    [Theory]
    [InlineData("https://app.example/cb", "https://app.example/cb", true)]
    [InlineData("https://app.example/cb?a=1", "https://app.example/cb?a=1", true)]
    [InlineData("https://app.example/cb", "https://app.example/cb/", false)]
    [InlineData("https://app.example/cb", "https://app.example/cb?x=1", false)]
    [InlineData("https://app.example/cb", "https://app.example/cb#x", false)]
    [InlineData("https://app.example/cb", "https://app.example/CB", false)]
    [InlineData("https://app.example/cb", "https://APP.example/cb", false)]
    [InlineData("https://app.example/cb", "https://app.example:443/cb", false)]
    [InlineData("https://app.example/cb", "http://app.example/cb", false)]
    [InlineData("https://app.example/cb", "https://app.example/x/../cb", false)]
    [InlineData("https://app.example/cb", "https://app.example/%63b", false)]
    [InlineData("https://app.example/cb", "https://app.example.evil.example/cb", false)]
    [InlineData("https://app.example/cb", "https://app.example@evil.example/cb", false)]
    [InlineData("https://app.example/cb", "https://evil.example/https://app.example/cb", false)]
    [InlineData("https://app.example/cb", " https://app.example/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", true)]
    [InlineData("http://127.0.0.1:9000/cb", "http://127.0.0.1:51234/cb", true)]
    [InlineData("http://[::1]/cb", "http://[::1]:51234/cb", true)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb/x", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.2:1/cb", false)]
    [InlineData("http://127.0.0.1/cb", "https://127.0.0.1:1/cb", false)]
    [InlineData("http://localhost/cb", "http://localhost:1/cb", false)] // RFC 8252, section 8.3: a name can lead elsewhere
    [InlineData("https://127.0.0.1/cb", "https://127.0.0.1:1/cb", false)]
    public void Only_the_port_of_a_loopback_address_may_differ(string registered, string asked, bool match) => Assert.Equal(match, RedirectUris.Match([registered], asked));

    [Theory]
    [InlineData("https://app.example/cb", true)]
    [InlineData("http://127.0.0.1/cb", true)]
    [InlineData("http://localhost:9000/cb", true)]
    [InlineData("org.example.app:/cb", true)]
    [InlineData("http://app.example/cb", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("myapp://cb", false)]
    [InlineData("https://app.example/cb#f", false)]
    [InlineData("https://u:p@app.example/cb", false)]
    [InlineData("https://*.example/cb", false)]
    [InlineData("/cb", false)]
    [InlineData("//evil.example/cb", false)]
    [InlineData("https://app.example/a b", false)]
    public void An_address_can_be_registered_or_not(string text, bool fine) => Assert.Equal(fine, RedirectUris.Problem(text) is null);
}
