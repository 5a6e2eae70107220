using Microsoft.AspNetCore.Http;
using Salus.Access.Gate;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.Accounts.Sessions;

/// <summary>A sign-in that waits for something: a second factor, or that one is set up. Its account may do nothing else.</summary>
internal sealed record PendingSession(Session Session, User User);

/// <summary>Says of a route that the cookie counts for nothing there, as for what apps call with credentials of their own: <c>WithMetadata(CookieIgnored.Here)</c>.</summary>
internal sealed class CookieIgnored
{
    public static readonly CookieIgnored Here = new();
}

/// <summary>Callers with the cookie of a session.</summary>
internal sealed class SessionIdentity(SessionKeeper sessions, AccountDirectory accounts, Permits permits) : IIdentity
{
    public async ValueTask<Outcome<Caller?>> FindAsync(HttpContext http, CancellationToken ct)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<CookieIgnored>() is not null)
        {
            return (Caller?)null;
        }

        // A bearer token says who calls; a browser cannot be made to send one.
        if (http.Request.Headers.Authorization.Count > 0 || SessionCookies.SessionOf(http) is not { } secret || await sessions.FindAsync(secret, ct) is not { } session)
        {
            return (Caller?)null;
        }

        if (await accounts.UserAsync(session.Account, ct) is not { State: AccountState.Active } user || user.Stamp != session.Stamp)
        {
            return (Caller?)null;
        }

        if (!RequestForgery.IsSafe(http.Request.Method) && RequestForgery.Refuse(http, secret) is { } reason)
        {
            return new Failure(FailureKind.Forbidden, "forbidden", reason);
        }

        if (session.Stage != SessionStage.Done)
        {
            http.Features.Set(new PendingSession(session, user));
            return (Caller?)null;
        }

        var account = user.ToAccount();
        var id = session.Id.ToString("N");
        http.Features.Set(new SignedIn(account, id, session.Methods, session.CreatedAt, session.FreshAt));
        return await permits.OfUserAsync(account, id, app: null, ct);
    }
}
