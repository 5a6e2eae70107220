using System.Text;
using Microsoft.AspNetCore.Http;
using Salus.Access.Apps;
using Salus.Access.Jose;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Finds out which app calls the token endpoint, and whether it is the one.</summary>
internal sealed class ClientAuthentication(ClientStore clients, ClientKeys keys, TokenStore tokens, Database database, TimeProvider time)
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    // SMART App Launch 2.2, client-confidential-asymmetric: exp at most five minutes ahead.
    private static readonly TimeSpan LongestAssertion = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>The app, authenticated as its registration wants it; a public one is only named.</summary>
    public async Task<Answer<Client>> AuthenticateAsync(HttpContext http, Parameters form, OAuthAddresses addresses, CancellationToken ct)
    {
        var header = http.Request.Headers.Authorization;
        var (basic, assertion) = (header.Count > 0, form["client_assertion"] is not null || form["client_assertion_type"] is not null);
        // RFC 6749, section 2.3: one method a request. A secret in the body is not taken: bodies are logged more readily than headers (OAuth 2.1, section 2.4.1 lets us).
        if ((basic && assertion) || header.Count > 1 || form["client_secret"] is not null)
        {
            return OAuthError.Request("A client authenticates itself in one way: by the Authorization header (client_secret_basic), or by client_assertion (private_key_jwt).");
        }

        if (!basic && !assertion && form["client_id"] is null && form["grant_type"] == "refresh_token" && form["refresh_token"] is { } refresh)
        {
            return await ByRefreshTokenAsync(refresh, ct);
        }

        var found = (basic, assertion) switch
        {
            (true, _) => await BySecretAsync(header.ToString(), ct),
            (_, true) => await ByAssertionAsync(form, addresses, ct),
            _ => await ByNameAsync(form["client_id"], ct),
        };
        // RFC 6749, section 3.2.1: who names two clients is none of them.
        return found is not null && found.Active && (form["client_id"] is not { } named || named == found.Id) ? found : OAuthError.Client;
    }

    // Only apps that can keep nothing secret come without a secret.
    private async Task<Client?> ByNameAsync(string? id, CancellationToken ct) => id is not null && await clients.FindAsync(id, ct) is { Kind: ClientKind.Public } client ? client : null;

    // RFC 6749, section 6: a refresh token is bound to the client it was issued to, so it names a public one; SMART App Launch 2.2 lists no client_id among the parameters of a refresh.
    // The id of a public app is no secret: what protects the token is that it is used once, and that a second time ends its family. An app with a secret or a key has to prove itself here too.
    private async Task<Answer<Client>> ByRefreshTokenAsync(string token, CancellationToken ct)
    {
        if (await tokens.FindRefreshAsync(token, ct) is not { } known)
        {
            return RefreshGrant.Refused;
        }

        return await ByNameAsync(known.Client, ct) is { Active: true } client ? client : OAuthError.Client;
    }

    // RFC 6749, section 2.3.1: id and secret are form-encoded before they are put together.
    private async Task<Client?> BySecretAsync(string header, CancellationToken ct)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || Decode(header["Basic ".Length..].Trim()) is not { } pair || pair.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon))
        {
            return null;
        }

        var (id, secret) = (Uri.UnescapeDataString(pair[..colon].Replace('+', ' ')), Uri.UnescapeDataString(pair[(colon + 1)..].Replace('+', ' ')));
        return await clients.FindAsync(id, ct) is { Kind: ClientKind.Confidential, SecretHash: { } hash } client && Secret.Matches(secret, hash) ? client : null;
    }

    // RFC 7523, section 3, with what SMART adds to it.
    private async Task<Client?> ByAssertionAsync(Parameters form, OAuthAddresses addresses, CancellationToken ct)
    {
        if (form["client_assertion_type"] != AssertionType || form["client_assertion"] is not { } token || Unverified(token) is not { } id
            || await clients.FindAsync(id, ct) is not { Active: true, Kind: ClientKind.Confidential or ClientKind.Service } client)
        {
            return null;
        }

        var known = await keys.OfAsync(client, CompactJws.Read(token) is { Failure: null, Value: var jws } ? jws.KeyId : null, ct);
        // aud is the token endpoint (SMART); the issuer is what draft-ietf-oauth-rfc7523bis wants, and cannot be mistaken for another server either.
        var rules = new JwtRules(JwsAlgorithms.OfClients, null, client.Id, [addresses.Token, addresses.Issuer], LongestAssertion, Skew);
        var now = time.GetUtcNow();
        var verified = rules.Verify(token, kid => known.FirstOrDefault(k => k.Id == kid), now);
        if (verified.Failed(out _) || verified.Value is not { } claims || claims.Subject != client.Id || claims.Id is not { Length: > 0 and <= 256 } jti)
        {
            return null;
        }

        return await IsFirstAsync(client, jti, claims.Expires!.Value + Skew, ct) ? client : null;
    }

    // RFC 7523, section 3, item 7. One statement, so that of many at once exactly one is the first; its row stays until the assertion is too old anyway.
    private async Task<bool> IsFirstAsync(Client client, string jti, DateTimeOffset until, CancellationToken ct) =>
        await database.Source.RunAsync("insert into access.assertion (client, jti_hash, expires_at) values ($1, $2, $3) on conflict do nothing", ct, client.Id, Secret.Hash(jti), until) == 1;

    // Whose keys to verify with. Nothing else is believed of it before that.
    private static string? Unverified(string token) =>
        CompactJws.Read(token) is { Failure: null, Value: var jws } && StrictJson.Object(jws.Payload) is { } claims ? new JwtClaims(claims).Issuer : null;

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return base64.Length <= 2048 && Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
