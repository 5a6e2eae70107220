using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Access.Audit;
using Salus.Kernel;

namespace Salus.Access.Gate;

/// <summary>
/// Stands in front of every route: finds out who calls, and lets only those through whom the route is for. A route that does not say for whom it is, is closed.
/// What resources one may see is decided by the module that keeps them, from <see cref="Caller.Permit"/>.
/// </summary>
internal sealed class AccessGate(RequestDelegate next, IEnumerable<IIdentity> identities, IOptions<AccessOptions> options, AuditedRefusal audit, ILogger<AccessGate> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var caller = await CallerAsync(http, http.RequestAborted);
        if (caller.Failed(out var refused))
        {
            // A request that another site made a browser send is no matter of signing in; a bearer token says itself what was wrong with it.
            var (status, code) = http.Features.Get<BearerChallenge>() is { } challenge ? (challenge.Status, "login")
                : refused.Problems[0].Code == "forbidden" ? (StatusCodes.Status403Forbidden, "forbidden")
                : (StatusCodes.Status401Unauthorized, "login");
            await audit.WriteAsync(Caller.Nobody with { Origin = Origin(http) }, http, status, refused.ToString());
            await Refusal.WriteAsync(http, status, code, refused.ToString());
            return;
        }

        var known = caller.Value with { Origin = Origin(http) };
        http.Features.Set(known);
        http.Features.Set(new CallerAgain(ct => AgainAsync(http, ct)));
        if (http.GetEndpoint() is { } endpoint && Refuse(known, endpoint) is { } refusal)
        {
            await audit.WriteAsync(known, http, refusal.Status, refusal.Message);
            await Refusal.WriteAsync(http, refusal.Status, refusal.Code, refusal.Message);
            return;
        }

        await next(http);
    }

    private static Origin Origin(HttpContext http) => new(http.TraceIdentifier, http.Connection.RemoteIpAddress?.ToString());

    private async ValueTask<Caller?> AgainAsync(HttpContext http, CancellationToken ct)
    {
        var caller = await CallerAsync(http, ct);
        return caller.Failed(out _) || (http.GetEndpoint() is { } endpoint && Refuse(caller.Value, endpoint) is not null) ? null : caller.Value with { Origin = Origin(http) };
    }

    private async ValueTask<Outcome<Caller>> CallerAsync(HttpContext http, CancellationToken ct)
    {
        if (!options.Value.SignIn)
        {
            return Caller.Local;
        }

        foreach (var identity in identities)
        {
            var found = await identity.FindAsync(http, ct);
            if (found.Failed(out var failure))
            {
                return failure;
            }

            if (found.Value is { } caller)
            {
                return caller;
            }
        }

        return Caller.Nobody;
    }

    private (int Status, string Code, string Message)? Refuse(Caller caller, Endpoint endpoint)
    {
        switch (endpoint.Metadata.GetMetadata<RouteAccess>())
        {
            case { Kind: RouteKind.Public }:
                return null;
            case null:
                AccessLog.Unclassified(log, endpoint.DisplayName ?? "");
                return (StatusCodes.Status403Forbidden, "forbidden", "This address is closed.");
            case var _ when !caller.IsKnown:
                return (StatusCodes.Status401Unauthorized, "login", "Sign in first: with the pages of Salus, or with a bearer token.");
            case { Kind: RouteKind.SignedIn } when caller.Client is not null:
                return (StatusCodes.Status403Forbidden, "forbidden", "This is for people at the pages of Salus; an app has the FHIR API, as far as its scopes go.");
            case { Kind: RouteKind.Permission, Permission: var permission } when !caller.Permit.Has(permission!):
                return (StatusCodes.Status403Forbidden, "forbidden", $"This needs the permission {permission}, which none of your roles gives.");
            default:
                return null;
        }
    }
}
