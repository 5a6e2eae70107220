using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>Media types: what is read, what is written, <c>_format</c> and <c>_pretty</c> (http://hl7.org/fhir/R4/http.html#mime-type).</summary>
internal static class Formats
{
    private static readonly HashSet<string> Json = new(StringComparer.OrdinalIgnoreCase) { "application/fhir+json", "application/json", "text/json", "json" };
    private static readonly JsonWriterOptions Indented = new() { Indented = true, SkipValidation = true, Encoder = BundleWriter.Encoder };

    public static bool IsJson(string? contentType) => contentType is not null && Json.Contains(contentType.Split(';')[0].Trim());

    /// <summary>Null, or why the answer cannot be in the form that was asked for.</summary>
    public static Failure? Refuse(HttpRequest request, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        foreach (var (name, value) in query)
        {
            // A '+' in a URL query is a blank.
            if (name == "_format" && !IsJson(value.Replace(' ', '+')))
            {
                return NotAcceptable($"_format={value}");
            }
        }

        var accept = request.Headers.Accept;
        if (accept.Count == 0 || query.Any(p => p.Key == "_format") || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return null;
        }

        // Browsers ask for pages first and take anything; only a client that takes nothing of ours is refused.
        return types.Any(t => t.Quality is not 0 && (t.MatchesAllTypes || IsJson(t.MediaType.Value) || t.MediaType.Value is "application/*" or "text/*")) ? null : NotAcceptable($"Accept: {accept}");
    }

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> json, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        http.Response.ContentType = "application/fhir+json; charset=utf-8";
        if (query.Any(p => p is { Key: "_pretty", Value: "true" }))
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Fhir.Json.ResourceReader.MaxDepth + 8 });
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(json.Length * 2);
            await using (var writer = new Utf8JsonWriter(buffer, Indented))
            {
                document.RootElement.WriteTo(writer);
            }

            json = buffer.WrittenMemory;
        }

        http.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(json, http.RequestAborted);
        }
    }

    private static Failure NotAcceptable(string asked) =>
        new(FailureKind.NotAcceptable, "not-supported", $"'{asked}' is not a form that Salus writes; ask for application/fhir+json.");
}
