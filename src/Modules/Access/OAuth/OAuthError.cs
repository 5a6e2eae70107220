using Microsoft.AspNetCore.Http;

namespace Salus.Access.OAuth;

/// <summary>An error of the token, introspection or revocation endpoint (RFC 6749, section 5.2), or one that is sent to a client's redirect URI (section 4.1.2.1).</summary>
/// <param name="Code">Such as <c>invalid_grant</c>.</param>
/// <param name="Description">For the developer of the app; no secrets.</param>
internal sealed record OAuthError(string Code, string Description)
{
    public static OAuthError Request(string description) => new("invalid_request", description);

    /// <summary>The client is not who it says. The same words for a client that is not there and a wrong secret.</summary>
    public static readonly OAuthError Client = new("invalid_client", "The client is unknown, disabled, or its authentication failed. The administrator's page of apps shows how it is registered.");

    public static OAuthError Grant(string description) => new("invalid_grant", description);

    /// <summary>As JSON.</summary>
    public IResult ToResult() => new ErrorResult(this);

    private sealed class ErrorResult(OAuthError error) : IResult
    {
        public Task ExecuteAsync(HttpContext http)
        {
            // RFC 6749, section 5.2: 401 and WWW-Authenticate where the client tried the Authorization header.
            var client = error.Code == "invalid_client";
            http.Response.StatusCode = client ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest;
            if (client)
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"Salus\"";
            }

            NoStore(http);
            return http.Response.WriteAsJsonAsync(new { error = error.Code, error_description = error.Description }, http.RequestAborted);
        }
    }

    /// <summary>RFC 6749, section 5.1: nobody keeps an answer with tokens.</summary>
    public static void NoStore(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
    }
}
