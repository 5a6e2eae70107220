using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>Asks <c>$graphql</c>.</summary>
internal static class GraphQlClient
{
    /// <summary>By POST as JSON, at the level of the system or of a resource (<c>Patient/1</c>).</summary>
    public static Task<Answer> AskAsync(this FhirClient fhir, string document, string? of = null, object? variables = null, (string, string)? caller = null, string? operation = null)
    {
        var body = new JsonObject { ["query"] = document };
        if (variables is not null)
        {
            body["variables"] = JsonSerializer.SerializeToNode(variables);
        }

        if (operation is not null)
        {
            body["operationName"] = operation;
        }

        return fhir.SendAsync(HttpMethod.Post, of is null ? "$graphql" : $"{of}/$graphql", FhirClient.Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json"), caller is { } one ? [one] : []);
    }

    /// <summary>What is asked has to be answered without an error: the data, as JSON in one line.</summary>
    public static async Task<string> DataAsync(this FhirClient fhir, string document, string? of = null, object? variables = null, (string, string)? caller = null)
    {
        var answer = await fhir.AskAsync(document, of, variables, caller);
        Assert.True(answer.Status == 200 && answer.Json["errors"] is null, $"{document}: {answer}");
        return Text(answer.Json["data"]);
    }

    /// <summary>The messages of the errors, one a line.</summary>
    public static string Errors(this Answer answer) => string.Join('\n', answer.Json["errors"]?.AsArray().Select(e => (string?)e!["message"]) ?? []);

    /// <summary>Refused as a whole, with a GraphQL error that has an OperationOutcome and says this.</summary>
    public static void RefusedAs(this Answer answer, int status, params string[] says)
    {
        Assert.True(answer.Status == status, $"{status} expected: {answer}");
        Assert.Equal("application/json; charset=utf-8", answer.ContentHeaders.ContentType?.ToString());
        Assert.True(answer.Json.AsObject().ContainsKey("data") && answer.Json["data"] is null, answer.ToString());
        foreach (var text in says)
        {
            Assert.Contains(text, answer.Errors(), StringComparison.Ordinal);
        }

        var outcome = answer.Json["errors"]![0]!["extensions"]!["resource"]!;
        Assert.Equal("OperationOutcome", (string?)outcome["resourceType"]);
        Assert.Equal((string?)answer.Json["errors"]![0]!["message"], (string?)outcome["issue"]![0]!["diagnostics"]);
    }

    /// <summary>JSON in one line, numbers as they were sent.</summary>
    public static string Text(JsonNode? node) => node?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
}
