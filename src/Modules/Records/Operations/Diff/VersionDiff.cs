using System.Globalization;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Read;

namespace Salus.Records.Operations.Diff;

/// <summary>
/// $diff between two versions of a resource: a FHIRPath Patch that turns the first into the second (http://hl7.org/fhir/R4/fhirpatch.html). Not an operation
/// of FHIR itself; name and parameters are those that servers commonly have. What the server says of a version (versionId, lastUpdated) is not part of it.
/// </summary>
internal sealed class VersionDiff(ResourceVersions versions, FhirDefinitions definitions) : IOperation
{
    public OperationDefinition Definition { get; } = new("diff", "http://salus.invalid/OperationDefinition/diff", OperationLevels.Instance)
    {
        Parameters = [new("fromVersion", "string"), new("toVersion", "string")],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var to = call.Parameters.Text("toVersion") is { } stated
            ? await versions.ReadVersionAsync(call.Caller, call.Type!, call.Id!, stated, call.Stop)
            : await versions.ReadAsync(call.Caller, call.Type!, call.Id!, call.Stop);
        if (to.Failed(out var failure))
        {
            return failure;
        }

        // Without a version in front, the first one is compared with nothing but itself.
        var before = call.Parameters.Text("fromVersion") ?? Math.Max(1, to.Value.Version!.Value - 1).ToString(CultureInfo.InvariantCulture);
        var from = await versions.ReadVersionAsync(call.Caller, call.Type!, call.Id!, before, call.Stop);
        if (from.Failed(out failure))
        {
            return failure;
        }

        return new Reply(200) { Body = Encoding.UTF8.GetBytes(new ResourceDiff(definitions).Between(from.Value.Body, to.Value.Body).ToJsonString(Unescaped)) };
    }

    internal static readonly System.Text.Json.JsonSerializerOptions Unescaped = new() { Encoder = BundleWriter.Encoder, MaxDepth = Fhir.Json.ResourceReader.MaxDepth + 64 };
}
