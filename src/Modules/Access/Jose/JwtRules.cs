using System.Text.Json;
using Salus.Kernel;

namespace Salus.Access.Jose;

/// <summary>What a token has to be, chosen by whoever verifies it.</summary>
/// <param name="Algorithms">The allow-list.</param>
/// <param name="Type">The <c>typ</c> that it has to have (RFC 8725, section 3.11); null where it may be <c>JWT</c> or missing.</param>
/// <param name="Issuer">Its <c>iss</c>.</param>
/// <param name="Audiences">Of these, one has to be in its <c>aud</c>.</param>
/// <param name="Longest">How far <c>exp</c> may be ahead.</param>
/// <param name="Skew">How far the clock of the issuer may be off.</param>
internal sealed record JwtRules(IReadOnlyList<JwsAlgorithm> Algorithms, string? Type, string Issuer, IReadOnlyList<string> Audiences, TimeSpan Longest, TimeSpan Skew)
{
    /// <summary>The claims of a token that meets all of it and is signed by one of the keys.</summary>
    /// <param name="key">Finds a known key by its <c>kid</c>. Keys or addresses of keys in the token (<c>jwk</c>, <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never looked at.</param>
    public Outcome<JwtClaims> Verify(string token, Func<string, PublicKey?> key, DateTimeOffset now)
    {
        var read = CompactJws.Read(token);
        if (read.Failed(out var failure))
        {
            return failure;
        }

        var jws = read.Value;
        // RFC 8725, sections 3.1 and 3.2: the list decides, then the key, and the token's word has to agree with both.
        if (jws.Algorithm is not { } algorithm || !Algorithms.Contains(algorithm))
        {
            return Refuse($"has to be signed with {string.Join(" or ", Algorithms)}");
        }

        if (Type is null ? jws.Type is not (null or "jwt") : jws.Type != Type)
        {
            return Refuse($"has to be of the type {Type ?? "JWT"}");
        }

        if (jws.KeyId is not { Length: > 0 } id || key(id) is not { } known || known.Algorithm != algorithm)
        {
            return Refuse("names no key (kid) that is known for its algorithm");
        }

        if (!known.Verifies(jws.Signed, jws.Signature))
        {
            return Refuse("has a signature that is not of its key");
        }

        return StrictJson.Object(jws.Payload) is { } claims ? Check(new JwtClaims(claims), now) : Refuse("has claims that are no JSON object, or has one twice");
    }

    private Outcome<JwtClaims> Check(JwtClaims claims, DateTimeOffset now)
    {
        if (claims.Issuer != Issuer)
        {
            return Refuse($"is of another issuer (iss) than {Issuer}");
        }

        if (!claims.Audience.Any(a => Audiences.Contains(a, StringComparer.Ordinal)))
        {
            return Refuse($"is for another audience (aud) than {string.Join(" or ", Audiences)}");
        }

        // RFC 7519, sections 4.1.4 to 4.1.6. exp is required of everybody; what cannot be read as a time counts as wrong, not as missing.
        if (claims.Expires is not { } expires || expires <= now - Skew)
        {
            return Refuse("has expired (exp), or does not say when it does");
        }

        if (expires > now + Longest + Skew)
        {
            return Refuse($"lives longer (exp) than {Longest.TotalMinutes:0} minutes");
        }

        return InPast(claims, "nbf", now) && InPast(claims, "iat", now) ? claims : Refuse("is not valid yet (nbf, iat): compare the clocks");
    }

    private bool InPast(JwtClaims claims, string name, DateTimeOffset now) => !claims.Has(name) || (claims.Time(name) is { } time && time <= now + Skew);

    private static Failure Refuse(string reason) => new(FailureKind.Forbidden, "login", $"The token {reason}.");
}
