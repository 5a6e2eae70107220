using Microsoft.AspNetCore.Http;

namespace Salus.Kernel;

/// <summary>Where a browser says that a request comes from: the header <c>Origin</c>, RFC 6454, section 7.</summary>
public static class OwnOrigin
{
    /// <summary>Why a page of another site may open no websocket: browsers let it try, with the cookies of this one.</summary>
    public static readonly Failure Websockets = new(FailureKind.Forbidden, "forbidden", "A page of another origin may not open websockets here.", "Origin");

    /// <summary>Whether the request comes from a page of this server, or from no page.</summary>
    public static bool Sent(HttpRequest request) =>
        request.Headers.Origin.ToString() is not { Length: > 0 } origin || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
