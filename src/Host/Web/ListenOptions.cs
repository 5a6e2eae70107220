using System.ComponentModel.DataAnnotations;
using System.Net;
using Salus.Kernel;

namespace Salus.Host.Web;

/// <summary>Where the server listens, section <c>Salus</c>.</summary>
internal sealed class ListenOptions
{
    /// <summary>The address. Default 127.0.0.1; only loopback addresses are taken while there is no sign-in.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port. Default 8080; 0 lets the system choose.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>The endpoint to bind.</summary>
    /// <exception cref="CannotStartException">The address is not a loopback address, here or in the framework's own settings.</exception>
    public IPEndPoint Endpoint(IConfiguration configuration)
    {
        var address = Address is "localhost" ? "127.0.0.1" : Address;
        if (!IPAddress.TryParse(address, out var ip) || !IPAddress.IsLoopback(ip))
        {
            throw Refuse("Salus:Address", Address);
        }

        // These would be passed over in silence, and somebody would believe that the server is on the network.
        foreach (var key in (string[])["urls", "http_ports", "https_ports"])
        {
            if (configuration[key] is { Length: > 0 } value && !value.Split(';').All(IsLoopback))
            {
                throw Refuse(key, value);
            }
        }

        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().FirstOrDefault() is { } endpoint)
        {
            throw Refuse(endpoint.Path, endpoint["Url"] ?? "");
        }

        return new IPEndPoint(ip, Port);
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback;

    private static CannotStartException Refuse(string key, string value) => new(
        $"{key} is '{value}': Salus has no sign-in yet, so it listens on this machine only. Use 127.0.0.1 or ::1, and reach it from elsewhere through a tunnel that asks who you are.");
}
