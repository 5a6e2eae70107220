using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.SecondFactors;
using Salus.Access.Accounts.Sessions;
using Salus.Kernel;

namespace Salus.Access.Accounts.SignIn;

/// <summary>The second factor, passkeys, and the proof again of who one is.</summary>
internal static class SecondFactorEndpoints
{
    private sealed record Factor(string? Kind, string? Code);

    private sealed record Passkey(JsonElement Credential);

    private sealed record Proof(string? Password, string? Totp, JsonElement? Credential);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/access/sign-in/second-factor", SecondFactorAsync).BeforeSession();
        routes.MapPost("/access/sign-in/passkey/options", async (HttpContext http, Ceremonies ceremonies, AccountDirectory directory) =>
            Results.Content(await ceremonies.AskAsync(http, await UserAsync(http, directory)), "application/json")).BeforeSession();
        routes.MapPost("/access/sign-in/passkey", PasskeyAsync).BeforeSession();
        routes.MapPost("/access/reauthenticate", ReauthenticateAsync).ForSignedIn().NeedsSignIn();
    }

    private static async ValueTask<User?> UserAsync(HttpContext http, AccountDirectory directory) =>
        http.Features.Get<PendingSession>()?.User ?? (http.Features.Get<SignedIn>() is { } signedIn ? await directory.UserAsync(signedIn.Account.Id, http.RequestAborted) : null);

    private static async Task<IResult> SecondFactorAsync(HttpContext http, TotpTable totp, AccountDirectory directory, AttemptGuard guard, Devices devices, SignInFlow flow, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<Factor>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        if (http.Features.Get<PendingSession>() is not { Session.Stage: SessionStage.SecondFactor } pending)
        {
            return new Answer(StatusCodes.Status401Unauthorized, "login", "Sign in with your password first; the second factor has to follow within ten minutes.");
        }

        if (read.Value is not { Kind: "totp" or "recovery", Code: { Length: > 0 and <= 100 } code })
        {
            return Answer.Invalid("code", "Send kind, which is totp or recovery, and the code.");
        }

        var user = pending.User;
        var attempt = await guard.BeginAsync(http, $"second factor {user.Id:N}", await devices.KnownAsync(http, user.Id, ct), ct);
        // What the directory has may be as old as two seconds: the code counts by the row.
        var right = attempt.Allowed && (read.Value.Kind == "totp" ? await totp.UseAsync(user, code, confirmed: true, ct) : await totp.UseRecoveryAsync(user.Id, code, ct));
        if (!right)
        {
            await audit.WriteAsync(http, AuditKind.SecondFactor, user, $"wrong code ({read.Value.Kind}), used before, or too many attempts", ct, success: false, self: true);
            return new Answer(StatusCodes.Status401Unauthorized, "login", "This code is wrong, was used already, or too many attempts were made. Wait for the next code, or use a recovery code.");
        }

        await guard.SucceededAsync(attempt, ct);
        directory.Forget(user.Id);
        await audit.WriteAsync(http, AuditKind.SecondFactor, user, read.Value.Kind == "totp" ? "code of the app" : "recovery code used up", ct, self: true);
        return await flow.FinishAsync(http, user, [.. pending.Session.Methods, "otp"]);
    }

    private static async Task<IResult> PasskeyAsync(HttpContext http, Ceremonies ceremonies, AccountTable table, AccountDirectory directory, SignInFlow flow, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<Passkey>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var pending = http.Features.Get<PendingSession>();
        if (read.Value.Credential.ValueKind is not (JsonValueKind.Object or JsonValueKind.String)
            || await ceremonies.AnswerAsync(http, read.Value.Credential) is not { State: AccountState.Active } user
            || (pending is not null && pending.User.Id != user.Id))
        {
            await audit.WriteAsync(http, AuditKind.SignIn, pending?.User, "passkey refused", ct, success: false);
            return new Answer(StatusCodes.Status401Unauthorized, "login", "This passkey was not taken. Try again, or sign in with your password.");
        }

        directory.Forget(user.Id);
        // Read again: the passkey proves the person (user verification is asked for), whatever else is set up.
        return await flow.FinishAsync(http, (await table.FindAsync(user.Id, ct))!, pending is { Session.Stage: SessionStage.SecondFactor } ? [.. pending.Session.Methods, "hwk"] : ["hwk"]);
    }

    private static async Task<IResult> ReauthenticateAsync(
        HttpContext http, AccountTable table, PasswordCheck passwords, TotpTable totp, Ceremonies ceremonies, AttemptGuard guard, Devices devices, SessionKeeper sessions, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        var (asked, refusal) = await OwnRequest<Proof>.ReadAsync(http, table);
        if (asked is null)
        {
            return refusal!;
        }

        var (proof, signedIn, user) = asked;
        var field = proof.Credential is not null ? "credential" : proof.Totp is not null ? "totp" : "password";
        var attempt = await guard.BeginAsync(http, $"again {user.Id:N}", await devices.KnownAsync(http, user.Id, ct), ct);
        var right = attempt.Allowed && field switch
        {
            "credential" => (await ceremonies.AnswerAsync(http, proof.Credential!.Value))?.Id == user.Id,
            "totp" => await totp.UseAsync(user, proof.Totp!, confirmed: true, ct),
            _ => proof.Password is { Length: > 0 and <= PasswordRules.Longest } password && await passwords.IsRightAsync(user, password, ct),
        };
        if (!right)
        {
            await audit.WriteAsync(http, AuditKind.SignIn, user, $"reauthentication failed ({field})", ct, success: false);
            return Answer.Invalid(field, "This is wrong, or too many attempts were made.");
        }

        await guard.SucceededAsync(attempt, ct);
        await sessions.FreshAsync(Guid.ParseExact(signedIn.Session, "N"), ct);
        await audit.WriteAsync(http, AuditKind.SignIn, user, $"reauthenticated ({field})", ct);
        return Results.NoContent();
    }
}
