using Microsoft.AspNetCore.Http;
using Salus.Access.Gate;
using Salus.Kernel;

namespace Salus.Access;

/// <summary>An OperationOutcome as the answer of a route.</summary>
internal sealed class Answer(int status, string code, string message, string? field = null) : IResult
{
    public TimeSpan? RetryAfter { get; init; }

    public static Answer Invalid(string field, string reason) => new(StatusCodes.Status422UnprocessableEntity, "value", reason, field);

    public static Answer Conflict(string reason) => new(StatusCodes.Status409Conflict, "conflict", reason);

    public static Answer NotFound(string reason) => new(StatusCodes.Status404NotFound, "not-found", reason);

    public static Answer Forbidden(string reason) => new(StatusCodes.Status403Forbidden, "forbidden", reason);

    public static Answer SignInFirst() => new(StatusCodes.Status401Unauthorized, "login", "Sign in first.");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (RetryAfter is { } wait)
        {
            httpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return Refusal.WriteAsync(httpContext, status, code, message, field);
    }
}

/// <summary>Failures to read what was sent, as answers.</summary>
internal static class Body
{
    public static Answer Refuse(Failure failure)
    {
        var status = failure.Kind switch
        {
            FailureKind.Conflict => StatusCodes.Status409Conflict,
            FailureKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
            FailureKind.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
            _ => StatusCodes.Status422UnprocessableEntity,
        };
        return new(status, failure.Problems[0].Code, failure.Problems[0].Message, failure.Problems[0].Path);
    }
}
