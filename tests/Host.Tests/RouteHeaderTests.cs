using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Host.Web;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>Every route of the real server, taken from its table of endpoints, so that a new one is among them.</summary>
public sealed partial class RouteHeaderTests : IDisposable
{
    private static readonly string[] Data = ["/fhir", "/admin", "/access", "/oauth", "/metrics"];
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Every_route_answers_with_the_security_headers(string signIn)
    {
        var routes = Routes();
        Assert.True(routes.Count > 50, $"{routes.Count} routes");
        using var salus = await SalusProcess.ReadyAsync(folder["data"], ("Salus__Access__SignIn", signIn), ("Salus__Limits__InteractivePerMinute", "0"));
        foreach (var (method, path) in routes)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
            if (method is "POST" or "PUT" or "PATCH")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using var response = await salus.SendAsync(request);
            Check($"{method} {path}: {(int)response.StatusCode}", path, response);
        }
    }

    private static void Check(string what, string path, HttpResponseMessage response)
    {
        string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";
        var policy = Header("Content-Security-Policy");
        Assert.True((int)response.StatusCode < 500, what);
        Assert.True(ScriptSource().Match(policy).Value == "script-src 'self'", $"{what}: {policy}");
        foreach (var part in (string[])["default-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'self'", "object-src 'none'"])
        {
            Assert.True(policy.Contains(part, StringComparison.Ordinal), $"{what}: {policy}");
        }

        foreach (var (name, value) in new[]
        {
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"), ("Server", ""),
            ("Access-Control-Allow-Origin", ""), ("Strict-Transport-Security", ""),
        })
        {
            Assert.True(Header(name) == value, $"{what}: {name} is '{Header(name)}'");
        }

        Assert.True(Header("Permissions-Policy").Contains("camera=()", StringComparison.Ordinal), $"{what}: {Header("Permissions-Policy")}");
        // Public keys may be kept.
        Assert.True(path == "/oauth/jwks" || !Data.Any(d => path.StartsWith(d, StringComparison.Ordinal)) || response.Headers.CacheControl?.NoStore is true, $"{what}: Cache-Control is '{response.Headers.CacheControl}'");
    }

    // Built and not started: only its table is read.
    private List<(string Method, string Path)> Routes()
    {
        using var app = (IDisposable)WebHost.Build([new("Salus:Data", folder["unused"])]);
        return [.. from endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>()
            let path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), m => m.Groups[1].Value switch
            {
                "type" => "Patient",
                "operation" => "validate",
                _ => "x1",
            })
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
            where method is not ("CONNECT" or "HEAD")
            select (method, path)];
    }

    [GeneratedRegex(@"\{\**(\w+)[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("script-src [^;]*")]
    private static partial Regex ScriptSource();
}
