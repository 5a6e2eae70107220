using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;

namespace Salus.Host.Web.Limits;

/// <summary>
/// Bounds of bodies and times by the place of a route. Below <c>/fhir</c> there are none here: bodies have <c>Salus:Records:MaxBodyBytes</c>, searches their own time,
/// slow senders and readers Kestrel's least rates, and streams stay open.
/// </summary>
internal static class RouteLimits
{
    // They read the whole trail.
    private const string Trail = "/admin/access/audit";

    /// <summary>Gives routes that are mapped on the result their bounds. What a route says itself wins.</summary>
    public static IEndpointRouteBuilder WithLimits(this IEndpointRouteBuilder routes, LimitOptions options)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var path = endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } text } ? "/" + text.TrimStart('/') : "";
            if (Seconds(path, options) is > 0 and var seconds)
            {
                endpoint.Metadata.Insert(0, new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(seconds), TimeoutStatusCode = StatusCodes.Status504GatewayTimeout, WriteTimeoutResponse = TellAsync });
            }

            if (IsBelow(path, "/access") || IsBelow(path, "/oauth") || IsBelow(path, "/admin/access"))
            {
                endpoint.Metadata.Insert(0, new RequestSizeLimitAttribute(options.AccessBodyBytes));
            }
        });
        return group;
    }

    /// <summary>The time of a request to this route; 0 for none.</summary>
    internal static int Seconds(string path, LimitOptions options) =>
        IsBelow(path, "/access") || IsBelow(path, "/oauth") || IsBelow(path, "/.well-known") ? options.AccessSeconds
        : IsBelow(path, "/admin") && !IsBelow(path, Trail) ? options.AdminSeconds : 0;

    internal static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && (path.Length == folder.Length || path[folder.Length] == '/');

    private static Task TellAsync(HttpContext http) =>
        LastResort.WriteAsync(http, StatusCodes.Status504GatewayTimeout, "timeout", "This took longer than such a request may (Salus:Limits). Ask for less, or again when there is less to do.");
}
