using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Accounts.SignIn;
using Salus.Access.Jose;
using Salus.Kernel;

namespace Salus.Access.Accounts.SecondFactors;

/// <summary>Setting up and removing the own second factors. Open also to a sign-in that waits for just that.</summary>
internal static class OwnFactorEndpoints
{
    private sealed record CodeBody(string? Code);

    private sealed record PasswordBody(string? Password);

    private sealed record NewPasskey(string? Name, JsonElement Credential);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/access/account/totp", BeginAsync).BeforeSession();
        routes.MapPost("/access/account/totp/confirm", ConfirmAsync).BeforeSession();
        routes.MapPost("/access/account/totp/remove", RemoveAsync).ForSignedIn().NeedsSignIn();
        routes.MapPost("/access/account/recovery-codes", RecoveryCodesAsync).ForSignedIn().NeedsSignIn();
        routes.MapGet("/access/account/passkeys", ListAsync).ForSignedIn().NeedsSignIn();
        routes.MapPost("/access/account/passkeys/options", OptionsAsync).BeforeSession();
        routes.MapPost("/access/account/passkeys", AddAsync).BeforeSession();
        routes.MapDelete("/access/account/passkeys/{id}", DeleteAsync).ForSignedIn().NeedsSignIn();
    }

    // A way in that lasts is given only to who has just proved who they are: a session that was stolen an hour later is not enough.
    private static async Task<(User? User, Answer? Refusal)> OwnAsync(HttpContext http, AccountTable table, Reauthentication again)
    {
        if (http.Features.Get<PendingSession>() is { Session.Stage: SessionStage.Enrol } pending)
        {
            return (await table.FindAsync(pending.User.Id, http.RequestAborted), Answer.SignInFirst());
        }

        if (http.Features.Get<SignedIn>() is not { } me || await table.FindAsync(me.Account.Id, http.RequestAborted) is not { } user)
        {
            return (null, Answer.SignInFirst());
        }

        return user.Demo ? (null, Answer.Forbidden("Demo accounts have no second factor: they are for everybody who tries the demo."))
            : again.IsFresh(http) ? (user, null)
            : (null, Reauthentication.Ask());
    }

    private static async Task<IResult> BeginAsync(HttpContext http, AccountTable table, Reauthentication again, TotpTable totp, AccountDirectory directory)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (user, refusal) = await OwnAsync(http, table, again);
        if (user is null)
        {
            return refusal!;
        }

        if (await totp.BeginAsync(user.Id, http.RequestAborted) is not { } secret)
        {
            return Answer.Conflict("An authenticator app is set up already. Remove it first.");
        }

        directory.Forget(user.Id);
        var uri = Totp.Uri(user.UserName!, secret);
        return Results.Json(new { secret = Totp.Base32(secret), uri, qrSvg = QrCode.Svg(uri) });
    }

    private static async Task<IResult> ConfirmAsync(HttpContext http, AccountTable table, Reauthentication again, TotpTable totp, AccountDirectory directory, AttemptGuard guard, SessionKeeper sessions, AccountAudit audit)
    {
        http.Response.Headers.CacheControl = "no-store";
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<CodeBody>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var (user, refusal) = await OwnAsync(http, table, again);
        if (user is null)
        {
            return refusal!;
        }

        var attempt = await guard.BeginAsync(http, $"confirm {user.Id:N}", null, ct);
        if (!attempt.Allowed || !await totp.UseAsync(user, read.Value.Code ?? "", confirmed: false, ct))
        {
            return Answer.Invalid("code", "This is not the code that the app shows now. Check the time of the telephone.");
        }

        await guard.SucceededAsync(attempt, ct);
        directory.Forget(user.Id);
        await audit.WriteAsync(http, AuditKind.SecondFactor, user, "authenticator app set up", ct, self: true);
        await EnrolledAsync(http, user, "otp", sessions);
        return Results.Json(new { recoveryCodes = await totp.NewRecoveryCodesAsync(user.Id, ct) });
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, AccountTable table, PasswordCheck check, TotpTable totp, AccountDirectory directory, AttemptGuard guard, Devices devices, SignInFlow flow, AccountAudit audit)
    {
        var (user, refusal) = await ProvedAsync(http, table, check, guard, devices);
        if (user is null)
        {
            return refusal!;
        }

        if (flow.NeedsSecondFactor(user) && user.Passkeys == 0)
        {
            return Answer.Conflict("Your role needs a second factor. Set up a passkey before you remove the app.");
        }

        await totp.RemoveAsync(user.Id, http.RequestAborted);
        directory.Forget(user.Id);
        await audit.WriteAsync(http, AuditKind.SecondFactor, user, "authenticator app removed", http.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> RecoveryCodesAsync(HttpContext http, AccountTable table, PasswordCheck check, TotpTable totp, AttemptGuard guard, Devices devices, AccountAudit audit)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (user, refusal) = await ProvedAsync(http, table, check, guard, devices);
        if (user is null)
        {
            return refusal!;
        }

        if (!user.TotpConfirmed)
        {
            return Answer.Conflict("Recovery codes stand in for an authenticator app, and none is set up.");
        }

        await audit.WriteAsync(http, AuditKind.SecondFactor, user, "new recovery codes", http.RequestAborted);
        return Results.Json(new { recoveryCodes = await totp.NewRecoveryCodesAsync(user.Id, http.RequestAborted) });
    }

    private static async Task<(User? User, Answer? Refusal)> ProvedAsync(HttpContext http, AccountTable table, PasswordCheck check, AttemptGuard guard, Devices devices)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<PasswordBody>(http);
        if (read.Failed(out var failure))
        {
            return (null, Body.Refuse(failure));
        }

        if (http.Features.Get<SignedIn>() is not { } me || await table.FindAsync(me.Account.Id, ct) is not { } user)
        {
            return (null, Answer.SignInFirst());
        }

        var attempt = await guard.BeginAsync(http, $"again {user.Id:N}", await devices.KnownAsync(http, user.Id, ct), ct);
        if (!await check.IsRightAsync(attempt.Allowed ? user : null, read.Value.Password ?? "", ct))
        {
            return (null, Answer.Invalid("password", "The password is wrong, or too many attempts were made."));
        }

        await guard.SucceededAsync(attempt, ct);
        return (user, null);
    }

    private static async Task<IResult> ListAsync(HttpContext http, PasskeyTable passkeys) => http.Features.Get<SignedIn>() is { } me
        ? Results.Json((await passkeys.ListAsync(me.Account.Id, http.RequestAborted)).Select(p => new { Id = StrictBase64Url.Encode(p.Id), p.Name, p.CreatedAt, p.LastUsedAt }))
        : Answer.SignInFirst();

    private static async Task<IResult> OptionsAsync(HttpContext http, AccountTable table, Reauthentication again, Ceremonies ceremonies)
    {
        var (user, refusal) = await OwnAsync(http, table, again);
        return user is null ? refusal! : Results.Content(await ceremonies.RegisterAsync(http, user), "application/json");
    }

    private static async Task<IResult> AddAsync(HttpContext http, AccountTable table, Reauthentication again, Ceremonies ceremonies, AccountDirectory directory, SessionKeeper sessions, AccountAudit audit)
    {
        var read = await JsonBody.ReadAsync<NewPasskey>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var (user, refusal) = await OwnAsync(http, table, again);
        if (user is null)
        {
            return refusal!;
        }

        var name = string.IsNullOrWhiteSpace(read.Value.Name) ? "Passkey" : read.Value.Name.Trim();
        if (name.Length > 100)
        {
            return Answer.Invalid("name", "The name has more than 100 characters.");
        }

        if (read.Value.Credential.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
        {
            return Answer.Invalid("credential", "The credential is what navigator.credentials.create has returned, as JSON.");
        }

        if (await ceremonies.AddAsync(http, user, name, read.Value.Credential) is { } reason)
        {
            return Answer.Invalid("credential", reason);
        }

        directory.Forget(user.Id);
        await audit.WriteAsync(http, AuditKind.SecondFactor, user, "passkey added", http.RequestAborted, self: true);
        await EnrolledAsync(http, user, "hwk", sessions);
        return Results.NoContent();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, AccountTable table, Reauthentication again, PasskeyTable passkeys, AccountDirectory directory, SignInFlow flow, AccountAudit audit)
    {
        var (user, refusal) = await OwnAsync(http, table, again);
        if (user is null)
        {
            return refusal!;
        }

        if (flow.NeedsSecondFactor(user) && !user.TotpConfirmed && user.Passkeys < 2)
        {
            return Answer.Conflict("Your role needs a second factor, and this is the last one. Set up another before.");
        }

        if (StrictBase64Url.Decode(id) is not { } key || !await passkeys.RemoveAsync(user.Id, key, http.RequestAborted))
        {
            return Answer.NotFound("There is no such passkey of yours.");
        }

        directory.Forget(user.Id);
        await audit.WriteAsync(http, AuditKind.SecondFactor, user, "passkey removed", http.RequestAborted);
        return Results.NoContent();
    }

    // The sign-in that waited for a second factor is complete: a new session, with a new secret.
    private static async Task EnrolledAsync(HttpContext http, User user, string method, SessionKeeper sessions)
    {
        if (http.Features.Get<PendingSession>() is { } pending)
        {
            await sessions.BeginAsync(http, user, SessionStage.Done, [.. pending.Session.Methods, method], http.RequestAborted);
        }
    }
}
