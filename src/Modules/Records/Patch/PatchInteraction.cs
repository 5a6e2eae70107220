using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Patch;

/// <summary>patch (http://hl7.org/fhir/R4/http.html#patch): a change to the current version, whichever that is when no <c>If-Match</c> names one.</summary>
internal sealed class PatchInteraction(ResourceVersions versions, PatchedResource patched, UpdateInteraction update, Turnstile turnstile)
{
    public Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, string id, PatchDocument patch, Condition condition, CancellationToken ct) =>
        turnstile.RunAsync($"{type.Name}/{id}", () => TryAsync(caller, type, id, patch, condition, ct), ct);

    /// <summary>The current version that a patch changes, or why there is none.</summary>
    public async Task<Outcome<ExistingResource>> CurrentAsync(Caller caller, TypeDefinition type, string id, Condition condition, CancellationToken ct)
    {
        var read = await versions.ReadAsync(caller, type, id, ct);
        if (read.Failed(out var failure))
        {
            return failure.Kind is FailureKind.NotFound or FailureKind.Gone ? condition.Check(type, id, default) ?? failure : failure;
        }

        var current = new ExistingResource(id, read.Value.Version!.Value, read.Value.LastModified!.Value, read.Value.Body);
        return condition.Check(type, id, new CurrentRow(0, current.Version, Deleted: false)) is { } refused ? refused : current;
    }

    /// <summary>Applies a patch to a version and commits the result as the next one.</summary>
    /// <param name="conditions">What else has to hold.</param>
    public async Task<Outcome<Reply>> CommitAsync(Caller caller, ExistingResource current, PatchDocument patch, IReadOnlyList<WriteCondition> conditions, CancellationToken ct)
    {
        var result = await patched.ApplyAsync(caller, patch, current.Body, ct);
        return result.Failed(out var failure)
            ? failure
            : await update.CommitAsync(caller, current.Id, result.Value.Root, new CurrentRow(0, current.Version, Deleted: false), conditions, ct);
    }

    private async Task<Outcome<Reply>> TryAsync(Caller caller, TypeDefinition type, string id, PatchDocument patch, Condition condition, CancellationToken ct)
    {
        var current = await CurrentAsync(caller, type, id, condition, ct);
        return current.Failed(out var failure) ? failure : await CommitAsync(caller, current.Value, patch, [], ct);
    }
}
