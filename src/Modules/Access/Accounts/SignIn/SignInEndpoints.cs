using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.Sessions;
using Salus.Kernel;

namespace Salus.Access.Accounts.SignIn;

/// <summary>Sign-in with a password, the state of the session, sign-out.</summary>
internal static class SignInEndpoints
{
    private sealed record Credentials(string? UserName, string? Password);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/access/session", (HttpContext http, SessionEndpoint session) => session.GetAsync(http)).ForEverybody();
        routes.MapPost("/access/sign-in", SignInAsync).BeforeSession();
        routes.MapPost("/access/sign-out", SignOutAsync).BeforeSession();
        routes.MapPost("/access/first-run", (HttpContext http, Links.FirstRun first) => first.MakeAsync(http)).BeforeSession();
    }

    /// <summary>
    /// A route for people who have no session yet: closed where sign-in is off, and its changes need the antiforgery token of <c>GET /access/session</c> all the same.
    /// </summary>
    public static RouteHandlerBuilder BeforeSession(this RouteHandlerBuilder route) => route.ForEverybody().AddEndpointFilter((context, next) =>
    {
        var http = context.HttpContext;
        return (Closed(http) ?? Forged(http)) is { } refusal ? new ValueTask<object?>(refusal) : next(context);
    });

    /// <summary>A route of the own account, or of administration: closed where sign-in is off.</summary>
    public static RouteHandlerBuilder NeedsSignIn(this RouteHandlerBuilder route) => route.AddEndpointFilter((context, next) =>
        Closed(context.HttpContext) is { } refusal ? new ValueTask<object?>(refusal) : next(context));

    private static Answer? Closed(HttpContext http) => http.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.SignIn
        ? null
        : Answer.Conflict("Sign-in is off on this server: there are no accounts to use. Turn it on with Salus:Access:SignIn=true.");

    // With a session it was checked when the session was found.
    private static Answer? Forged(HttpContext http)
    {
        if (RequestForgery.IsSafe(http.Request.Method) || http.Features.Get<SignedIn>() is not null || http.Features.Get<PendingSession>() is not null)
        {
            return null;
        }

        return SessionCookies.StartOf(http) is not { } secret ? Answer.Forbidden($"Ask GET /access/session first, and send its antiforgery token as {RequestForgery.Header}, with the cookie.")
            : RequestForgery.Refuse(http, secret) is { } reason ? Answer.Forbidden(reason) : null;
    }

    private static async Task<IResult> SignInAsync(HttpContext http, SignInFlow flow)
    {
        var read = await JsonBody.ReadAsync<Credentials>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var (userName, password) = read.Value;
        return UserNames.Malformed(userName) is { } wrong ? Answer.Invalid("userName", wrong)
            : password is null or "" or { Length: > PasswordRules.Longest } ? Answer.Invalid("password", $"The password is missing or longer than {PasswordRules.Longest} characters.")
            : await flow.PasswordAsync(http, userName!, password);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, SessionKeeper sessions, AccountAudit audit)
    {
        if (http.Features.Get<SignedIn>() is { } signedIn)
        {
            await audit.WriteAsync(http, AuditKind.SignOut, null, "signed out", http.RequestAborted);
            await sessions.EndAsync(signedIn.Account.Id, Guid.ParseExact(signedIn.Session, "N"), http.RequestAborted);
        }
        else
        {
            await sessions.EndCurrentAsync(http, http.RequestAborted);
        }

        SessionCookies.RemoveSession(http);
        return Results.NoContent();
    }
}
