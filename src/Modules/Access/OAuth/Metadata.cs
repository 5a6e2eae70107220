using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Salus.Access.OAuth;

/// <summary>What apps can find out by themselves: OpenID Connect Discovery, RFC 8414, and SMART App Launch 2.2 (conformance).</summary>
internal sealed class Metadata(SigningKeys keys, IOptions<OAuthOptions> options)
{
    private static readonly string[] Grants = ["authorization_code", "refresh_token", "client_credentials"];
    private static readonly string[] Authentications = ["none", "client_secret_basic", "private_key_jwt"];
    private static readonly string[] AssertionAlgorithms = ["ES384", "RS384"];
    private static readonly string[] Capabilities =
    [
        "launch-ehr", "launch-standalone", "authorize-post", "client-public", "client-confidential-symmetric", "client-confidential-asymmetric", "sso-openid-connect", "context-banner",
        "context-ehr-patient", "context-standalone-patient", "permission-offline", "permission-online", "permission-patient", "permission-user", "permission-v1", "permission-v2",
    ];

    /// <summary><c>/fhir/.well-known/smart-configuration</c>.</summary>
    public IResult Smart(HttpContext http) => Answer(http, addresses =>
    {
        var document = Common(addresses);
        document["capabilities"] = Capabilities;
        document["code_challenge_methods_supported"] = (string[])["S256"];
        return document;
    });

    /// <summary><c>/.well-known/openid-configuration</c>.</summary>
    public IResult OpenId(HttpContext http) => Answer(http, addresses =>
    {
        var document = Common(addresses);
        document["userinfo_endpoint"] = $"{addresses.Issuer}/oauth/userinfo";
        document["subject_types_supported"] = (string[])["public"];
        document["id_token_signing_alg_values_supported"] = (string[])["ES256"];
        document["claims_supported"] = (string[])["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "preferred_username", "fhirUser"];
        document["request_uri_parameter_supported"] = false;
        document["code_challenge_methods_supported"] = (string[])["S256"];
        return document;
    });

    /// <summary><c>/oauth/jwks</c>.</summary>
    public async Task<IResult> KeysAsync(HttpContext http, CancellationToken ct)
    {
        // Shorter than the time for which a key is published before it signs.
        http.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Json(await keys.PublishedAsync(ct));
    }

    private static Dictionary<string, object> Common(OAuthAddresses addresses) => new()
    {
        ["issuer"] = addresses.Issuer,
        ["jwks_uri"] = $"{addresses.Issuer}/oauth/jwks",
        ["authorization_endpoint"] = $"{addresses.Issuer}/oauth/authorize",
        ["token_endpoint"] = addresses.Token,
        ["introspection_endpoint"] = $"{addresses.Issuer}/oauth/introspect",
        ["revocation_endpoint"] = $"{addresses.Issuer}/oauth/revoke",
        ["grant_types_supported"] = Grants,
        ["response_types_supported"] = (string[])["code"],
        ["response_modes_supported"] = (string[])["query"],
        ["token_endpoint_auth_methods_supported"] = Authentications,
        ["token_endpoint_auth_signing_alg_values_supported"] = AssertionAlgorithms,
        ["scopes_supported"] = (string[])[.. ScopeSet.KnownWords, "patient/*.cruds", "user/*.cruds", "system/*.cruds"],
        // RFC 9207, section 3.
        ["authorization_response_iss_parameter_supported"] = true,
    };

    private IResult Answer(HttpContext http, Func<OAuthAddresses, Dictionary<string, object>> document) =>
        OAuthAddresses.Of(http, options) is { } addresses ? Results.Json(document(addresses)) : OAuthAddresses.Unknown.ToResult();
}
