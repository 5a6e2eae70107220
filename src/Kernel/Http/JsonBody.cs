using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Salus.Kernel;

/// <summary>Bodies of requests to routes outside of <c>/fhir</c>.</summary>
public static class JsonBody
{
    private const int Most = 64 * 1024;

    /// <summary>The body, read as camelCase JSON; a failure with the reason when it is of another media type, too long or no such JSON.</summary>
    public static async Task<Outcome<T>> ReadAsync<T>(HttpContext http)
        where T : class
    {
        if (!http.Request.HasJsonContentType())
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported", "Send application/json.", "Content-Type");
        }

        using var text = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            text.Write(buffer, 0, read);
            if (text.Length > Most)
            {
                return new Failure(FailureKind.TooLarge, "too-long", $"The body is longer than {Most} bytes.");
            }
        }

        try
        {
            using var document = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
            if (Texts.FirstUnstorable(document.RootElement) is { } field)
            {
                return new Failure(FailureKind.Invalid, "value", $"{(field.Length > 0 ? field : "The body")} {Texts.Unstorable}", field.Length > 0 ? field : null);
            }

            return document.Deserialize<T>(JsonSerializerOptions.Web) is { } value
                ? value
                : new Failure(FailureKind.Invalid, "structure", "The body has to be a JSON object.");
        }
        catch (JsonException e)
        {
            // The message of the parser may quote a value: a password.
            return new Failure(FailureKind.Invalid, "structure", $"The body is not the JSON that is expected here{(e.Path is { Length: > 1 } path ? $", at {path}" : "")}.", e.Path?.TrimStart('$', '.'));
        }
    }

    /// <summary>As <see cref="ReadAsync"/>; null when the request has no body.</summary>
    public static async Task<Outcome<T?>> ReadOptionalAsync<T>(HttpContext http)
        where T : class
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return (T?)null;
        }

        var read = await ReadAsync<T>(http);
        return read.Failed(out var failure) ? failure : read.Value;
    }
}
