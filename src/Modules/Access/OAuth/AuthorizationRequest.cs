using Microsoft.AspNetCore.WebUtilities;
using Salus.Access.Apps;

namespace Salus.Access.OAuth;

/// <summary>The checks of a request to /oauth/authorize that do not depend on who is asked. In the order of OAuth 2.1, section 4.1.1: first whom an error may be told.</summary>
internal static class AuthorizationRequest
{
    private const int LongestState = 2000;

    /// <summary>The redirect URI, when it is one of the client's; else why the user is told, and nobody is redirected (OAuth 2.1, section 4.1.2.1).</summary>
    public static Answer<string> RedirectUri(Client? client, Parameters query)
    {
        if (client is null || !client.Active || client.Kind == ClientKind.Service)
        {
            return OAuthError.Request("There is no app with this client_id whom one could allow something. Ask who runs it.");
        }

        // OAuth 2.1, section 4.1.1: needed, even if there is only one.
        return query["redirect_uri"] is { } asked && RedirectUris.Match(client.RedirectUris, asked)
            ? asked
            : OAuthError.Request("The redirect_uri is not, character by character, one that this app is registered with. Ask who runs it.");
    }

    /// <summary>What is wrong with the rest; null when nothing is.</summary>
    public static OAuthError? Problem(Parameters query, OAuthAddresses addresses)
    {
        if (query["request"] is not null || query["request_uri"] is not null)
        {
            return new OAuthError("request_not_supported", "Requests by value or reference (request, request_uri) are not supported.");
        }

        // OAuth 2.1: codes only, no tokens in addresses.
        if (query["response_type"] != "code")
        {
            return new OAuthError("unsupported_response_type", "response_type has to be code.");
        }

        if (query["response_mode"] is not (null or "query"))
        {
            return OAuthError.Request("response_mode has to be query, or left out.");
        }

        // OAuth 2.1, section 4.1.1 and RFC 9700, section 2.1.1: PKCE for everybody, and plain would be no protection.
        if (query["code_challenge_method"] != "S256" || query["code_challenge"] is not { } challenge || !Pkce.IsChallenge(challenge))
        {
            return OAuthError.Request("PKCE is needed: code_challenge_method=S256 and a code_challenge of 43 characters (RFC 7636).");
        }

        // SMART App Launch 2.2, section "Request authorization code": state and aud are required.
        if (query["state"] is not { Length: <= LongestState })
        {
            return OAuthError.Request($"state is needed, at most {LongestState} characters.");
        }

        // OpenID Connect Core, section 3.1.2.1: seconds.
        if (query["max_age"] is { } age && !age.All(char.IsAsciiDigit))
        {
            return OAuthError.Request("max_age has to be a number of seconds.");
        }

        return query["aud"]?.TrimEnd('/') == addresses.Fhir ? null : OAuthError.Request($"aud has to be the address of the FHIR API that the token is for: {addresses.Fhir}");
    }

    /// <summary>Back to the app, with <c>state</c>, and <c>iss</c> so that it knows whose answer it is (RFC 9207, section 2).</summary>
    public static string Back(string redirectUri, OAuthAddresses addresses, string? state, params (string Name, string Value)[] answer)
    {
        var parameters = answer.ToDictionary(a => a.Name, a => (string?)a.Value);
        parameters["iss"] = addresses.Issuer;
        if (state is not null)
        {
            parameters["state"] = state;
        }

        return QueryHelpers.AddQueryString(redirectUri, parameters);
    }

    public static string Back(string redirectUri, OAuthAddresses addresses, string? state, OAuthError error) =>
        Back(redirectUri, addresses, state, ("error", error.Code), ("error_description", error.Description));
}
