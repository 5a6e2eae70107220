using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Salus.Access.OAuth;

/// <summary>The addresses of the authorization server.</summary>
/// <param name="Issuer">Its identifier (RFC 8414, section 2), without a slash at the end.</param>
internal sealed record OAuthAddresses(string Issuer)
{
    /// <summary>The base of the FHIR API: the audience of access tokens.</summary>
    public string Fhir => $"{Issuer}/fhir";

    public string Token => $"{Issuer}/oauth/token";

    /// <summary>The answer where nobody said what the address is.</summary>
    public static readonly OAuthError Unknown = OAuthError.Request("This server was not told its address, so it serves apps on this machine only. Set Salus:Access:OAuth:Issuer to the address that apps use, such as https://salus.example.org.");

    /// <summary>
    /// From the options; else from a request that came over loopback to a loopback name. The Host header of anybody else decides nothing: an issuer of a caller's choice would let them have
    /// an assertion accepted here that a client made for their own server.
    /// </summary>
    public static OAuthAddresses? Of(HttpContext http, IOptions<OAuthOptions> options)
    {
        if (options.Value.Issuer is { Length: > 0 } issuer)
        {
            return new OAuthAddresses(issuer.TrimEnd('/'));
        }

        var local = http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from);
        return local && IsLoopback(http.Request.Host.Host) ? new OAuthAddresses($"{http.Request.Scheme}://{http.Request.Host.Value}") : null;
    }

    /// <summary>Whether a name stands for this machine (RFC 8252, section 7.3).</summary>
    public static bool IsLoopback(string host) => host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
