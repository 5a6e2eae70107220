using System.Text.Json.Nodes;
using Salus.Host.Web.Limits;
using Salus.TestSupport;

namespace Salus.Host.Tests;

public sealed class RouteLimitTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_request_that_takes_too_long_is_ended_with_an_outcome()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], ("Salus__Limits__AdminSeconds", "1"));
        // A body that never comes to its end.
        var (status, headers, body) = await RawHttp.SendAsync(
            salus.Address, $"POST /admin/fhirpath HTTP/1.1\r\nHost: {salus.Address.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{");
        Assert.Equal(504, status);
        Assert.Contains("Content-Security-Policy", headers, StringComparison.Ordinal);
        Assert.Equal("timeout", (string?)JsonNode.Parse(body[body.IndexOf('{', StringComparison.Ordinal)..(body.LastIndexOf('}') + 1)])!["issue"]![0]!["code"]);
    }

    [Theory]
    [InlineData("/access/sign-in", 1)]
    [InlineData("/oauth/token", 1)]
    [InlineData("/.well-known/openid-configuration", 1)]
    [InlineData("/admin/system", 2)]
    [InlineData("/admin/access/users", 2)]
    [InlineData("/admin/access/audit/verify", 0)]
    [InlineData("/fhir/Patient", 0)]
    [InlineData("/fhir/_subscriptions/ws", 0)]
    [InlineData("/accessories", 0)]
    public void The_time_of_a_request_goes_by_the_place_of_its_route(string path, int seconds) =>
        Assert.Equal(seconds, RouteLimits.Seconds(path, new LimitOptions { AccessSeconds = 1, AdminSeconds = 2 }));
}
