using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Salus.Kernel;

/// <summary>A failure as the answer of a route: its status, and an OperationOutcome with every problem (http://hl7.org/fhir/R4/operationoutcome.html). Routes below <c>/fhir</c> have an edge of their own.</summary>
public sealed class Refused(Failure failure) : IResult
{
    /// <summary>Status of each kind of failure; the one place for all modules.</summary>
    public static int Status(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => 400,
        FailureKind.NotFound => 404,
        FailureKind.Gone => 410,
        FailureKind.Conflict => 409,
        FailureKind.PreconditionFailed => 412,
        FailureKind.Forbidden => 403,
        FailureKind.NotSupported => 400,
        FailureKind.UnsupportedMediaType => 415,
        FailureKind.NotAcceptable => 406,
        FailureKind.TooLarge => 413,
        FailureKind.TooCostly or FailureKind.Unprocessable => 422,
        FailureKind.Busy => 429,
        _ => 503,
    };

    /// <summary>Seconds after which what is busy or away is to be asked again.</summary>
    public int RetryAfter { get; init; } = 1;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = failure is { Kind: FailureKind.Forbidden, Problems: [{ Code: "login" }, ..] } ? 401 : Status(failure.Kind);
        if (failure.Kind is FailureKind.Busy or FailureKind.Unavailable)
        {
            httpContext.Response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        httpContext.Response.ContentType = "application/fhir+json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter);
        OutcomeJson.Write(writer, failure.Problems);
    }
}
