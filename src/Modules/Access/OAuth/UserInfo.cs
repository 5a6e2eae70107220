using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Gate;

namespace Salus.Access.OAuth;

/// <summary>GET /oauth/userinfo (OpenID Connect Core, section 5.3), with an access token that has the scope openid.</summary>
internal sealed class UserInfo(UserCallers users, IOptions<OAuthOptions> options)
{
    public async Task<IResult> GetAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Features.Get<LivingToken>() is not { Living.Family: var family, Scopes: var scopes } || await users.AccountAsync(family, ct) is not { } account)
        {
            await Refusal.WriteAsync(http, StatusCodes.Status401Unauthorized, "login", "This needs an access token of a user.");
            return Results.Empty;
        }

        if (!scopes.Has(ScopeSet.OpenId))
        {
            http.Features.Set(new BearerChallenge("insufficient_scope", "The scope openid is needed."));
            await Refusal.WriteAsync(http, StatusCodes.Status403Forbidden, "forbidden", "The scope openid is needed.");
            return Results.Empty;
        }

        OAuthError.NoStore(http);
        return Results.Json(IssuedTokens.Claims(OAuthAddresses.Of(http, options)!, account, scopes));
    }
}
