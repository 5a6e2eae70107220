using Salus.Kernel;

namespace Salus.Access;

/// <summary>Other places where people sign in, section <c>Salus:Access</c>.</summary>
public sealed class ProvidersOptions
{
    /// <summary>The providers by their ids: lower-case letters and digits. Default none.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; set; } = [];
}

/// <summary>An OAuth 2 or OpenID Connect provider, section <c>Salus:Access:Providers:ID</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>As the sign-in page shows it. Default the id.</summary>
    public string? Name { get; set; }

    /// <summary>The issuer of OpenID Connect: its addresses are read from <c>/.well-known/openid-configuration</c> below it. Or name the three addresses.</summary>
    public string? Authority { get; set; }

    /// <summary>Where people are sent. Default from the authority.</summary>
    public string? AuthorizationEndpoint { get; set; }

    /// <summary>Where the code is exchanged. Default from the authority.</summary>
    public string? TokenEndpoint { get; set; }

    /// <summary>Where the claims are asked for. Default from the authority.</summary>
    public string? UserInfoEndpoint { get; set; }

    /// <summary>The id of Salus there.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret of Salus there. Set it by the environment, or by <see cref="ClientSecretFile"/>.</summary>
    [Secret]
    public string? ClientSecret { get; set; }

    /// <summary>A file that holds <see cref="ClientSecret"/>, which others may not read.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>Scopes to ask for, with blanks between. Default <c>openid profile</c>.</summary>
    public string Scopes { get; set; } = "openid profile";

    /// <summary>The claim that names a person there for ever. Default <c>sub</c>.</summary>
    public string SubjectClaim { get; set; } = "sub";

    /// <summary>The claim that is the user name here, by which an account is found the first time. Only for providers where people cannot choose it themselves. Default none: only subjects that are linked already sign in.</summary>
    public string? UserNameClaim { get; set; }

    /// <summary>Whether an account without roles is made for people whom nobody invited; needs <see cref="UserNameClaim"/>. Default false.</summary>
    public bool CreateAccounts { get; set; }

    /// <summary>The number of the tenant whose people sign in there (<c>salus tenants list</c>): no account of another one is opened. Default 1.</summary>
    public int Tenant { get; set; } = 1;
}
