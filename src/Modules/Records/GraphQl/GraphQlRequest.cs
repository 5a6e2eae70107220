using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.GraphQl;

/// <summary>What a request to <c>$graphql</c> sends, by GET in the address, or by POST as JSON or as the document itself.</summary>
/// <param name="Document">The GraphQL text.</param>
/// <param name="Operation">Which of its operations; null where it has one.</param>
/// <param name="Variables">A JSON object, or nothing.</param>
internal sealed record GraphQlRequest(string Document, string? Operation, JsonElement Variables)
{
    private static readonly string[] Known = ["query", "operationName", "variables"];
    private static readonly string[] Written = ["*/*", "application/*", "application/json", "application/graphql-response+json", "application/fhir+json", "text/*", "text/html"];

    /// <summary>Reads it; fails for what is no such request.</summary>
    public static async Task<Outcome<GraphQlRequest>> ReadAsync(FhirExchange exchange, HttpRequest http, GraphQlOptions limits)
    {
        if (NotAcceptable(exchange, http) is { } refused)
        {
            return refused;
        }

        var asked = exchange.Query.Where(p => p.Key != "_format").ToList();
        if (asked.Find(p => !Known.Contains(p.Key)) is { Key: { } other })
        {
            return Invalid($"$graphql has no parameter '{(other.Length <= 64 ? other : other[..64] + "…")}'. Known are: {string.Join(", ", Known)}; arguments of a search stand in the document.");
        }

        if (asked.GroupBy(p => p.Key).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return Invalid($"'{twice.Key}' stands {twice.Count()} times in the address; it is taken once.");
        }

        if (!HttpMethods.IsPost(http.Method))
        {
            return Of(Get("query"), Get("operationName"), Get("variables"), limits);
        }

        var type = http.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (type is not ("application/json" or "application/graphql"))
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported",
                $"The Content-Type is '{http.ContentType}'; $graphql takes application/json with query, operationName and variables, or application/graphql with the document itself.", "Content-Type");
        }

        var body = await exchange.BodyAsync(checkType: false);
        if (body.Failed(out var unread))
        {
            return unread;
        }

        if (body.Value.Length > limits.MaxDocumentBytes)
        {
            return TooLong(body.Value.Length, limits);
        }

        if (type == "application/graphql")
        {
            return Get("query") is not null ? Invalid("The document stands in the body and in the address ('query'). Send it once.") : Of(Encoding.UTF8.GetString(body.Value.Span), Get("operationName"), Get("variables"), limits);
        }

        return asked.Count > 0 ? Invalid($"'{asked[0].Key}' stands in the address of a POST whose body is JSON. Put it there.") : Json(body.Value, limits);

        string? Get(string name) => asked.Find(p => p.Key == name).Value;
    }

    private static Outcome<GraphQlRequest> Of(string? document, string? operation, string? variables, GraphQlOptions limits)
    {
        if (string.IsNullOrWhiteSpace(document))
        {
            return Invalid("There is no document. Send it as 'query', for example query={Patient(id:\"1\"){id}}.");
        }

        var length = Encoding.UTF8.GetByteCount(document) + Encoding.UTF8.GetByteCount(variables ?? "");
        if (length > limits.MaxDocumentBytes)
        {
            return TooLong(length, limits);
        }

        JsonElement read = default;
        if (!string.IsNullOrWhiteSpace(variables) && !TryParse(Encoding.UTF8.GetBytes(variables), out read, out var wrong))
        {
            return Invalid($"'variables' is not JSON: {wrong} Send an object such as {{\"id\":\"1\"}}.");
        }

        return Of(document, operation, read);
    }

    private static Outcome<GraphQlRequest> Json(ReadOnlyMemory<byte> body, GraphQlOptions limits)
    {
        if (!TryParse(body, out var json, out var wrong))
        {
            return Invalid($"The body is not JSON: {wrong}");
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            return Invalid("The body is an array of documents; one is taken a request. Several fields of one document, with aliases, do the same.");
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("query", out var document) || document.ValueKind != JsonValueKind.String)
        {
            return Invalid("The body has no 'query' with the text of the document. Send {\"query\":\"{Patient(id:\\\"1\\\"){id}}\"}.");
        }

        foreach (var property in json.EnumerateObject())
        {
            if (!Known.Contains(property.Name) && property.Name != "extensions")
            {
                return Invalid($"The body has a property '{(property.Name.Length <= 64 ? property.Name : property.Name[..64] + "…")}'. Known are: {string.Join(", ", Known)}.");
            }
        }

        json.TryGetProperty("operationName", out var operation);
        json.TryGetProperty("variables", out var variables);
        return operation.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String)
            ? Invalid("'operationName' is not a text. It is the name of one operation of the document.")
            : string.IsNullOrWhiteSpace(document.GetString()) ? Of(null, null, null, limits) : Of(document.GetString()!, operation.ValueKind == JsonValueKind.String ? operation.GetString() : null, variables);
    }

    private static Outcome<GraphQlRequest> Of(string document, string? operation, JsonElement variables) =>
        variables.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object)
            ? Invalid("'variables' is not an object. Send one such as {\"id\":\"1\"}.")
            : new GraphQlRequest(document, string.IsNullOrEmpty(operation) ? null : operation, variables);

    private static bool TryParse(ReadOnlyMemory<byte> text, out JsonElement json, out string wrong)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            (json, wrong) = (document.RootElement.Clone(), "");
            return true;
        }
        catch (JsonException e)
        {
            (json, wrong) = (default, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is wrong.");
            return false;
        }
    }

    private static Failure? NotAcceptable(FhirExchange exchange, HttpRequest http)
    {
        var format = exchange.Query.LastOrDefault(p => p.Key == "_format").Value;
        if (format is not null)
        {
            return Formats.IsJson(format.Replace(' ', '+')) ? null : Refuse($"_format={format}");
        }

        var accept = http.Headers.Accept;
        return accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var types) || types.Any(t => t.Quality is not 0 && Written.Contains(t.MediaType.Value))
            ? null : Refuse($"Accept: {accept}");

        static Failure Refuse(string asked) => new(FailureKind.NotAcceptable, "not-supported", $"'{asked}' is not a form that $graphql answers in; ask for application/json.");
    }

    private static Failure TooLong(int length, GraphQlOptions limits) => new(FailureKind.TooLarge, "too-long",
        $"The document and its variables have {length} bytes; {limits.MaxDocumentBytes} are taken (Salus:Records:GraphQl:MaxDocumentBytes). Ask in parts.");

    private static Failure Invalid(string message) => new(FailureKind.Invalid, "invalid", message);
}
