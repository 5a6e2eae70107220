using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Kernel;
using Salus.Records.Patch.FhirPath;
using Salus.Records.Patch.Json;

namespace Salus.Records.Patch;

/// <summary>What a patch changes, understood: a JSON Patch or a FHIRPath Patch.</summary>
internal abstract class PatchDocument
{
    /// <summary>The most operations that one patch may have.</summary>
    public const int MaxOperations = 1000;

    /// <summary>The resource as it would be, as JSON; or why an operation cannot be done (<see cref="FailureKind.Unprocessable"/>).</summary>
    /// <param name="stored">A resource as it is stored.</param>
    public abstract Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions);

    /// <summary>The same, where the patch evaluates expressions.</summary>
    /// <param name="context">What they may ask.</param>
    public virtual Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions, PathContext context) => Apply(stored, definitions);

    /// <summary>Reads the resource of a bundle's entry (http://hl7.org/fhir/R4/http.html#patch): Parameters, or a Binary with a JSON Patch.</summary>
    /// <param name="place">The entry, for messages.</param>
    /// <param name="mostBytes">The largest result.</param>
    public static Outcome<PatchDocument> OfEntry(Element resource, string place, int mostBytes)
    {
        if (resource.Type?.Name == "Parameters")
        {
            return At(FhirPathPatch.Parse(ResourceRewriter.Copy(resource), mostBytes), place);
        }

        if (resource.Type?.Name != "Binary" || resource.Child("contentType"u8).AsString()?.Split(';')[0].Trim() != JsonPatch.MediaType)
        {
            return new Failure(
                FailureKind.Invalid, "invalid", $"A PATCH in a bundle carries Parameters with a FHIRPath Patch, or a Binary whose contentType is {JsonPatch.MediaType}.", place);
        }

        var data = resource.Child("data"u8).AsString() ?? "";
        var buffer = new byte[data.Length];
        return Convert.TryFromBase64String(data, buffer, out var length)
            ? At(JsonPatch.Parse(buffer.AsMemory(0, length), mostBytes), place)
            : new Failure(FailureKind.Invalid, "value", "The Binary's data is not base64.", $"{place}.data");
    }

    protected static Failure TooMany(int count) =>
        new(FailureKind.TooCostly, "too-costly", $"The patch has {count} operations; {MaxOperations} are taken. Send it in parts, or send the whole resource with PUT.", "patch");

    private static Outcome<PatchDocument> At(Outcome<PatchDocument> patch, string place) =>
        patch.Failed(out var failure) ? failure with { Problems = [.. failure.Problems.Select(p => p with { Path = $"{place}: {p.Path}" })] } : patch;
}
