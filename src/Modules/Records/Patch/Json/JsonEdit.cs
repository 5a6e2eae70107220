using System.Text.Json.Nodes;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Patch.Json;

/// <summary>A document under a JSON Patch, operation by operation (RFC 6902, section 4).</summary>
internal sealed class JsonEdit(JsonNode? root, int mostBytes)
{
    private long copied;

    public JsonNode? Root { get; private set; } = root;

    /// <summary>Null, or why the operation cannot be done; the document is then of no use.</summary>
    public Failure? Apply(JsonPatchOperation operation)
    {
        switch (operation.Name)
        {
            case "add":
                return Add(operation, JsonTree.Node(operation.Value!.Value));
            case "remove":
                return Remove(operation, operation.Path, out _);
            case "replace":
                return Replace(operation);
            case "move":
                return Remove(operation, operation.From!, out var moved) ?? Add(operation, moved);
            case "copy":
                return Copy(operation);
            default:
                return Find(operation.Path, out var found) && JsonNode.DeepEquals(found, JsonTree.Node(operation.Value!.Value))
                    ? null
                    : Refused(operation, $"The test fails: {operation.Path} is not what the patch expects. Nothing was stored.");
        }
    }

    private Failure? Add(JsonPatchOperation operation, JsonNode? value)
    {
        var tokens = operation.Path.Tokens;
        if (tokens.Count + JsonTree.Depth(value) > ResourceReader.MaxDepth)
        {
            return Refused(operation, $"The result would be nested more than {ResourceReader.MaxDepth} deep.");
        }

        if (tokens.Count == 0)
        {
            Root = value;
            return null;
        }

        switch (Parent(operation.Path))
        {
            case JsonObject owner:
                owner[tokens[^1]] = value;
                return null;
            case JsonArray array when tokens[^1] == "-" || JsonPointer.Index(tokens[^1]) <= array.Count:
                array.Insert(JsonPointer.Index(tokens[^1]) ?? array.Count, value);
                return null;
            case JsonArray array:
                return Refused(operation, $"The list has {array.Count} items; '{tokens[^1]}' is not a place in it ('-' is its end).");
            default:
                return Missing(operation, operation.Path);
        }
    }

    private Failure? Remove(JsonPatchOperation operation, JsonPointer at, out JsonNode? removed)
    {
        if (!Find(at, out removed))
        {
            return Missing(operation, at);
        }

        switch (at.Tokens.Count == 0 ? null : Parent(at))
        {
            case JsonObject owner:
                owner.Remove(at.Tokens[^1]);
                break;
            case JsonArray array:
                array.RemoveAt(JsonPointer.Index(at.Tokens[^1])!.Value);
                break;
            default:
                Root = null;
                break;
        }

        return null;
    }

    private Failure? Replace(JsonPatchOperation operation)
    {
        if (!Find(operation.Path, out _))
        {
            return Missing(operation, operation.Path);
        }

        if (operation.Path.Tokens.Count > 0 && Parent(operation.Path) is JsonArray array)
        {
            array[JsonPointer.Index(operation.Path.Tokens[^1])!.Value] = JsonTree.Node(operation.Value!.Value);
            return null;
        }

        return Add(operation, JsonTree.Node(operation.Value!.Value));
    }

    private Failure? Copy(JsonPatchOperation operation)
    {
        if (!Find(operation.From!, out var found))
        {
            return Missing(operation, operation.From!);
        }

        // A few copies of the whole into itself would fill the memory.
        copied += JsonTree.ToUtf8(found).Length;
        return copied > mostBytes
            ? new Failure(FailureKind.TooCostly, "too-costly", $"The copies of this patch add more than {mostBytes} bytes (Salus:Records:MaxBodyBytes).", operation.Place)
            : Add(operation, found?.DeepClone());
    }

    private JsonNode? Parent(JsonPointer path) => Find(path.Tokens.Take(path.Tokens.Count - 1), out var parent) ? parent : null;

    private bool Find(JsonPointer path, out JsonNode? found) => Find(path.Tokens, out found);

    // False when there is nothing; a JSON null is something, and its node is null.
    private bool Find(IEnumerable<string> tokens, out JsonNode? found)
    {
        found = Root;
        foreach (var token in tokens)
        {
            switch (found)
            {
                case JsonObject owner when owner.TryGetPropertyValue(token, out var value):
                    found = value;
                    break;
                case JsonArray array when JsonPointer.Index(token) is { } index && index < array.Count:
                    found = array[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static Failure Missing(JsonPatchOperation operation, JsonPointer at) => Refused(operation, $"There is nothing at '{at}'.");

    private static Failure Refused(JsonPatchOperation operation, string message) => new(FailureKind.Unprocessable, "processing", $"{operation}: {message}", operation.Place);
}
