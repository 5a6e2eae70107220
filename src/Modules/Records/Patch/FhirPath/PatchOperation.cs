using System.Text.Json.Nodes;
using Salus.Kernel;

namespace Salus.Records.Patch.FhirPath;

/// <summary>One operation of a FHIRPath Patch.</summary>
/// <param name="Type">add, insert, delete, replace or move.</param>
/// <param name="Path">Selects what it acts on.</param>
/// <param name="Name">For add: the element that is added.</param>
/// <param name="Value">For add, insert and replace.</param>
/// <param name="Index">For insert: the place in the list.</param>
/// <param name="Source">For move: the place in the list.</param>
/// <param name="Destination">For move: the place afterwards.</param>
/// <param name="Place">Where it stands, for messages: <c>Parameters.parameter[2]</c>.</param>
internal sealed record PatchOperation(string Type, string Path, string? Name, PatchValue? Value, int? Index, int? Source, int? Destination, string Place)
{
    private const int LongestPath = 1000;

    public static Outcome<PatchOperation> Parse(JsonObject parameter, int index)
    {
        var place = $"Parameters.parameter[{index}]";
        if (Text(parameter["name"]) != "operation")
        {
            return Wrong(place, "A FHIRPath Patch has parameters named operation and no others.");
        }

        var parts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var part in (parameter["part"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (Text(part["name"]) is not ("type" or "path" or "name" or "value" or "index" or "source" or "destination") || !parts.TryAdd(Text(part["name"])!, part))
            {
                return Wrong(place, $"The part '{Text(part["name"])}' is unknown or stands twice; an operation has type, path, name, value, index, source, destination.");
            }
        }

        var operation = new PatchOperation(
            Part(parts, "type") ?? "", Part(parts, "path") ?? "", Part(parts, "name"), parts.TryGetValue("value", out var value) ? PatchValue.Parse(value) : null,
            Number(parts, "index"), Number(parts, "source"), Number(parts, "destination"), place);
        return operation.Fault() is { } fault ? Wrong(place, fault) : operation;
    }

    public override string ToString() => $"{Type} {Path}";

    private string? Fault() => Type switch
    {
        "add" when Name is null || Value is null => "add takes path, name and value.",
        "insert" when Index is null || Value is null => "insert takes path, index (0 or greater) and value.",
        "replace" when Value is null => "replace takes path and value.",
        "move" when Source is null || Destination is null => "move takes path, source and destination (0 or greater).",
        "add" or "insert" or "delete" or "replace" or "move" => Path.Length is > 0 and <= LongestPath ? null : $"The path is missing or longer than {LongestPath} characters.",
        _ => $"The type '{Type}' is not one of add, insert, delete, replace, move.",
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string? Part(Dictionary<string, JsonObject> parts, string name) =>
        parts.TryGetValue(name, out var part) ? part.Where(p => p.Key.StartsWith("value", StringComparison.Ordinal)).Select(p => Text(p.Value)).FirstOrDefault() : null;

    private static int? Number(Dictionary<string, JsonObject> parts, string name) =>
        parts.TryGetValue(name, out var part) && part.FirstOrDefault(p => p.Key.StartsWith("value", StringComparison.Ordinal)).Value is JsonValue value
            && value.TryGetValue<int>(out var number) && number >= 0 ? number : null;

    private static Failure Wrong(string place, string message) => new(FailureKind.Invalid, "invalid", message, place);
}
