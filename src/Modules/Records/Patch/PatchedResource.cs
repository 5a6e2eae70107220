using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Patch;

/// <summary>Applies a patch to a stored version, and checks the result as an update would be.</summary>
internal sealed class PatchedResource(Preparation preparation, Vocabulary vocabulary, FhirDefinitions definitions, IOptions<RecordsOptions> options)
{
    /// <summary>The patched resource, valid and still the same one; or why not.</summary>
    /// <param name="stored">The current version as it is stored.</param>
    public async Task<Outcome<ResourceDocument>> ApplyAsync(Caller caller, PatchDocument patch, ReadOnlyMemory<byte> stored, CancellationToken ct)
    {
        var terminology = new PathTerminology(vocabulary, caller.Tenant);
        var context = terminology.In(PathContext.Default);
        var patched = await terminology.EvaluateAsync(() => patch.Apply(stored, definitions, context), ct);
        if (patched.Failed(out var failure))
        {
            return failure;
        }

        if (patched.Value.Length > options.Value.MaxBodyBytes)
        {
            return new Failure(FailureKind.TooLarge, "too-long", $"The patched resource would have more than {options.Value.MaxBodyBytes} bytes (Salus:Records:MaxBodyBytes).");
        }

        var read = preparation.Read(patched.Value);
        if (read.Failed(out failure))
        {
            return failure;
        }

        var before = preparation.Read(stored);
        return before.Failed(out failure) ? failure : (Kept(before.Value, read.Value) ?? await preparation.ValidateAsync(read.Value.Root, caller.Tenant, ct)) is { } refused ? refused : read.Value;
    }

    // What the server says of a resource, and what makes it this one.
    private static Failure? Kept(ResourceDocument before, ResourceDocument after)
    {
        var name = before.Type.Name;
        return Changed($"{name}.resourceType", name, after.Type.Name) ?? Changed($"{name}.id", before.Id, after.Id)
            ?? Changed($"{name}.meta.versionId", Meta(before, "versionId"u8), Meta(after, "versionId"u8))
            ?? Changed($"{name}.meta.lastUpdated", Meta(before, "lastUpdated"u8), Meta(after, "lastUpdated"u8));
    }

    private static string? Meta(ResourceDocument document, ReadOnlySpan<byte> name) => document.Root.Child("meta"u8).Child(name).AsString();

    private static Failure? Changed(string path, string? before, string? after) => before == after ? null : new Failure(
        FailureKind.Unprocessable, "business-rule", $"A patch cannot change it (it is '{before}' and would be '{after}'): the server keeps it. Leave that operation out.", path);
}
