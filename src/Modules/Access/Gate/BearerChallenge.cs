using System.Text;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Gate;

/// <summary>The answer's WWW-Authenticate where a bearer token was refused (RFC 6750, section 3); kept with the request until it is refused.</summary>
internal sealed record BearerChallenge(string Error, string Description)
{
    /// <summary>RFC 6750, section 3.1.</summary>
    public int Status => Error switch
    {
        "invalid_request" => StatusCodes.Status400BadRequest,
        "insufficient_scope" => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status401Unauthorized,
    };

    /// <summary>Notes why, and gives the failure.</summary>
    public static Failure Refuse(HttpContext http, FailureKind kind, string error, string description)
    {
        http.Features.Set(new BearerChallenge(error, description));
        return new Failure(kind, "login", description);
    }

    // RFC 6750, section 3: of ASCII, without quotes and backslashes.
    public override string ToString() =>
        $"Bearer error=\"{Error}\", error_description=\"{new StringBuilder().AppendJoin("", Description.Where(c => c is >= ' ' and <= '~' and not ('"' or '\\')))}\"";
}
