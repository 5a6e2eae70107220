using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Kernel;
using Salus.Records.Patch.Json;

namespace Salus.Records.Patch.FhirPath;

/// <summary>A FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html). Immutable; can be applied any number of times.</summary>
internal sealed class FhirPathPatch : PatchDocument
{
    private readonly IReadOnlyList<PatchOperation> operations;
    private readonly int mostBytes;

    private FhirPathPatch(IReadOnlyList<PatchOperation> operations, int mostBytes)
    {
        this.operations = operations;
        this.mostBytes = mostBytes;
    }

    /// <param name="parameters">A Parameters resource as JSON, of valid structure.</param>
    /// <param name="mostBytes">The largest result.</param>
    public static Outcome<PatchDocument> Parse(ReadOnlyMemory<byte> parameters, int mostBytes)
    {
        JsonNode? json;
        try
        {
            json = JsonTree.Node(JsonTree.Parse(parameters));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Failure(FailureKind.Invalid, "structure", $"The patch is not well-formed JSON: {e.Message}", "Parameters");
        }

        var list = json?["parameter"] as JsonArray ?? [];
        if (list.Count > MaxOperations)
        {
            return TooMany(list.Count);
        }

        var operations = new List<PatchOperation>();
        foreach (var parameter in list.OfType<JsonObject>())
        {
            var operation = PatchOperation.Parse(parameter, operations.Count);
            if (operation.Failed(out var wrong))
            {
                return wrong;
            }

            operations.Add(operation.Value);
        }

        return operations.Count > 0 ? new FhirPathPatch(operations, mostBytes) : new Failure(FailureKind.Invalid, "required", "The patch has no operation.", "Parameters.parameter");
    }

    public override Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions) => Apply(stored, definitions, PathContext.Default);

    public override Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions, PathContext context)
    {
        // Each operation sees what those before it made, so the resource is read as often as there are operations.
        if ((long)stored.Length * operations.Count > 20L * mostBytes)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly", $"{operations.Count} operations on a resource of {stored.Length} bytes are too many at once. Send them in parts, or send the whole resource with PUT.", "Parameters");
        }

        try
        {
            var edit = new PatchEdit(stored, definitions, context);
            foreach (var operation in operations)
            {
                if (edit.Apply(operation) is { } refused)
                {
                    return refused;
                }
            }

            return edit.Utf8;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Failure(FailureKind.Unprocessable, "processing", $"The patch cannot be applied: {e.Message}", "Parameters");
        }
    }
}
