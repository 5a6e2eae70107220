using Salus.Access.Apps;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>A refresh token becomes new tokens, and another refresh token (OAuth 2.1, section 4.3).</summary>
internal sealed class RefreshGrant(TokenStore store, UserCallers users, IssuedTokens issued)
{
    public static readonly OAuthError Refused = OAuthError.Grant("The refresh token is unknown, expired, used or revoked. Send the user to /oauth/authorize again.");

    public async Task<Answer<Dictionary<string, object>>> RedeemAsync(Client client, Parameters form, OAuthAddresses addresses, CancellationToken ct)
    {
        if (form["refresh_token"] is not { } token)
        {
            return OAuthError.Request("refresh_token is needed.");
        }

        // Looked at first, so that a request that asks for too much does not use the token up. What counts is decided when it is taken.
        var scopes = default(ScopeSet);
        if (await store.PeekRefreshAsync(token, client.Id, ct) is { } family)
        {
            if (await users.AccountAsync(family, ct) is null || !await users.IsSignedInAsync(family, ct))
            {
                return Refused;
            }

            // RFC 6749, section 6: less than was granted, never more; left out, the same.
            var granted = family.Scopes.Within(client.Scopes);
            scopes = form["scope"] is { } asked ? ScopeSet.Parse(asked) : granted;
            if (scopes.Texts.Count == 0 || scopes.Within(granted).Texts.Count != scopes.Texts.Count)
            {
                return new OAuthError("invalid_scope", $"A refresh may ask for less, not for more than: {granted}");
            }
        }

        return await store.TakeRefreshAsync(token, client.Id, ct) is { } taken && await users.AccountAsync(taken.Family, ct) is { } account
            ? await issued.AnswerAsync(addresses, taken.Family, account, scopes ?? taken.Family.Scopes, taken.Next, ct)
            : Refused;
    }
}
