using System.Text.Json.Nodes;
using Salus.Access.Accounts;

namespace Salus.Access.OAuth;

/// <summary>The answer with the tokens of a user's app (RFC 6749, section 5.1, with what SMART App Launch and OpenID Connect add).</summary>
internal sealed class IssuedTokens(AccessTokens tokens, SigningKeys keys, TimeProvider time)
{
    /// <param name="scopes">What the access token carries.</param>
    /// <param name="refresh">The refresh token; null for none.</param>
    public async Task<Dictionary<string, object>> AnswerAsync(OAuthAddresses addresses, TokenFamily family, Account account, ScopeSet scopes, string? refresh, CancellationToken ct)
    {
        var (token, seconds) = await tokens.IssueAsync(addresses, family, scopes, ct);
        var answer = new Dictionary<string, object>
        {
            ["access_token"] = token,
            ["token_type"] = "Bearer",
            ["expires_in"] = seconds,
            ["scope"] = scopes.ToString(),
        };
        if (refresh is not null)
        {
            answer["refresh_token"] = refresh;
        }

        // SMART App Launch, launch context: opened from a chart, the app needs not show once more whose it is.
        if (family.Patient is not null)
        {
            answer["patient"] = family.Patient;
            answer["need_patient_banner"] = !family.EhrLaunch;
        }

        if (scopes.Has(ScopeSet.OpenId))
        {
            answer["id_token"] = await IdTokenAsync(addresses, family, account, scopes, ct);
        }

        return answer;
    }

    /// <summary>What is known of a user, as far as the scopes go: OpenID Connect Core, section 5.1; <c>fhirUser</c> is SMART's.</summary>
    public static JsonObject Claims(OAuthAddresses addresses, Account account, ScopeSet scopes)
    {
        var claims = new JsonObject { ["sub"] = account.Id.ToString("N") };
        if (scopes.Has(ScopeSet.Profile))
        {
            claims["name"] = account.Name;
            claims["preferred_username"] = account.UserName;
        }

        if ((scopes.Has(ScopeSet.FhirUser) || scopes.Has(ScopeSet.Profile)) && account.Person is { } person)
        {
            claims["fhirUser"] = $"{addresses.Fhir}/{person}";
        }

        return claims;
    }

    // OpenID Connect Core, section 2.
    private async Task<string> IdTokenAsync(OAuthAddresses addresses, TokenFamily family, Account account, ScopeSet scopes, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var claims = Claims(addresses, account, scopes);
        claims["iss"] = addresses.Issuer;
        claims["aud"] = family.Client;
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["exp"] = (now + tokens.Life(service: false)).ToUnixTimeSeconds();
        if (family.SignedInAt is { } signedIn)
        {
            claims["auth_time"] = signedIn.ToUnixTimeSeconds();
        }

        if (family.Nonce is not null)
        {
            claims["nonce"] = family.Nonce;
        }

        return (await keys.SignerAsync(ct)).Sign("JWT", claims);
    }
}
