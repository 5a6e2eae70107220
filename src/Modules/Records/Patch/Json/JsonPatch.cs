using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Records.Patch.Json;

/// <summary>A JSON Patch (RFC 6902; http://hl7.org/fhir/R4/http.html#patch). Immutable; can be applied any number of times.</summary>
internal sealed class JsonPatch : PatchDocument
{
    public const string MediaType = "application/json-patch+json";

    private readonly IReadOnlyList<JsonPatchOperation> operations;
    private readonly int mostBytes;

    private JsonPatch(IReadOnlyList<JsonPatchOperation> operations, int mostBytes)
    {
        this.operations = operations;
        this.mostBytes = mostBytes;
    }

    /// <param name="utf8">The patch: an array of operations.</param>
    /// <param name="mostBytes">The most that its copies may add, and the largest result.</param>
    public static Outcome<PatchDocument> Parse(ReadOnlyMemory<byte> utf8, int mostBytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
        {
            return new Failure(FailureKind.Invalid, "structure", "The patch is not valid UTF-8.", "patch");
        }

        try
        {
            var json = JsonTree.Parse(utf8);
            return json.ValueKind == JsonValueKind.Array ? Parse(json, mostBytes) : new Failure(FailureKind.Invalid, "structure", "A JSON Patch is an array of operations.", "patch");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is half of a character.
            return new Failure(FailureKind.Invalid, "structure", $"The patch is not well-formed JSON: {e.Message}", "patch");
        }
    }

    private static Outcome<PatchDocument> Parse(JsonElement json, int mostBytes)
    {
        if (json.GetArrayLength() > MaxOperations)
        {
            return TooMany(json.GetArrayLength());
        }

        var operations = new List<JsonPatchOperation>();
        foreach (var item in json.EnumerateArray())
        {
            var operation = JsonPatchOperation.Parse(item, operations.Count);
            if (operation.Failed(out var wrong))
            {
                return wrong;
            }

            operations.Add(operation.Value);
        }

        return new JsonPatch(operations, mostBytes);
    }

    public override Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions)
    {
        try
        {
            var edit = new JsonEdit(JsonTree.Node(JsonTree.Parse(stored)), mostBytes);
            foreach (var operation in operations)
            {
                if (edit.Apply(operation) is { } refused)
                {
                    return refused;
                }
            }

            return new ReadOnlyMemory<byte>(JsonTree.ToUtf8(edit.Root));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Failure(FailureKind.Unprocessable, "processing", $"The patch cannot be applied: {e.Message}", "patch");
        }
    }
}
