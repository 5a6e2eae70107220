using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts.Links;
using Salus.Access.Accounts.SecondFactors;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Accounts.SignIn;
using Salus.Kernel;

namespace Salus.Access.Accounts.Administration;

/// <summary>What is done to a user by one click.</summary>
internal static class UserActionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (action, state) in new[] { ("lock", AccountState.Locked), ("unlock", AccountState.Active), ("disable", AccountState.Disabled), ("enable", AccountState.Active) })
        {
            Action(routes, action, (http, user, users, audit) => SetStateAsync(http, user, users, audit, action, state));
        }

        routes.MapPost("/admin/access/users/{id:guid}/reset-link", ResetAsync).ForPermission(Permissions.Users).NeedsSignIn().NeedsFreshProof();
        routes.MapPost("/admin/access/users/{id:guid}/sign-out", SignOutAsync).ForPermission(Permissions.Users).NeedsSignIn().NeedsFreshProof();
        routes.MapPost("/admin/access/users/{id:guid}/remove-second-factor", RemoveSecondFactorAsync).ForPermission(Permissions.Users).NeedsSignIn().NeedsFreshProof();
        routes.MapGet("/admin/access/users/{id:guid}/sessions", SessionsAsync).ForPermission(Permissions.Users).NeedsSignIn();
    }

    private static void Action(IEndpointRouteBuilder routes, string name, Func<HttpContext, User, UserAdministration, AccountAudit, Task<IResult>> run) =>
        routes.MapPost($"/admin/access/users/{{id:guid}}/{name}", async (Guid id, HttpContext http, UserAdministration users, AccountAudit audit) =>
            await users.FindAsync(http.Caller().Tenant, id, http.RequestAborted) is { } user ? await run(http, user, users, audit) : UserEndpoints.Missing())
            .ForPermission(Permissions.Users).NeedsSignIn().NeedsFreshProof();

    private static async Task<IResult> SetStateAsync(HttpContext http, User user, UserAdministration users, AccountAudit audit, string action, string state)
    {
        var changed = await users.SetStateAsync(user, state, http.RequestAborted);
        if (changed.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        await audit.WriteAsync(http, AuditKind.PermissionChange, user, $"{action}: {user.State} -> {changed.Value.State}", http.RequestAborted);
        return Results.Json(UserEndpoints.Shown(changed.Value));
    }

    private static async Task<IResult> ResetAsync(Guid id, HttpContext http, UserAdministration users, OneTimeLinks links, AccountAudit audit)
    {
        if (await users.FindAsync(http.Caller().Tenant, id, http.RequestAborted) is not { } user)
        {
            return UserEndpoints.Missing();
        }

        if (user.State is AccountState.Locked or AccountState.Disabled)
        {
            return Answer.Conflict($"This account is {user.State}. Unlock or enable it first: a link does not open it.");
        }

        var kind = user.State == AccountState.Invited ? OneTimeLinks.Invitation : OneTimeLinks.Reset;
        await audit.WriteAsync(http, AuditKind.Credential, user, $"link made ({kind})", http.RequestAborted);
        return Results.Json(new { link = await links.MakeAsync(user.Id, kind, http.RequestAborted) });
    }

    private static async Task<IResult> SignOutAsync(Guid id, HttpContext http, UserAdministration users, SessionKeeper sessions, AccountAudit audit)
    {
        if (await users.FindAsync(http.Caller().Tenant, id, http.RequestAborted) is not { } user)
        {
            return UserEndpoints.Missing();
        }

        var ended = await sessions.EndAllAsync(user.Id, except: null, http.RequestAborted);
        await audit.WriteAsync(http, AuditKind.SignOut, user, $"{ended} sessions ended by an administrator", http.RequestAborted);
        return Results.Json(new { ended });
    }

    private static async Task<IResult> RemoveSecondFactorAsync(Guid id, HttpContext http, UserAdministration users, TotpTable totp, PasskeyTable passkeys, SessionKeeper sessions, AccountDirectory directory, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        if (await users.FindAsync(http.Caller().Tenant, id, ct) is not { } user)
        {
            return UserEndpoints.Missing();
        }

        await totp.RemoveAsync(user.Id, ct);
        await passkeys.RemoveAllAsync(user.Id, ct);
        await sessions.EndAllAsync(user.Id, except: null, ct);
        directory.Forget(user.Id);
        await audit.WriteAsync(http, AuditKind.SecondFactor, user, "second factors and passkeys removed by an administrator", ct);
        return Results.NoContent();
    }

    private static async Task<IResult> SessionsAsync(Guid id, HttpContext http, UserAdministration users, SessionKeeper sessions) =>
        await users.FindAsync(http.Caller().Tenant, id, http.RequestAborted) is { } user
            ? Results.Json((await sessions.OfAsync(user.Id, http.RequestAborted)).Select(s => OwnAccountEndpoints.Shown(s, current: null)))
            : UserEndpoints.Missing();
}
