using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Xml;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Web;

/// <summary>
/// <c>POST /admin/fhirpath</c>: what the FHIRPath page asks. It evaluates one expression on the resource that was sent with it, as JSON or XML text, and
/// stores and logs nothing. Whatever is wrong with either is an answer (200 with an error), because the page is there to find it out.
/// </summary>
internal static class FhirPathPlayground
{
    private const int MostBytes = 8 * 1024 * 1024;
    private const int MostItems = 200;
    private const int MostText = 20_000;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Tens of milliseconds of one core at most, each time that answers of the terminology lead to further questions; expressions in use take thousands of steps.
    private static readonly PathContext Bounds = new() { Limits = new PathLimits { Steps = 1_000_000, Items = 100_000, TextLength = 100_000 } };

    /// <summary>The expression, and the resource as text; no text for an expression that stands alone.</summary>
    private sealed record Question(string? Expression, string? Resource);

    /// <param name="Total">How many items the expression gives; <paramref name="Items"/> has the first of them.</param>
    private sealed record Answer(string? ResourceType, int Total, IReadOnlyList<Item> Items, Fault? Error);

    /// <param name="Path">Where the item stands in the resource; null for a value that was computed.</param>
    /// <param name="Shortened">The text goes on.</param>
    private sealed record Item(string Type, string? Path, string Text, bool Shortened);

    /// <param name="Stage"><c>resource</c>, or the kind of error of the expression.</param>
    /// <param name="Position">The offset in the expression, in UTF-16 units; null when it is not about the expression.</param>
    private sealed record Fault(string Stage, string Message, int? Position);

    public static void MapFhirPathPlayground(this IEndpointRouteBuilder app) =>
        app.MapPost("/admin/fhirpath", AskAsync).WithMetadata(new RequestSizeLimitAttribute(MostBytes)).ForSignedIn();

    private static async Task AskAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            await LastResort.WriteAsync(http, 415, "not-supported", "Send {\"expression\": ..., \"resource\": ...} as application/json.");
            return;
        }

        Question? question;
        try
        {
            question = await http.Request.ReadFromJsonAsync<Question>(http.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            var where = e is JsonException { Path: { Length: > 1 } path } ? $", at {path}" : "";
            await LastResort.WriteAsync(http, 400, "structure", $"The body is not {{\"expression\": text, \"resource\": text}}{where}.");
            return;
        }

        var terminology = new PathTerminology(http.RequestServices.GetRequiredService<Vocabulary>(), http.Caller().Tenant);
        var answer = await AnswerAsync(question ?? new Question(null, null), terminology, http.RequestAborted);
        await Results.Json(answer).ExecuteAsync(http);
    }

    private static async Task<Answer> AnswerAsync(Question question, PathTerminology terminology, CancellationToken ct)
    {
        ResourceDocument? document = null;
        if (!string.IsNullOrWhiteSpace(question.Resource) && !TryRead(question.Resource, out document, out var issue))
        {
            return Failed(null, new Fault("resource", issue!.Path is null ? issue.Message : $"{issue.Path}: {issue.Message}", null));
        }

        if (!FhirPath.TryCompile(question.Expression ?? "", FhirDefinitions.R4, document?.Type, out var path, out var error))
        {
            return Failed(document?.Type.Name, Fail(error));
        }

        var values = new PathCollection();
        var context = terminology.In(Bounds);
        var failure = await terminology.EvaluateAsync(() => Evaluate(path, document?.Root ?? default, values, context), ct);
        return failure is null
            ? new Answer(document?.Type.Name, values.Count, [.. values.Take(MostItems).Select(Describe)], null)
            : Failed(document?.Type.Name, Fail(failure));
    }

    // Alone in its round: what was sent is read and compiled once, and only the last values are described.
    private static PathError? Evaluate(FhirPath path, Element focus, PathCollection values, PathContext context)
    {
        values.Clear();
        return path.TryEvaluate(focus, values, out var error, context) ? null : error;
    }

    private static bool TryRead(string text, out ResourceDocument? document, out Fhir.Issue? issue)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return text.AsSpan().TrimStart().StartsWith("<")
            ? XmlResourceReader.TryRead(utf8, FhirDefinitions.R4, out document, out issue, anyOrder: true)
            : ResourceReader.TryRead(utf8, FhirDefinitions.R4, out document, out issue);
    }

    private static Item Describe(PathValue value)
    {
        var text = value is { IsElement: true, Element.Kind: JsonKind.Object } ? Indent(value.Element)
            : value is { IsElement: true, Element.HasValue: false } ? "" : value.ToString();
        var type = value.IsElement ? value.Element.Type?.Name ?? "unknown" : $"System.{value.Kind}";
        return new Item(type, value.IsElement ? value.Element.Path : null, text.Length > MostText ? text[..MostText] : text, text.Length > MostText);
    }

    /// <summary>The JSON of an element, indented; numbers keep their digits.</summary>
    private static string Indent(Element element)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(element.RawUtf8), new JsonDocumentOptions { MaxDepth = ResourceReader.MaxDepth });
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(element.RawUtf8.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.RootElement.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static Fault Fail(PathError error) => new(JsonNamingPolicy.KebabCaseLower.ConvertName(error.Kind.ToString()), error.Message, error.Position);

    private static Answer Failed(string? type, Fault fault) => new(type, 0, [], fault);
}
