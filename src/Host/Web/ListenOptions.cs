using System.ComponentModel.DataAnnotations;

namespace Salus.Host.Web;

/// <summary>Where the server listens and under which names, section <c>Salus</c>. <see cref="Listening"/> has the rules.</summary>
internal sealed class ListenOptions
{
    /// <summary>The address of this machine. Default 127.0.0.1. Beyond loopback (0.0.0.0 for all) only with sign-in, and with TLS or behind a proxy.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port. Default 8080; 0 lets the system choose.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>Names under which others reach the server, such as <c>record.example.org</c>. Default: its own name and addresses. Requests under any other are refused.</summary>
    public string[] Hosts { get; set; } = [];

    /// <summary>A port for plain HTTP that only redirects to the one with TLS. Default none; 0 lets the system choose.</summary>
    [Range(0, 65535)]
    public int? RedirectPort { get; set; }

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/24</c>) of reverse proxies that end TLS. What they say in <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> is
    /// believed, and without TLS of our own nobody else is answered. Default none.
    /// </summary>
    public string[] BehindProxy { get; set; } = [];

    /// <summary>Origins whose pages may call <c>/fhir</c> and <c>/oauth</c> with a token, such as <c>https://app.example.org</c>. Default none.</summary>
    public string[] AllowedOrigins { get; set; } = [];
}
