using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Salus.Host.Web;

/// <summary>
/// Gives an OperationOutcome to what is refused before any route is looked for: a request line or headers that are too long, a wrong Host. Kestrel answers
/// by itself, without a body, what it cannot read at all, so its own limits are wider than those that are told here.
/// </summary>
internal sealed class EarlyRefusals : IStartupFilter
{
    private const int MaxLine = 64 * 1024;
    private const int MaxHeaders = 32 * 1024;
    private const int MaxHeaderCount = 100;

    // What is longer than this many times the limit is cut off without a word.
    private const int Margin = 4;

    public static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = MaxLine * Margin;
        limits.MaxRequestHeadersTotalSize = MaxHeaders * Margin;
        limits.MaxRequestHeaderCount = MaxHeaderCount * Margin;
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(RunAsync);
        next(app);
    };

    private static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        if (Refusal(http) is { } refusal)
        {
            await AnswerAsync(http, refusal.Status, refusal.Code, refusal.Message);
            return;
        }

        await next(http);
        if (http.Response is { StatusCode: 400, HasStarted: false, ContentType: null } && http.GetEndpoint() is null)
        {
            await AnswerAsync(
                http, 400, "security", $"The request names the host '{http.Request.Host}'; this server answers only under its own names, such as localhost:{http.Connection.LocalPort}.");
        }
    }

    private static (int Status, string Code, string Message)? Refusal(HttpContext http)
    {
        var line = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length;
        if (line > MaxLine)
        {
            return (414, "too-long", $"The address has {line} characters; {MaxLine} are taken. Send a long search as POST [type]/_search.");
        }

        var headers = http.Request.Headers.Sum(h => h.Value.Sum(v => h.Key.Length + (v?.Length ?? 0) + 4));
        var count = http.Request.Headers.Sum(h => h.Value.Count);
        return headers > MaxHeaders || count > MaxHeaderCount
            ? (431, "too-long", $"The request has {count} headers of {headers} bytes; {MaxHeaderCount} of {MaxHeaders} bytes together are taken.")
            : null;
    }

    private static Task AnswerAsync(HttpContext http, int status, string code, string message)
    {
        if (http.Request.Path.StartsWithSegments("/fhir"))
        {
            return LastResort.WriteAsync(http, status, code, message);
        }

        http.Response.StatusCode = status;
        SecurityHeaders.Set(http);
        return http.Response.WriteAsync(message);
    }
}
