using System.Text.Json;
using Salus.Kernel;

namespace Salus.Records.Patch.Json;

/// <summary>One operation of a JSON Patch.</summary>
/// <param name="Name">add, remove, replace, move, copy or test.</param>
/// <param name="Path">Where it acts.</param>
/// <param name="From">For move and copy: where the value comes from.</param>
/// <param name="Value">For add, replace and test.</param>
/// <param name="Place">Where it stands in the patch, for messages: <c>patch[2]</c>.</param>
internal sealed record JsonPatchOperation(string Name, JsonPointer Path, JsonPointer? From, JsonElement? Value, string Place)
{
    public static Outcome<JsonPatchOperation> Parse(JsonElement json, int index)
    {
        var place = $"patch[{index}]";
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Wrong(place, "An operation is an object: {\"op\": \"replace\", \"path\": \"/birthDate\", \"value\": \"1980-05-17\"}.");
        }

        if (Text(json, "op") is not { } name || name is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
        {
            return Wrong($"{place}.op", "It is one of add, remove, replace, move, copy, test.");
        }

        if (Text(json, "path") is not { } path || JsonPointer.Parse(path) is not { } target)
        {
            return Wrong($"{place}.path", "It is a JSON Pointer such as /name/0/family, with ~1 for '/' and ~0 for '~' in a name.");
        }

        JsonPointer? from = null;
        if (name is "move" or "copy")
        {
            from = Text(json, "from") is { } source ? JsonPointer.Parse(source) : null;
            if (from is null)
            {
                return Wrong($"{place}.from", $"A {name} takes a JSON Pointer to the value that it takes.");
            }

            if (name == "move" && target.IsBelow(from))
            {
                return Wrong($"{place}.from", "A value cannot be moved into itself.");
            }
        }

        JsonElement? value = json.TryGetProperty("value", out var given) ? given.Clone() : null;
        return value is null && name is "add" or "replace" or "test"
            ? Wrong($"{place}.value", $"A {name} takes a value; it may be null.")
            : new JsonPatchOperation(name, target, from, value, place);
    }

    public override string ToString() => $"{Name} {Path}";

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Failure Wrong(string place, string message) => new(FailureKind.Invalid, "invalid", message, place);
}
