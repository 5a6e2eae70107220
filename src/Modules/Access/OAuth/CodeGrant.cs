using Salus.Access.Apps;

namespace Salus.Access.OAuth;

/// <summary>An authorization code becomes tokens (OAuth 2.1, section 4.1.3).</summary>
internal sealed class CodeGrant(TokenStore store, UserCallers users, IssuedTokens issued)
{
    // One sentence for all of it: who guesses learns nothing.
    private static readonly OAuthError Refused = OAuthError.Grant("The code is unknown, expired or used, or belongs to another client, redirect_uri or code_verifier. Send the user to /oauth/authorize again.");

    public async Task<Answer<Dictionary<string, object>>> RedeemAsync(Client client, Parameters form, OAuthAddresses addresses, CancellationToken ct)
    {
        if (client.Kind == ClientKind.Service)
        {
            return new OAuthError("unauthorized_client", "A service acts by itself, without users: grant_type=client_credentials.");
        }

        if (form["code"] is not { } code || form["code_verifier"] is not { } verifier || form["redirect_uri"] is not { } redirect)
        {
            return OAuthError.Request("code, code_verifier and redirect_uri are needed.");
        }

        // The code is used up before anything else is looked at: a verifier is tried once.
        if (await store.TakeCodeAsync(code, client.Id, ct) is not { } taken)
        {
            return Refused;
        }

        // RFC 6749, section 4.1.3 (redirect_uri); RFC 7636, section 4.6.
        var family = taken.Family;
        if (!string.Equals(redirect, taken.RedirectUri, StringComparison.Ordinal) || !Pkce.Fits(verifier, taken.Challenge) || await users.AccountAsync(family, ct) is not { } account)
        {
            await store.RevokeAsync(family.Id, "code refused", ct);
            return Refused;
        }

        var refreshes = family.Scopes.Has(ScopeSet.Offline) || family.Scopes.Has(ScopeSet.Online);
        return await issued.AnswerAsync(addresses, family, account, family.Scopes, refreshes ? await store.AddRefreshAsync(family, ct) : null, ct);
    }
}
