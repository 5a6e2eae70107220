using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Accounts.Sessions;

/// <summary>Finds requests that another site made a browser send. Three walls: the token, where the browser says the request is from, and the cookie's SameSite.</summary>
internal static class RequestForgery
{
    public const string Header = "X-Salus-Antiforgery";

    /// <summary>Methods that change nothing: RFC 9110, section 9.2.1.</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>Why the request is refused; null when it comes from a page of this server.</summary>
    /// <param name="secret">Of the cookie that the token belongs to.</param>
    public static string? Refuse(HttpContext http, string secret)
    {
        var request = http.Request;
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site is not ("same-origin" or "none"))
        {
            return "This request comes from a page of another site.";
        }

        if (!OwnOrigin.Sent(request))
        {
            return "This request comes from a page of another site.";
        }

        var sent = Encoding.UTF8.GetBytes(request.Headers[Header].ToString());
        var expected = Encoding.UTF8.GetBytes(SessionCookies.Antiforgery(secret));
        return CryptographicOperations.FixedTimeEquals(sent, expected)
            ? null
            : $"A request that changes something needs the header {Header} with the antiforgery token of GET /access/session, which belongs to the session.";
    }
}
