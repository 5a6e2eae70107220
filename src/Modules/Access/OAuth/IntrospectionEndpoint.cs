using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Apps;

namespace Salus.Access.OAuth;

/// <summary>POST /oauth/introspect (RFC 7662) and POST /oauth/revoke (RFC 7009).</summary>
internal sealed class IntrospectionEndpoint(ClientAuthentication authentication, BearerIdentity bearers, TokenStore store, UserCallers users, IOptions<OAuthOptions> options)
{
    private static readonly object Inactive = new { active = false };

    public async Task<IResult> IntrospectAsync(HttpContext http, CancellationToken ct)
    {
        var read = await ReadAsync(http, ct);
        OAuthError.NoStore(http);
        if (read.Failed(out var error))
        {
            return error.ToResult();
        }

        var (client, token, addresses) = read.Value;
        // RFC 7662, section 2.1: who is not authenticated would try tokens until one is active.
        return client.Kind == ClientKind.Public ? OAuthError.Client.ToResult() : Results.Json(await AnswerAsync(client, token, addresses, ct));
    }

    public async Task<IResult> RevokeAsync(HttpContext http, CancellationToken ct)
    {
        var read = await ReadAsync(http, ct);
        if (read.Failed(out var error))
        {
            return error.ToResult();
        }

        var (client, token, addresses) = read.Value;
        // RFC 7009, section 2.1: only what is the client's own; its access token ends together with its refresh token. token_type_hint need not be heeded.
        if (await store.FindRefreshAsync(token, ct) is { } refresh)
        {
            if (refresh.Client == client.Id)
            {
                await store.RevokeAsync(refresh.Id, "revoked by the app", ct);
            }
        }
        else if (await bearers.FindAsync(token, addresses, ct) is { Failure: null, Value: var living } && living.Token.Client == client.Id)
        {
            await store.RevokeAsync(living.Token.Family, "revoked by the app", ct);
        }

        // Section 2.2: 200 for unknown tokens too.
        return Results.Ok();
    }

    // Of its own tokens; a resource server that was registered for it, of all.
    private async Task<object> AnswerAsync(Client client, string token, OAuthAddresses addresses, CancellationToken ct)
    {
        bool MayAsk(string owner) => owner == client.Id || client.Scopes.Has(ScopeSet.Introspect);

        if (await store.FindRefreshAsync(token, ct) is { } refresh)
        {
            return refresh.Active && MayAsk(refresh.Client) ? new { active = true, client_id = refresh.Client } : Inactive;
        }

        if (await bearers.FindAsync(token, addresses, ct) is not { Failure: null, Value: var living } || !MayAsk(living.Token.Client))
        {
            return Inactive;
        }

        var account = living.Living.Family.Account is null ? null : await users.AccountAsync(living.Living.Family, ct);
        return living.Living.Family.Account is not null && account is null ? Inactive : Describe(living, account, addresses);
    }

    // RFC 7662, section 2.2; patient and fhirUser are SMART's.
    private static Dictionary<string, object> Describe(LivingToken living, Account? account, OAuthAddresses addresses)
    {
        var token = living.Token;
        var answer = new Dictionary<string, object>
        {
            ["active"] = true,
            ["scope"] = living.Scopes.ToString(),
            ["client_id"] = token.Client,
            ["token_type"] = "Bearer",
            ["sub"] = token.Subject,
            ["iss"] = token.Issuer,
            ["aud"] = addresses.Fhir,
            ["iat"] = token.IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = token.ExpiresAt.ToUnixTimeSeconds(),
        };
        if (token.Patient is not null)
        {
            answer["patient"] = token.Patient;
        }

        if (account is not null)
        {
            answer["username"] = account.UserName;
        }

        if (account?.Person is { } person && living.Scopes.Has(ScopeSet.FhirUser))
        {
            answer["fhirUser"] = $"{addresses.Fhir}/{person}";
        }

        return answer;
    }

    private async Task<Answer<(Client, string, OAuthAddresses)>> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (OAuthAddresses.Of(http, options) is not { } addresses)
        {
            return OAuthAddresses.Unknown;
        }

        var form = await Parameters.OfFormAsync(http);
        if (form.Failed(out var error))
        {
            return error;
        }

        var client = await authentication.AuthenticateAsync(http, form.Value, addresses, ct);
        if (client.Failed(out error))
        {
            return error;
        }

        return form.Value["token"] is { } token ? (client.Value, token, addresses) : OAuthError.Request("token is needed.");
    }
}
