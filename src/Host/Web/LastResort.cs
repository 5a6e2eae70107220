using System.Text;
using System.Text.Json;
using Npgsql;

namespace Salus.Host.Web;

/// <summary>Catches what no module expected: logs it, and answers with an OperationOutcome that gives nothing away.</summary>
internal sealed partial class LastResort(RequestDelegate next, ILogger<LastResort> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, e.StatusCode, e.StatusCode == 413 ? "too-long" : "invalid", e.Message);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException && !http.Response.HasStarted)
        {
            await WriteAsync(http, 503, "transient", "The database is away. Ask again in a moment.");
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Failed(log, e, http.Request.Method, (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
            await WriteAsync(http, 500, "exception", $"Salus failed at this request; that is a bug. Its log has the details under {http.TraceIdentifier}.");
        }
    }

    /// <summary>Answers with an OperationOutcome instead of whatever was begun.</summary>
    internal static Task WriteAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.Clear();
        SecurityHeaders.Set(http.Response.Headers);
        http.Response.StatusCode = status;
        http.Response.Headers.RetryAfter = status == 503 ? "5" : default;
        http.Response.ContentType = "application/fhir+json; charset=utf-8";
        var body = Encoding.UTF8.GetBytes(
            $$"""{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"{{code}}","diagnostics":{{JsonSerializer.Serialize(message)}}}]}""");
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body).AsTask();
    }

    // The route's pattern, never the path: that holds identifiers of patients.
    [LoggerMessage(1, LogLevel.Error, "A request failed: {Method} {Route}")]
    private static partial void Failed(ILogger logger, Exception exception, string method, string? route);
}
