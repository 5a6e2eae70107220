using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Salus.Host.Web;

/// <summary>Where TLS is served, a connection without it gets one answer: where to go instead.</summary>
internal sealed class HttpsRedirect(RequestDelegate next, Listening listening, IServer server)
{
    public Task InvokeAsync(HttpContext http)
    {
        // Of the connection: a header that says otherwise does not count.
        if (listening.Tls is null || http.Features.Get<ITlsHandshakeFeature>() is not null)
        {
            return next(http);
        }

        var port = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(BindingAddress.Parse).First(a => a.Scheme == "https").Port;
        var host = port == 443 ? new HostString(http.Request.Host.Host) : new HostString(http.Request.Host.Host, port);
        http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        http.Response.Headers.Location = $"https://{host.ToUriComponent()}{http.Request.PathBase.ToUriComponent()}{http.Request.Path.ToUriComponent()}{http.Request.QueryString.ToUriComponent()}";
        // What came without TLS may have held a secret: nobody should send the rest.
        http.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
