using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Terminology;

/// <summary>Calls of operations, and what their Parameters say.</summary>
internal static class Calls
{
    /// <summary>A call by GET; names and values in turn.</summary>
    public static Task<Answer> CallAsync(this FhirClient fhir, string operation, params string[] pairs) =>
        fhir.GetAsync(operation + (pairs.Length == 0 ? "" : "?" + string.Join('&', pairs.Chunk(2).Select(p => $"{Uri.EscapeDataString(p[0])}={Uri.EscapeDataString(p[1])}"))));

    /// <summary>A call by POST with a resource as the body.</summary>
    public static Task<Answer> PostCallAsync(this FhirClient fhir, string operation, JsonNode body) => fhir.SendAsync(HttpMethod.Post, operation, FhirClient.Json(body.ToJsonString()));

    /// <summary>A Parameters resource.</summary>
    public static JsonObject Parameters(params string[] parameters) => Samples.Resource($$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', parameters)}}]}""");

    /// <summary>An answer that has to be 200.</summary>
    public static Answer Ok(this Answer answer)
    {
        Assert.True(answer.Status == 200, answer.ToString());
        return answer;
    }

    /// <summary>The value of the first parameter of that name; null when it is missing.</summary>
    public static JsonNode? Out(this Answer answer, string name) => Value(answer.Ok().Json["parameter"]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == name));

    /// <summary>The parts of every parameter of that name, by name.</summary>
    public static List<Dictionary<string, JsonNode?>> Parts(this Answer answer, string name) =>
        [.. answer.Ok().Json["parameter"]!.AsArray().Where(p => (string?)p!["name"] == name).Select(p => p!["part"]!.AsArray().ToDictionary(x => (string)x!["name"]!, Value))];

    /// <summary>The value of a property that <c>$lookup</c> answers.</summary>
    public static string? Property(this Answer answer, string code) =>
        answer.Parts("property").Where(p => (string?)p["code"] == code).Select(p => p["value"]?.ToString()).FirstOrDefault();

    /// <summary>The codes of an expansion at its first level, joined by blanks.</summary>
    public static string Codes(this Answer answer) => string.Join(' ', Contains(answer.Ok().Json["expansion"]!).Select(c => (string?)c["code"]));

    /// <summary>The items of an expansion, or below one of its items.</summary>
    public static IEnumerable<JsonNode> Contains(JsonNode parent) => parent["contains"]?.AsArray().Select(c => c!) ?? [];

    public static long Total(this Answer answer) => (long)answer.Ok().Json["expansion"]!["total"]!;

    private static JsonNode? Value(JsonNode? parameter) => parameter?.AsObject().FirstOrDefault(p => p.Key.StartsWith("value", StringComparison.Ordinal) || p.Key == "resource").Value;
}
