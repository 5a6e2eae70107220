using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>Media types: what is read, what is written, <c>_format</c> and <c>_pretty</c> (http://hl7.org/fhir/R4/http.html#mime-type). JSON is what is stored; XML is translated.</summary>
internal static class Formats
{
    private static readonly HashSet<string> Json = new(StringComparer.OrdinalIgnoreCase) { "application/fhir+json", "application/json", "text/json", "json" };
    private static readonly HashSet<string> Xml = new(StringComparer.OrdinalIgnoreCase) { "application/fhir+xml", "application/xml", "text/xml", "xml" };
    private static readonly JsonWriterOptions Indented = new() { Indented = true, SkipValidation = true, Encoder = BundleWriter.Encoder };

    public static bool IsJson(string? contentType) => IsOneOf(Json, contentType);

    public static bool IsXml(string? contentType) => IsOneOf(Xml, contentType);

    /// <summary>Null, or why the answer cannot be in the form that was asked for. Remembers the form for <see cref="WriteAsync"/>.</summary>
    public static Failure? Refuse(HttpRequest request, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        string? format = null;
        foreach (var (name, value) in query)
        {
            if (name == "_format")
            {
                // A '+' in a URL query is a blank.
                format = value.Replace(' ', '+');
                if (!IsJson(format) && !IsXml(format))
                {
                    return NotAcceptable($"_format={value}");
                }
            }
        }

        var accept = request.Headers.Accept;
        if (format is null && accept.Count > 0 && MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            format = Preferred(types);
            if (format is null)
            {
                return NotAcceptable($"Accept: {accept}");
            }
        }

        // Who says nothing gets what he sent.
        if (IsXml(format) || (format is null && accept.Count == 0 && IsXml(request.ContentType)))
        {
            request.HttpContext.Features.Set(XmlAnswer.Asked);
        }

        return null;
    }

    /// <summary>Of what the client takes, the form it likes best; of equals, JSON. Null when it takes nothing of ours.</summary>
    private static string? Preferred(IEnumerable<MediaTypeHeaderValue> types)
    {
        var (json, xml, page) = (0.0, 0.0, false);
        foreach (var type in types)
        {
            var quality = type.Quality ?? 1;
            var name = type.MediaType.Value;
            page |= name is "text/html";
            if (type.MatchesAllTypes || name is "application/*" or "text/*" || IsJson(name))
            {
                json = Math.Max(json, quality);
            }
            else if (IsXml(name))
            {
                xml = Math.Max(xml, quality);
            }
        }

        // Browsers ask for pages first, then for any XML, and take anything: they get JSON, which they show better.
        return json > 0 && (json >= xml || page) ? "json" : xml > 0 ? "xml" : null;
    }

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> json, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var pretty = query.Any(p => p is { Key: "_pretty", Value: "true" });
        var body = http.Features.Get<XmlAnswer>() is null ? null : XmlAnswer.Translate(http, json, pretty);
        http.Response.ContentType = body is null ? "application/fhir+json; charset=utf-8" : "application/fhir+xml; charset=utf-8";
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        body ??= pretty ? Indent(json) : json;
        http.Response.ContentLength = body.Value.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body.Value, http.RequestAborted);
        }
    }

    private static ReadOnlyMemory<byte> Indent(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Fhir.Json.ResourceReader.MaxDepth + 8 });
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.RootElement.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }

    private static bool IsOneOf(HashSet<string> types, string? contentType) => contentType is not null && types.Contains(contentType.Split(';')[0].Trim());

    private static Failure NotAcceptable(string asked) =>
        new(FailureKind.NotAcceptable, "not-supported", $"'{asked}' is not a form that Salus writes; ask for application/fhir+json or application/fhir+xml.");
}
