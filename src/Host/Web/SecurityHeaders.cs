using System.Net;

namespace Salus.Host.Web;

/// <summary>Headers that every answer bears. Scripts come from files of ours only; the component library sets styles inline.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // form-action: no form of ours leads elsewhere. Consent answers the page with an address, which then goes there: a navigation, no form.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // What pages use stays on (passkeys, copying a code); devices and sensors are off for them and for whatever they might load.
    private const string Permissions =
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), "
        + "payment=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=(), publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self)";

    // A year, as preload lists and RFC 6797 examples have it; subdomains belong to others.
    private const string StrictTransport = "max-age=31536000";

    public Task InvokeAsync(HttpContext http)
    {
        Set(http);
        return next(http);
    }

    /// <summary>For answers that are made outside of the pipeline, or anew.</summary>
    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Patient data stays out of caches unless a handler knows better.
        headers.CacheControl = "no-store";
        if (http.Request.IsHttps && http.RequestServices.GetService<Listening>() is { StrictTransport: true } && IsName(http.Request.Host.Host))
        {
            headers.StrictTransportSecurity = StrictTransport;
        }
    }

    // RFC 6797, section 8.1.1: not for addresses. And not for localhost, where other programs have other ports.
    private static bool IsName(string host) => host != "localhost" && !IPAddress.TryParse(host, out _);
}
