using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Salus.Kernel;

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
        catch (Exception e) when (DatabaseFault.Is(e) && e is not IOException && !http.Response.HasStarted)
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
    /// <param name="retryAfter">Seconds; by default 5 with 503, and not said otherwise.</param>
    internal static Task WriteAsync(HttpContext http, int status, string code, string message, int? retryAfter = null)
    {
        http.Response.Clear();
        SecurityHeaders.Set(http);
        http.Response.StatusCode = status;
        http.Response.Headers.RetryAfter = (retryAfter ?? (status == 503 ? 5 : null)) is { } seconds ? seconds.ToString(CultureInfo.InvariantCulture) : default;
        http.Response.ContentType = "application/fhir+json; charset=utf-8";
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            OutcomeJson.Write(writer, [new Problem(code, message)]);
        }

        http.Response.ContentLength = body.WrittenCount;
        return http.Response.Body.WriteAsync(body.WrittenMemory).AsTask();
    }

    // The route's pattern, never the path: that holds identifiers of patients.
    [LoggerMessage(1, LogLevel.Error, "A request failed: {Method} {Route}")]
    private static partial void Failed(ILogger logger, Exception exception, string method, string? route);
}
