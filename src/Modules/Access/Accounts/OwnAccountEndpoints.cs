using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Accounts.SignIn;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>What somebody sees and changes of their own account: password and sessions.</summary>
internal static class OwnAccountEndpoints
{
    private sealed record Passwords(string? Current, string? New);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/access/account", GetAsync).ForSignedIn().NeedsSignIn();
        routes.MapPost("/access/account/password", PasswordAsync).ForSignedIn().NeedsSignIn();
        routes.MapGet("/access/account/sessions", async (HttpContext http, SessionKeeper sessions) =>
            http.Features.Get<SignedIn>() is { } me ? Results.Json((await sessions.OfAsync(me.Account.Id, http.RequestAborted)).Select(s => Shown(s, me.Session))) : Answer.SignInFirst()).ForSignedIn().NeedsSignIn();
        routes.MapDelete("/access/account/sessions/{id:guid}", EndAsync).ForSignedIn().NeedsSignIn();
        routes.MapDelete("/access/account/sessions", EndOthersAsync).ForSignedIn().NeedsSignIn();
    }

    public static object Shown(Session session, string? current) => new
    {
        Id = session.Id.ToString("N"),
        Current = session.Id.ToString("N") == current,
        session.CreatedAt,
        session.LastSeenAt,
        session.Address,
        session.Agent,
        session.Methods,
    };

    private static async Task<IResult> GetAsync(HttpContext http, AccountDirectory directory, SignInFlow flow) =>
        http.Features.Get<SignedIn>() is { } me && await directory.UserAsync(me.Account.Id, http.RequestAborted) is { } user
            ? Results.Json(new
            {
                Id = user.Id.ToString("N"),
                user.UserName,
                user.Name,
                user.Roles,
                user.Person,
                user.Wards,
                SecondFactor = new { Totp = user.TotpConfirmed, user.Passkeys, Required = flow.NeedsSecondFactor(user) },
                HasPassword = user.PasswordHash is not null,
            })
            : Answer.SignInFirst();

    private static async Task<IResult> PasswordAsync(
        HttpContext http, AccountTable table, PasswordCheck check, PasswordRules rules, UserManager<User> manager, AttemptGuard guard, Devices devices, SessionKeeper sessions, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        var (asked, refusal) = await OwnRequest<Passwords>.ReadAsync(http, table);
        if (asked is null)
        {
            return refusal!;
        }

        var (passwords, me, user) = asked;
        if (user.Demo)
        {
            return Answer.Forbidden("Demo accounts are for everybody who tries the demo: their passwords stay as they are.");
        }

        if (rules.Problem(user.UserName, passwords.New) is { } problem)
        {
            return Answer.Invalid("new", problem);
        }

        var attempt = await guard.BeginAsync(http, $"again {user.Id:N}", await devices.KnownAsync(http, user.Id, ct), ct);
        if (!await check.IsRightAsync(attempt.Allowed ? user : null, passwords.Current ?? "", ct))
        {
            await audit.WriteAsync(http, AuditKind.Credential, user, "password not changed: the current one was wrong, or too many attempts", ct, success: false);
            return Answer.Invalid("current", "This is not the current password, or too many attempts were made.");
        }

        await guard.SucceededAsync(attempt, ct);
        user.PasswordHash = null;
        if (await manager.AddPasswordAsync(user, passwords.New!) is { Succeeded: false } result)
        {
            return Answer.Invalid("new", string.Join(' ', result.Errors.Select(e => e.Description)));
        }

        // The new stamp ends every other session; this one goes on.
        var session = Guid.ParseExact(me.Session, "N");
        await sessions.StampAsync(session, user.Stamp, ct);
        await sessions.EndAllAsync(user.Id, session, ct);
        await audit.WriteAsync(http, AuditKind.Credential, user, "password changed; other sessions ended", ct);
        return Results.NoContent();
    }

    private static async Task<IResult> EndAsync(Guid id, HttpContext http, SessionKeeper sessions, AccountAudit audit)
    {
        if (http.Features.Get<SignedIn>() is not { } me)
        {
            return Answer.SignInFirst();
        }

        if (!await sessions.EndAsync(me.Account.Id, id, http.RequestAborted))
        {
            return Answer.NotFound("There is no such session of yours.");
        }

        await audit.WriteAsync(http, AuditKind.SignOut, null, "one session ended from the list", http.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> EndOthersAsync(HttpContext http, SessionKeeper sessions, AccountAudit audit)
    {
        if (http.Features.Get<SignedIn>() is not { } me)
        {
            return Answer.SignInFirst();
        }

        var ended = await sessions.EndAllAsync(me.Account.Id, Guid.ParseExact(me.Session, "N"), http.RequestAborted);
        await audit.WriteAsync(http, AuditKind.SignOut, null, $"{ended} other sessions ended", http.RequestAborted);
        return Results.NoContent();
    }
}
