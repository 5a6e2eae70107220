using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Salus.Host.Web;

/// <summary>
/// In front of everything: whom a request comes from. Without TLS of our own beyond this machine, only the listed proxies are answered; what they forward about
/// the client is believed, what anybody else says is not.
/// </summary>
internal sealed class ProxyRules(Listening listening) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (listening.ProxiesOnly)
        {
            app.Use(RefuseOthersAsync);
        }

        if (listening.Proxies.Count > 0)
        {
            app.UseForwardedHeaders(Options());
        }

        next(app);
    };

    private ForwardedHeadersOptions Options()
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // A chain of proxies is followed as far as they are listed.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in listening.Proxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        foreach (var name in listening.Names)
        {
            options.AllowedHosts.Add(OwnNames.InUrl(name));
        }

        return options;
    }

    private Task RefuseOthersAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Connection.RemoteIpAddress is { } from && IsProxy(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from))
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        http.Response.Headers.Connection = "close";
        SecurityHeaders.Set(http);
        return http.Response.WriteAsync("This server answers its proxy only, which encrypts the way to it.");
    }

    private bool IsProxy(IPAddress address) => listening.Proxies.Any(p => p.Contains(address));
}
