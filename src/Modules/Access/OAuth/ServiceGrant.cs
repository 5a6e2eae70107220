using Salus.Access.Apps;

namespace Salus.Access.OAuth;

/// <summary>An app that acts by itself: client credentials (OAuth 2.1, section 4.2) with a signed assertion (SMART Backend Services).</summary>
internal sealed class ServiceGrant(TokenStore store, AccessTokens tokens, TimeProvider time)
{
    public async Task<Answer<Dictionary<string, object>>> RedeemAsync(Client client, Parameters form, OAuthAddresses addresses, CancellationToken ct)
    {
        if (client.Kind != ClientKind.Service)
        {
            return new OAuthError("unauthorized_client", "Only an app that is registered as a service may act by itself.");
        }

        // What the administrator approved for it, nothing else: there is no user whose roles would hold it back.
        var scopes = ScopeSet.Parse(form["scope"]).ForServices().Within(client.Scopes);
        if (scopes.Resources.Count == 0)
        {
            return new OAuthError("invalid_scope", $"None of the scopes is registered for this app. Registered: {client.Scopes}");
        }

        var now = time.GetUtcNow();
        var family = new TokenFamily(Guid.CreateVersion7(now), client.Tenant, client.Id, null, scopes) { CreatedAt = now, ExpiresAt = now + tokens.Life(service: true) };
        await store.AddAsync(family, ct);
        var (token, seconds) = await tokens.IssueAsync(addresses, family, scopes, ct);
        // RFC 6749, section 4.4.3: no refresh token.
        return new Dictionary<string, object>
        {
            ["access_token"] = token,
            ["token_type"] = "Bearer",
            ["expires_in"] = seconds,
            ["scope"] = scopes.ToString(),
        };
    }
}
