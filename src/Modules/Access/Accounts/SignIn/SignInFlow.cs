using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.Sessions;
using Salus.Kernel;

namespace Salus.Access.Accounts.SignIn;

/// <summary>From a proof of who somebody is to a session.</summary>
internal sealed class SignInFlow(AccountTable table, PasswordCheck passwords, AttemptGuard guard, Devices devices, SessionKeeper sessions, AccountAudit audit, IOptions<AccountOptions> options)
{
    /// <summary>The same for unknown users, wrong passwords, and accounts or places that have to wait.</summary>
    public static Answer Wrong() => new(StatusCodes.Status401Unauthorized, "login", "User name or password is wrong, or too many attempts were made. Try again in some minutes, or ask an administrator for a reset link.");

    public static Answer TooMany(TimeSpan wait) => new(StatusCodes.Status429TooManyRequests, "throttled", "Too many attempts from this address. Try again later.") { RetryAfter = wait };

    public async Task<IResult> PasswordAsync(HttpContext http, string userName, string password)
    {
        var ct = http.RequestAborted;
        userName = await table.NormalAsync(userName, ct);
        var found = await table.FindByNameAsync(userName, ct);
        var device = await devices.KnownAsync(http, found?.Id, ct);
        var attempt = await guard.BeginAsync(http, $"password {User.Key(userName)}", device, ct);
        if (attempt.Wait is { } wait)
        {
            await audit.WriteAsync(http, AuditKind.SignIn, null, "too many attempts from this address", ct, success: false);
            return TooMany(wait);
        }

        var user = attempt.Allowed && found is { State: AccountState.Active } ? found : null;
        if (!await passwords.IsRightAsync(user, password, ct))
        {
            await audit.WriteAsync(http, AuditKind.SignIn, found, attempt.Allowed ? "wrong password, unknown user or account that is not active" : "has to wait after too many attempts", ct, success: false);
            return Wrong();
        }

        await guard.SucceededAsync(attempt, ct);
        return await ProvedAsync(http, user!, "pwd");
    }

    /// <summary>The first factor was right: goes on to the second, to its set-up, or to the end.</summary>
    public async Task<IResult> ProvedAsync(HttpContext http, User user, string method) => Next(await ExternalAsync(http, user, method));

    /// <summary>All that is needed was proved: a session, unless a second factor has to be set up first.</summary>
    public async Task<IResult> FinishAsync(HttpContext http, User user, IReadOnlyList<string> methods) => Next(await BeginAsync(http, user, methods));

    /// <summary>As <see cref="ProvedAsync"/>; the stage that was reached.</summary>
    public async Task<string> ExternalAsync(HttpContext http, User user, string method)
    {
        if (!user.HasSecondFactor)
        {
            return await BeginAsync(http, user, [method]);
        }

        await sessions.BeginAsync(http, user, SessionStage.SecondFactor, [method], http.RequestAborted);
        await audit.WriteAsync(http, AuditKind.SignIn, user, $"{method} was right; waits for the second factor", http.RequestAborted, self: true);
        return SessionStage.SecondFactor;
    }

    private async Task<string> BeginAsync(HttpContext http, User user, IReadOnlyList<string> methods)
    {
        var stage = NeedsSecondFactor(user) && !user.HasSecondFactor ? SessionStage.Enrol : SessionStage.Done;
        await sessions.BeginAsync(http, user, stage, methods, http.RequestAborted);
        await devices.RememberAsync(http, user.Id, http.RequestAborted);
        await audit.WriteAsync(http, AuditKind.SignIn, user, $"signed in with {string.Join(" and ", methods)}{(stage == SessionStage.Done ? "" : "; has to set up a second factor")}", http.RequestAborted, self: true);
        return stage;
    }

    public bool NeedsSecondFactor(User user) =>
        !user.Demo && user.Roles.Intersect(options.Value.SecondFactorRoles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal).Any();

    private static IResult Next(string next) => Results.Json(new { next });
}
