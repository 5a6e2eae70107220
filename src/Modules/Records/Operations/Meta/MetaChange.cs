using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Patch;
using Salus.Records.Patch.Json;
using Salus.Records.Update;

namespace Salus.Records.Operations.Meta;

/// <summary>
/// $meta-add and $meta-delete (http://hl7.org/fhir/R4/resource-operation-meta-add.html, resource-operation-meta-delete.html): profiles, tags and security
/// labels of the current version change, which makes a new version here: no stored version is ever rewritten.
/// </summary>
internal sealed class MetaChange(string name, Func<JsonObject, JsonObject, bool> change, PatchInteraction patches) : IOperation
{
    public OperationDefinition Definition { get; } = new(name, $"http://hl7.org/fhir/OperationDefinition/Resource-{name}", OperationLevels.Instance)
    {
        Parameters = [new("meta", "Meta")],
        ChangesState = true,
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        if (call.Parameters.Value("meta") is not { Exists: true } given)
        {
            return new Failure(FailureKind.Invalid, "required", $"${name} takes a parameter 'meta' with valueMeta.", "meta");
        }

        var meta = (JsonObject)JsonTree.Node(JsonTree.Parse(ResourceRewriter.Copy(given)))!;
        var current = await patches.CurrentAsync(call.Caller, call.Type!, call.Id!, Condition.None, call.Stop);
        if (current.Failed(out var failure))
        {
            return failure;
        }

        // What changes nothing makes no version.
        var body = current.Value.Body;
        if (change(MetaOf(Tree(body)), meta))
        {
            var reply = await patches.RunAsync(call.Caller, call.Type!, call.Id!, new Edit(meta, change), Condition.None, call.Stop);
            if (reply.Failed(out failure))
            {
                return failure;
            }

            body = reply.Value.Body;
        }

        return ReadMeta.Answer(JsonTree.ToUtf8(MetaOf(Tree(body))));
    }

    private static JsonObject Tree(ReadOnlyMemory<byte> stored) => (JsonObject)JsonTree.Node(JsonTree.Parse(stored))!;

    private static JsonObject MetaOf(JsonObject resource) => (JsonObject)resource["meta"]!;

    private sealed class Edit(JsonObject meta, Func<JsonObject, JsonObject, bool> change) : PatchDocument
    {
        public override Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions)
        {
            var resource = Tree(stored);
            change(MetaOf(resource), meta);
            return new ReadOnlyMemory<byte>(JsonTree.ToUtf8(resource));
        }
    }
}
