using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Salus.Access.Jose;

namespace Salus.Access.Accounts.Sessions;

/// <summary>The three cookies: of the session, of a page without one yet, of a browser that is known. All are random, and for the server only.</summary>
internal static class SessionCookies
{
    private const string Session = "salus";
    private const string Start = "salus-start";
    private const string Device = "salus-device";

    public static string? SessionOf(HttpContext http) => Get(http, Session);

    public static string? StartOf(HttpContext http) => Get(http, Start);

    public static string? DeviceOf(HttpContext http) => Get(http, Device);

    // Lax, so that a link from elsewhere (a mail, the launch of an app) finds the session; every change needs the antiforgery token beside it.
    public static void SetSession(HttpContext http, string secret) => Set(http, Session, secret, SameSiteMode.Lax, null);

    public static void SetStart(HttpContext http, string secret) => Set(http, Start, secret, SameSiteMode.Lax, null);

    public static void SetDevice(HttpContext http, string secret) => Set(http, Device, secret, SameSiteMode.Strict, TimeSpan.FromDays(365));

    public static void RemoveSession(HttpContext http) => http.Response.Cookies.Delete(Name(http, Session), Options(http, SameSiteMode.Lax, null));

    /// <summary>The token that a page has to send with what it changes: only who has the cookie, or an answer to it, knows it.</summary>
    public static string Antiforgery(string secret) => StrictBase64Url.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "salus antiforgery"u8));

    private static string? Get(HttpContext http, string name) => http.Request.Cookies.TryGetValue(Name(http, name), out var value) && value.Length is > 0 and <= 100 ? value : null;

    private static void Set(HttpContext http, string name, string value, SameSiteMode site, TimeSpan? age) => http.Response.Cookies.Append(Name(http, name), value, Options(http, site, age));

    // With the prefix a browser takes the cookie only from this host by TLS, so that no neighbouring host can plant one.
    private static string Name(HttpContext http, string name) => http.Request.IsHttps ? $"__Host-{name}" : name;

    private static CookieOptions Options(HttpContext http, SameSiteMode site, TimeSpan? age) =>
        new() { HttpOnly = true, Secure = http.Request.IsHttps, SameSite = site, Path = "/", MaxAge = age, IsEssential = true };
}
