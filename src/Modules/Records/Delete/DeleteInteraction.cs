using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Delete;

/// <summary>delete (http://hl7.org/fhir/R4/http.html#delete): the history stays; deleting what is not there is no error.</summary>
internal sealed class DeleteInteraction(ResourceVersions versions, AccessConditions conditions, Committer committer, Turnstile turnstile)
{
    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, string id, Condition condition, CancellationToken ct)
    {
        if (Preparation.CheckId(id) is { } wrong)
        {
            return wrong;
        }

        return await turnstile.RunAsync($"{type.Name}/{id}", () => TryAsync(caller, type, id, condition, ct), ct);
    }

    /// <summary>The answer where there is nothing to delete.</summary>
    /// <param name="name">What was to be deleted.</param>
    public static Reply Nothing(string name) => new(204) { Note = $"{name}: there was nothing to delete." };

    /// <summary>The answer for a deletion.</summary>
    public static Reply Deleted(PendingWrite write, Committed committed) => new(204)
    {
        Version = committed.Version,
        LastModified = committed.At,
        Note = $"{write.Type.Name}/{write.Id} was deleted; that is its version {committed.Version}.",
    };

    private async Task<Outcome<Reply>> TryAsync(Caller caller, TypeDefinition type, string id, Condition condition, CancellationToken ct)
    {
        // What the caller may not delete is as if it were not there.
        var access = await conditions.OfAsync(caller, type.Name, Interactions.Delete, ct);
        if (access.Failed(out var forbidden))
        {
            return forbidden;
        }

        var current = await versions.CurrentAsync(caller, type, id, ct, access.Value);
        if (condition.Check(type, id, current) is { } refused)
        {
            return refused;
        }

        if (current.Version == 0 || current.Deleted)
        {
            return Nothing($"{type.Name}/{id}");
        }

        var write = Preparation.Deletion(type, id, current.Version);
        var outcome = await committer.CommitAsync(new WriteSet(caller, [write]), ct);
        return outcome.Failed(out var failure) ? failure : Deleted(write, outcome.Value[0]) with { Patients = current.Patients ?? [] };
    }
}
