using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Gate;

/// <summary>An OperationOutcome instead of the answer.</summary>
internal static class Refusal
{
    /// <param name="code">Of http://hl7.org/fhir/R4/valueset-issue-type.html.</param>
    /// <param name="field">The field of the request that is wrong; null for none.</param>
    public static Task WriteAsync(HttpContext http, int status, string code, string message, string? field = null)
    {
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            // RFC 6750, section 3.
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        if (http.Features.Get<BearerChallenge>() is { } challenge)
        {
            http.Response.Headers.WWWAuthenticate = challenge.ToString();
        }

        http.Response.ContentType = "application/fhir+json; charset=utf-8";
        return WriteAsync(http, w => OutcomeJson.WriteIssue(w, "error", code, message, field));
    }

    private static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> issue)
    {
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter);
        OutcomeJson.Write(writer, issue);
    }
}
