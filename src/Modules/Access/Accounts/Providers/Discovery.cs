using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Options;
using ProviderSettings = Microsoft.AspNetCore.Authentication.OAuth.OAuthOptions;

namespace Salus.Access.Accounts.Providers;

/// <summary>Reads the addresses of a provider from its discovery document (OpenID Connect Discovery 1.0, section 4), when they are first needed.</summary>
internal sealed class Discovery(IOptionsMonitor<ProviderSettings> options)
{
    /// <summary>Stands for an address that is not known yet.</summary>
    public const string Unknown = "https://unknown.invalid/";

    private sealed record Document(
        [property: JsonPropertyName("issuer")] string? Issuer,
        [property: JsonPropertyName("authorization_endpoint")] string? Authorization,
        [property: JsonPropertyName("token_endpoint")] string? Token,
        [property: JsonPropertyName("userinfo_endpoint")] string? UserInfo);

    /// <summary>Why the provider cannot be used now; null when its addresses are known.</summary>
    public async Task<string?> CompleteAsync(string scheme, ProviderOptions provider, CancellationToken ct)
    {
        var oauth = options.Get(scheme);
        if (oauth.AuthorizationEndpoint != Unknown && oauth.TokenEndpoint != Unknown && oauth.UserInformationEndpoint != Unknown)
        {
            return null;
        }

        var authority = provider.Authority!.TrimEnd('/');
        try
        {
            var document = await oauth.Backchannel.GetFromJsonAsync<Document>($"{authority}/.well-known/openid-configuration", ct);
            // Section 4.3: otherwise another provider could answer for this one.
            if (document?.Issuer?.TrimEnd('/') != authority || new[] { document.Authorization, document.Token, document.UserInfo }.Any(a => a is null || Problem(a) is not null))
            {
                return "The provider's discovery document names another issuer, or lacks an address by TLS.";
            }

            oauth.UserInformationEndpoint = provider.UserInfoEndpoint ?? document.UserInfo!;
            oauth.TokenEndpoint = provider.TokenEndpoint ?? document.Token!;
            oauth.AuthorizationEndpoint = provider.AuthorizationEndpoint ?? document.Authorization!;
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return "The provider cannot be reached. Sign in with a password, or try again later.";
        }
    }

    /// <summary>What is wrong with an address; null when nothing is.</summary>
    public static string? Problem(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            ? null
            : $"'{address}' is no https address. Secrets go there; http is for this machine only.";
}
