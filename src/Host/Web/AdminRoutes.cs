using Microsoft.AspNetCore.Routing;
using Salus.Kernel;

namespace Salus.Host.Web;

/// <summary>What is not there below <c>/admin</c>: an OperationOutcome that names what is.</summary>
internal static class AdminRoutes
{
    private const string Base = "/admin";

    // Hints for routes whose place says what they are about, and whose query is free.
    private static readonly Dictionary<string, string> Examples = new(StringComparer.Ordinal)
    {
        ["/admin/search/explain/{type:alpha}"] = "/admin/search/explain/Patient?name=...",
    };

    public static void MapAdminFallback(this IEndpointRouteBuilder app)
    {
        // The framework's default pattern leaves out paths with a dot.
        app.MapFallback(Base + "/{**path}", (HttpContext http, EndpointDataSource all) => RefuseAsync(http, all)).ForSignedIn();
    }

    private static Task RefuseAsync(HttpContext http, EndpointDataSource all)
    {
        var known = all.Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Path: "/" + e.RoutePattern.RawText!.TrimStart('/'), Methods: e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []))
            .Where(r => r.Methods.Count > 0 && r.Path.StartsWith(Base + "/", StringComparison.Ordinal)).OrderBy(r => r.Path, StringComparer.Ordinal).ToList();
        var path = http.Request.Path.Value!.TrimEnd('/');
        var methods = known.Where(r => r.Path == path).SelectMany(r => r.Methods).Distinct().ToList();
        if (methods.Count > 0)
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.Allow = string.Join(", ", methods);
                return Task.CompletedTask;
            });
            return LastResort.WriteAsync(http, 405, "not-supported", $"{path} is asked by {string.Join(" or ", methods)}; this is {http.Request.Method}.");
        }

        var list = string.Join(", ", known.Select(r => $"{string.Join('/', r.Methods)} {Examples.GetValueOrDefault(r.Path, r.Path)}"));
        return LastResort.WriteAsync(http, 404, "not-found", $"There is nothing at this place below {Base}. There are {list}.");
    }
}
