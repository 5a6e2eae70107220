using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Delete;

/// <summary>delete (http://hl7.org/fhir/R4/http.html#delete): the history stays; deleting what is not there is no error.</summary>
internal sealed class DeleteInteraction(ResourceVersions versions, Committer committer, Turnstile turnstile)
{
    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, string id, Condition condition, CancellationToken ct)
    {
        if (Preparation.CheckId(id) is { } wrong)
        {
            return wrong;
        }

        return await turnstile.RunAsync($"{type.Name}/{id}", () => TryAsync(caller, type, id, condition, ct), ct);
    }

    private async Task<Outcome<Reply>> TryAsync(Caller caller, TypeDefinition type, string id, Condition condition, CancellationToken ct)
    {
        var current = await versions.CurrentAsync(caller, type, id, ct);
        if (condition.Check(type, id, current) is { } refused)
        {
            return refused;
        }

        if (current.Version == 0 || current.Deleted)
        {
            return new Reply(204);
        }

        var outcome = await committer.CommitAsync(new WriteSet(caller, [Preparation.Deletion(type, id, current.Version)]), ct);
        return outcome.Failed(out var failure) ? failure : new Reply(204) { Version = outcome.Value[0].Version, LastModified = outcome.Value[0].At };
    }
}
