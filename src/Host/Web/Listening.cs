using System.Net;
using System.Net.Sockets;
using Salus.Access;
using Salus.Host.Web.Tls;
using Salus.Kernel;

namespace Salus.Host.Web;

/// <summary>Where the server listens, after the rules: beyond this machine only for people who sign in, and never without encryption on the way.</summary>
/// <param name="Endpoint">The endpoint to bind.</param>
/// <param name="Redirect">A plain one that only redirects; null for none.</param>
/// <param name="Names">Every name under which it answers.</param>
/// <param name="Proxies">Whose forwarded headers are believed.</param>
/// <param name="Origins">Whose pages may call the API.</param>
/// <param name="Tls">How it encrypts; null for plain HTTP.</param>
internal sealed record Listening(
    IPEndPoint Endpoint, IPEndPoint? Redirect, IReadOnlyList<string> Names, IReadOnlyList<IPNetwork> Proxies, IReadOnlyList<string> Origins, TlsOptions? Tls)
{
    private static readonly string[] Frameworks = ["urls", "http_ports", "https_ports"];

    /// <summary>Whether others than this machine can reach it.</summary>
    public bool IsOpen => !IPAddress.IsLoopback(Endpoint.Address);

    /// <summary>Whether browsers are told to come with TLS only. Not for a certificate made here: they would refuse it for good.</summary>
    public bool StrictTransport => Tls is { Development: false } || Proxies.Count > 0;

    /// <summary>Whether only the listed proxies are answered.</summary>
    public bool ProxiesOnly => Tls is null && Proxies.Count > 0 && IsOpen;

    /// <summary>Reads the settings and applies the rules.</summary>
    /// <exception cref="CannotStartException">They do not fit: one line with the way out.</exception>
    public static Listening Read(IConfiguration configuration)
    {
        var options = ConfiguredOptions.Read<ListenOptions>(configuration, "Salus");
        var tls = ConfiguredOptions.Read<TlsOptions>(configuration, TlsOptions.Section);
        tls.Check();
        var address = Address(options.Address);
        var listening = new Listening(
            new IPEndPoint(address, options.Port),
            options.RedirectPort is { } port ? new IPEndPoint(address, port) : null,
            OwnNames.Of(address, Hosts(options.Hosts)),
            [.. options.BehindProxy.Select(Network)],
            [.. options.AllowedOrigins.Select(Origin)],
            tls.IsSet ? tls : null);
        RefuseFrameworkSettings(configuration);
        listening.RefuseUnsafe(ConfiguredOptions.Read<AccessOptions>(configuration, "Salus:Access").SignIn, options);
        return listening;
    }

    private void RefuseUnsafe(bool signIn, ListenOptions options)
    {
        var reason = IsOpen ? $"Salus:Address is '{options.Address}'"
            : Proxies.Count > 0 ? $"Salus:BehindProxy is '{string.Join(", ", options.BehindProxy)}'"
            : options.Hosts.Length > 0 ? $"Salus:Hosts is '{string.Join(", ", options.Hosts)}'" : null;
        if (reason is not null && !signIn)
        {
            throw new CannotStartException($"{reason}: without sign-in Salus serves this machine only. Turn sign-in on (Salus:Access:SignIn=true), or listen on 127.0.0.1 alone.");
        }

        if (IsOpen && Tls is null && Proxies.Count == 0)
        {
            throw new CannotStartException(
                $"Salus:Address is '{options.Address}': beyond this machine Salus speaks TLS only. Give it a certificate (--tls-certificate FILE --tls-key FILE), have one made for trying it out "
                + "(--dev-certificate), name the proxy that ends TLS (Salus:BehindProxy), or use 127.0.0.1.");
        }

        if (Redirect is not null && Tls is null)
        {
            throw new CannotStartException("Salus:RedirectPort leads plain HTTP to TLS, and there is no TLS here. Give a certificate (--tls-certificate), or leave the setting out.");
        }
    }

    private static IPAddress Address(string text) => IPAddress.TryParse(text is "localhost" ? "127.0.0.1" : text, out var ip)
        ? ip
        : throw new CannotStartException($"Salus:Address is '{text}', but it has to be an address of this machine: 127.0.0.1 for this machine alone, 0.0.0.0 for all networks. Names go to Salus:Hosts.");

    private static string[] Hosts(string[] hosts)
    {
        foreach (var host in hosts)
        {
            if (Uri.CheckHostName(host) is UriHostNameType.Unknown)
            {
                throw new CannotStartException($"Salus:Hosts has '{host}', which is no name of a host. Write it without scheme, port and wildcards: record.example.org.");
            }
        }

        return hosts;
    }

    private static IPNetwork Network(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        return IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0
            ? network
            : throw new CannotStartException($"Salus:BehindProxy has '{text}', which is neither an address nor a network of the proxy, such as 10.0.0.5 or 10.0.0.0/24.");
    }

    private static string Origin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text
        ? text
        : throw new CannotStartException($"Salus:AllowedOrigins has '{text}', which is no origin. Write scheme, host and port alone, in lower case: https://app.example.org.");

    // These would be passed over in silence, or would believe everybody.
    private static void RefuseFrameworkSettings(IConfiguration configuration)
    {
        foreach (var key in Frameworks)
        {
            if (configuration[key] is { Length: > 0 } value && !value.Split(';').All(IsLoopback))
            {
                throw Framework(key, value, "Salus:Address, such as 127.0.0.1, and Salus:Port");
            }
        }

        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().FirstOrDefault() is { } endpoint)
        {
            throw Framework(endpoint.Path, endpoint["Url"] ?? "", "Salus:Address, Salus:Port and Salus:Tls");
        }

        if (string.Equals(configuration["FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase))
        {
            throw Framework("FORWARDEDHEADERS_ENABLED", "true", "Salus:BehindProxy, which names whom to believe");
        }
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback;

    private static CannotStartException Framework(string key, string value, string instead) => new($"{key} is '{value}', which Salus does not follow. Leave it out and use {instead}.");
}
