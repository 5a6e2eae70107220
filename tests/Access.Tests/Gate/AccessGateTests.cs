using System.Net;
using Microsoft.AspNetCore.Builder;
using Salus.Access.Tests.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Gate;

public sealed class AccessGateTests(AccessGateTests.Routes server) : IClassFixture<AccessGateTests.Routes>, IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = server.Address };

    [Theory]
    [InlineData("/open", HttpStatusCode.OK)]
    [InlineData("/signed-in", HttpStatusCode.Unauthorized)]
    [InlineData("/permission", HttpStatusCode.Unauthorized)]
    [InlineData("/record", HttpStatusCode.Unauthorized)]
    [InlineData("/unclassified", HttpStatusCode.Forbidden)]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/metrics", HttpStatusCode.Unauthorized)]
    public async Task Nobody_gets_only_what_is_for_everybody(string path, HttpStatusCode expected)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(expected, answer.StatusCode);
    }

    public void Dispose() => http.Dispose();

    public sealed class Routes : AccessServer
    {
        protected override void Map(WebApplication app)
        {
            app.MapGet("/open", () => "open").ForEverybody();
            app.MapGet("/signed-in", () => "secret").ForSignedIn();
            app.MapGet("/permission", () => "secret").ForPermission(Permissions.Users);
            app.MapGet("/record", () => "secret").ByGrants();
            app.MapGet("/unclassified", () => "secret");
        }
    }
}
