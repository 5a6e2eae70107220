using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Gate;

/// <summary>One way in which a request says who calls: the cookie of a session, a bearer token.</summary>
internal interface IIdentity
{
    /// <summary>The caller, with the permit of now; null when the request does not use this way; a failure when it does and is refused.</summary>
    ValueTask<Outcome<Caller?>> FindAsync(HttpContext http, CancellationToken ct);
}
