using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Gate;
using Salus.Access.Jose;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>
/// Callers with an access token (RFC 6750). A token that was verified is kept by its hash as long as it lives. Whether it was revoked, its app disabled or narrowed, is asked of the database at most
/// <see cref="OAuthOptions.RevocationSeconds"/> later, and at once for what this process revoked; whether the account may act is asked of the directory of accounts each time.
/// </summary>
internal sealed class BearerIdentity(AccessTokens tokens, TokenStore store, UserCallers users, AppGrants grants, Permits permits, Revocations revocations, IOptions<OAuthOptions> options, TimeProvider time) : IIdentity
{
    private const int MostKept = 20_000;

    private readonly Kept<string, Seen> kept = new(MostKept, StringComparer.Ordinal);

    public async ValueTask<Outcome<Caller?>> FindAsync(HttpContext http, CancellationToken ct)
    {
        var header = http.Request.Headers.Authorization;
        // RFC 6750, section 2.3: addresses are logged and kept in histories. OAuth 2.1, section 5.1 takes this way out.
        if (http.Request.Query.ContainsKey("access_token"))
        {
            return BearerChallenge.Refuse(http, FailureKind.Invalid, "invalid_request", "A token in the address is not taken: send it in the header Authorization: Bearer.");
        }

        if (header.Count == 0 || !header.Any(h => h is not null && (h.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || h.Equals("Bearer", StringComparison.OrdinalIgnoreCase))))
        {
            return (Caller?)null;
        }

        if (header.Count > 1 || header[0]!.Length <= "Bearer ".Length)
        {
            return BearerChallenge.Refuse(http, FailureKind.Invalid, "invalid_request", "The header Authorization has to be there once, as: Bearer TOKEN.");
        }

        var found = OAuthAddresses.Of(http, options) is { } addresses
            ? await FindAsync(header[0]!["Bearer ".Length..].Trim(' '), addresses, ct)
            : new Failure(FailureKind.Forbidden, "login", OAuthAddresses.Unknown.Description);
        if (found.Failed(out var failure))
        {
            return BearerChallenge.Refuse(http, failure.Kind, "invalid_token", failure.ToString());
        }

        http.Features.Set(found.Value);
        return await CallerAsync(found.Value, ct) is { } caller
            ? caller
            : BearerChallenge.Refuse(http, FailureKind.Forbidden, "invalid_token", "The account that the token acts for is locked or gone.");
    }

    /// <summary>The token with what it was granted, if it lives.</summary>
    public async ValueTask<Outcome<LivingToken>> FindAsync(string text, OAuthAddresses addresses, CancellationToken ct)
    {
        if (text.Length > CompactJws.MostCharacters)
        {
            return new Failure(FailureKind.Forbidden, "login", $"The token is longer than {CompactJws.MostCharacters} characters.");
        }

        var now = time.GetUtcNow();
        var key = Convert.ToBase64String(Secret.Hash(text));
        if (kept.TryGet(key, out var known) && known.Token.Token.Issuer == addresses.Issuer && known.Token.Token.ExpiresAt > now)
        {
            if (now - known.At < TimeSpan.FromSeconds(options.Value.RevocationSeconds) && now >= known.At && known.Revocations == revocations.Count)
            {
                return known.Token;
            }

            return await LookUpAsync(known.Token.Token, key, now, ct);
        }

        var verified = await tokens.VerifyAsync(text, addresses, ct);
        return verified.Failed(out var failure) ? failure : await LookUpAsync(verified.Value, key, now, ct);
    }

    private async ValueTask<Outcome<LivingToken>> LookUpAsync(AccessToken token, string key, DateTimeOffset now, CancellationToken ct)
    {
        // Counted before the database is asked: what is revoked meanwhile is asked for again.
        var count = revocations.Count;
        var living = await store.FindLivingAsync(token.Family, ct);
        if (living is null || living.Family.Client != token.Client || living.Family.Tenant != token.Tenant)
        {
            kept.Forget(key);
            return new Failure(FailureKind.Forbidden, "login", "The token was revoked, or its app is disabled.");
        }

        var result = Describe(token, living);
        kept.Set(key, new Seen(result, now, count));
        return result;
    }

    // Once for many requests: narrowed by what the app may ask for today.
    private LivingToken Describe(AccessToken token, LivingFamily living)
    {
        var scopes = token.Scopes.Within(living.Registered);
        return living.Family.Account is null
            ? new LivingToken(token, living, scopes, grants.OfService(token.Client, scopes), null)
            : new LivingToken(token, living, scopes, grants.Of(token.Client, scopes, token.Patient), Delegations.Text(token.Client, token.Patient, scopes));
    }

    private ValueTask<Caller?> CallerAsync(LivingToken token, CancellationToken ct) => token.Delegation is { } delegation
        ? users.FindAsync(token.Living.Family, token.App, delegation, ct)
        : new(permits.OfService(token.Living.Family.Tenant, token.Living.ClientName, token.App));

    private sealed record Seen(LivingToken Token, DateTimeOffset At, long Revocations);
}

/// <summary>A verified token that nobody revoked: <c>http.Features.Get&lt;LivingToken&gt;()</c> where the caller came with one.</summary>
/// <param name="Scopes">What it carries, as far as the app may still ask for it.</param>
/// <param name="App">The same as grants.</param>
/// <param name="Delegation">The same as a text to keep; null for an app that acts by itself.</param>
internal sealed record LivingToken(AccessToken Token, LivingFamily Living, ScopeSet Scopes, AppAccess App, string? Delegation);
