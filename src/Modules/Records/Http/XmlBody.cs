using Microsoft.AspNetCore.Http;
using Salus.Fhir.Xml;
using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>Turns a body in XML into the same in JSON before any interaction sees it.</summary>
internal static class XmlBody
{
    /// <summary>Null when the request's body is no XML, or is JSON now; otherwise why it cannot be read.</summary>
    public static async Task<Failure?> TranslateAsync(HttpContext http, FhirExchange exchange)
    {
        var request = http.Request;
        if (!Formats.IsXml(request.ContentType))
        {
            return null;
        }

        // From here on the body is read as any other: its bounds and encodings are the same.
        request.ContentType = "application/fhir+json";
        var body = await exchange.BodyAsync();
        if (body.Failed(out var failure))
        {
            return failure;
        }

        if (!XmlResourceReader.TryToJson(body.Value.Span, exchange.Definitions, out var json, out var issue))
        {
            return OperationOutcome.Failure(issue);
        }

        request.Body = new MemoryStream(json, writable: false);
        request.ContentLength = json.Length;
        return null;
    }
}
