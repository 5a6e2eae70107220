using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>What pages of other origins may read.</summary>
public sealed class OriginTests : IDisposable
{
    private const string Listed = "https://app.example.org";
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Listed_origins_read_the_API_and_every_origin_what_is_public()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], ("Salus__AllowedOrigins__0", Listed));
        Assert.Equal(Listed, await AllowedAsync(salus, "/fhir/Patient", Listed));
        Assert.Equal(Listed, await AllowedAsync(salus, "/oauth/token", Listed));
        foreach (var path in (string[])["/admin/system", "/access/session", "/metrics", "/oauth/authorize", "/"])
        {
            Assert.Null(await AllowedAsync(salus, path, Listed));
        }

        foreach (var other in (string[])["https://evil.example.org", "http://app.example.org", "https://app.example.org:8443", "https://app.example.org.evil.example", "null"])
        {
            Assert.Null(await AllowedAsync(salus, "/fhir/Patient", other));
            Assert.Equal("*", await AllowedAsync(salus, "/fhir/metadata", other));
            Assert.Equal("*", await AllowedAsync(salus, "/.well-known/openid-configuration", other));
        }
    }

    [Fact]
    public async Task Without_a_list_nobody_else_reads_the_API()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        Assert.Null(await AllowedAsync(salus, "/fhir/Patient", Listed));
        Assert.Equal("*", await AllowedAsync(salus, "/fhir/metadata", Listed));
    }

    // The preflight of a request with a token, and the request itself. Credentials are allowed to nobody.
    private static async Task<string?> AllowedAsync(SalusProcess salus, string path, string origin)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(path, UriKind.Relative));
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "accept");
        using var asked = await salus.SendAsync(preflight);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("Origin", origin);
        using var answer = await salus.SendAsync(request);
        foreach (var response in new[] { asked, answer })
        {
            Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        }

        Assert.Equal(Header(asked), Header(answer));
        return Header(answer);
    }

    private static string? Header(HttpResponseMessage response) => response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
}
