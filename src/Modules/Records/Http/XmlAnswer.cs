using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Xml;
using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>That the client asked for XML; a feature of its request.</summary>
internal sealed class XmlAnswer
{
    public static readonly XmlAnswer Asked = new();

    private XmlAnswer()
    {
    }

    /// <summary>
    /// The answer as XML, or null for one that stays JSON: a write was made and must be answered as such, whatever its resource looks like.
    /// A read of what has no form in XML (stored without validation) turns into 406 with the place.
    /// </summary>
    public static ReadOnlyMemory<byte>? Translate(HttpContext http, ReadOnlyMemory<byte> json, bool pretty)
    {
        var definitions = http.RequestServices.GetRequiredService<FhirDefinitions>();
        if (Write(json, definitions, pretty, out var issue) is { } xml)
        {
            return xml;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            return null;
        }

        var refused = OperationOutcome.Reply(new Failure(FailureKind.NotAcceptable, "not-supported", issue!.Message, issue.Path));
        http.Response.StatusCode = refused.Status;
        http.Response.Headers.ETag = default;
        http.Response.Headers.LastModified = default;
        return Write(refused.Body, definitions, pretty, out _);
    }

    private static byte[]? Write(ReadOnlyMemory<byte> json, FhirDefinitions definitions, bool pretty, out Issue? issue) =>
        ResourceReader.TryRead(json, definitions, out var document, out issue) && XmlResourceWriter.TryWrite(document.Root, pretty, out var xml, out issue) ? xml : null;
}
