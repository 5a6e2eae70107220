using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Accounts.SignIn;
using Salus.Kernel;

namespace Salus.Access.Accounts.Links;

/// <summary>Invitations and resets: who has the link chooses a password, and for an invitation a user name.</summary>
internal static class LinkEndpoints
{
    private const string Void = "This link was used already, is too old, or was replaced by a newer one. Ask an administrator for another.";

    private sealed record Choice(string? UserName, string? Password);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/access/one-time/{secret}", ShowAsync).BeforeSession();
        routes.MapPost("/access/one-time/{secret}", UseAsync).BeforeSession();
    }

    private static async Task<IResult> ShowAsync(string secret, HttpContext http, OneTimeLinks links, AccountTable table)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await FindAsync(secret, links, table, http.RequestAborted) is var (user, kind)
            ? Results.Json(new { kind, user.UserName, user.Name, user.Roles })
            : Answer.NotFound(Void);
    }

    private static async Task<IResult> UseAsync(
        string secret, HttpContext http, OneTimeLinks links, AccountTable table, PasswordRules rules, UserManager<User> manager, SessionKeeper sessions, SignInFlow flow, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<Choice>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        if (await FindAsync(secret, links, table, ct) is not var (user, kind))
        {
            return Answer.NotFound(Void);
        }

        var userName = user.UserName ?? await table.NormalAsync(read.Value.UserName ?? "", ct);
        if (user.UserName is null && UserNames.Problem(userName) is { } wrong)
        {
            return Answer.Invalid("userName", wrong);
        }

        if (rules.Problem(userName, read.Value.Password) is { } problem)
        {
            return Answer.Invalid("password", problem);
        }

        if (user.UserName is null && await table.FindByNameAsync(userName, ct) is not null)
        {
            return Answer.Invalid("userName", "Another account has this user name. Choose another.");
        }

        if (!await links.UseAsync(secret, ct))
        {
            return Answer.NotFound(Void);
        }

        user.UserName = userName;
        user.State = AccountState.Active;
        user.PasswordHash = null;
        if (await manager.AddPasswordAsync(user, read.Value.Password!) is { Succeeded: false } result)
        {
            return Answer.Conflict(string.Join(' ', result.Errors.Select(e => e.Description)));
        }

        await sessions.EndAllAsync(user.Id, except: null, ct);
        await audit.WriteAsync(http, AuditKind.Credential, user, $"password set by a link ({kind})", ct, self: true);
        return await flow.ProvedAsync(http, user, "pwd");
    }

    // A lock holds against a link that was made before it.
    private static async Task<(User User, string Kind)?> FindAsync(string secret, OneTimeLinks links, AccountTable table, CancellationToken ct) =>
        await links.FindAsync(secret, ct) is var (account, kind) && await table.FindAsync(account, ct) is { State: AccountState.Active or AccountState.Invited } user ? (user, kind) : null;
}
