using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Salus.Access.Jose;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>What a verified access token says.</summary>
/// <param name="Family">The authorization that it belongs to.</param>
/// <param name="Scopes">What it carries: all that was granted, or less after a refresh that narrowed it.</param>
internal sealed record AccessToken(Guid Family, string Issuer, string Subject, string Client, Tenant Tenant, ScopeSet Scopes, string? Patient, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>Access tokens: signed JWTs (RFC 9068) that name the family they can be revoked with.</summary>
internal sealed class AccessTokens(SigningKeys keys, IOptions<OAuthOptions> options, TimeProvider time)
{
    private const string Type = "at+jwt";

    // SMART App Launch 2.2, backend services: 300 seconds are recommended for tokens that nobody watches.
    private static readonly TimeSpan ServiceLife = TimeSpan.FromMinutes(5);

    // Clocks of several processes of one installation.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    /// <summary>How long one lives.</summary>
    public TimeSpan Life(bool service) => service && ServiceLife < Longest ? ServiceLife : Longest;

    private TimeSpan Longest => TimeSpan.FromMinutes(options.Value.AccessTokenMinutes);

    /// <summary>Makes one (RFC 9068, section 2), and says for how many seconds. It does not outlive its family.</summary>
    public async Task<(string Text, int Seconds)> IssueAsync(OAuthAddresses addresses, TokenFamily family, ScopeSet scopes, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var expires = now + Life(family.Account is null);
        expires = expires < family.ExpiresAt ? expires : family.ExpiresAt;
        var claims = new JsonObject
        {
            ["iss"] = addresses.Issuer,
            ["sub"] = family.Account?.ToString("N") ?? family.Client,
            ["aud"] = addresses.Fhir,
            ["client_id"] = family.Client,
            ["scope"] = scopes.ToString(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["jti"] = Secret.New(),
            ["tenant"] = family.Tenant.Number,
            ["family"] = family.Id.ToString("N"),
        };
        if (family.Patient is not null)
        {
            claims["patient"] = family.Patient;
        }

        return ((await keys.SignerAsync(ct)).Sign(Type, claims), (int)Math.Round((expires - now).TotalSeconds));
    }

    /// <summary>Signature, type, issuer, audience and times (RFC 9068, section 4). Whether it was revoked stands in the database.</summary>
    public async ValueTask<Outcome<AccessToken>> VerifyAsync(string token, OAuthAddresses addresses, CancellationToken ct)
    {
        var key = await keys.LookupAsync(CompactJws.Read(token) is { Failure: null, Value: var jws } ? jws.KeyId : null, ct);
        var rules = new JwtRules(JwsAlgorithms.Own, Type, addresses.Issuer, [addresses.Fhir], Longest, Skew);
        var now = time.GetUtcNow();
        var verified = rules.Verify(token, key, now);
        if (verified.Failed(out var failure))
        {
            return failure;
        }

        var claims = verified.Value;
        // The skew is for iat; once it has expired here it is over.
        return claims.Expires > now && claims is { Subject: { } subject } && claims.Text("client_id") is { } client && claims.Number("tenant") is { } tenant && claims.Time("iat") is { } issued
            && Guid.TryParseExact(claims.Text("family"), "N", out var family)
            ? new AccessToken(family, addresses.Issuer, subject, client, new Tenant(tenant), ScopeSet.Parse(claims.Text("scope")), claims.Text("patient"), issued, claims.Expires.Value)
            : new Failure(FailureKind.Forbidden, "login", "The token has expired, or is no access token of this server.");
    }
}
