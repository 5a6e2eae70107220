using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using Salus.Host.Web.Limits;

namespace Salus.Host.Web;

/// <summary>
/// Which pages of other origins may read answers (CORS): the listed ones those of <c>/fhir</c> and <c>/oauth</c>, every one what is public about the server.
/// Never with cookies: such a page has a token of its own.
/// </summary>
internal sealed class Origins(Listening listening) : ICorsPolicyProvider
{
    private static readonly string[] Public = ["/.well-known", "/fhir/.well-known", "/fhir/metadata", "/oauth/jwks"];
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly CorsPolicy everybody = new CorsPolicyBuilder().AllowAnyOrigin().WithMethods("GET", "HEAD").WithHeaders(HeaderNames.Accept).SetPreflightMaxAge(Remembered).Build();

    private readonly CorsPolicy? listed = listening.Origins.Count == 0 ? null : new CorsPolicyBuilder([.. listening.Origins])
        .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        .WithHeaders(
            HeaderNames.Accept, HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.IfMatch, HeaderNames.IfNoneMatch, HeaderNames.IfModifiedSince, "If-None-Exist", "Prefer",
            "X-Request-Id")
        .WithExposedHeaders(HeaderNames.ETag, HeaderNames.Location, HeaderNames.ContentLocation, HeaderNames.LastModified, HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, "X-Progress", "X-Request-Id")
        .SetPreflightMaxAge(Remembered)
        .Build();

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var path = context.Request.Path.Value ?? "";
        return Task.FromResult(
            Public.Any(p => RouteLimits.IsBelow(path, p)) ? everybody
            // A browser goes to authorize itself, no script does.
            : (RouteLimits.IsBelow(path, "/fhir") || RouteLimits.IsBelow(path, "/oauth")) && !RouteLimits.IsBelow(path, "/oauth/authorize") ? listed : null);
    }
}
