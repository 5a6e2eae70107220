using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Delete;

/// <summary>delete (http://hl7.org/fhir/R4/http.html#delete): the history stays; deleting what is not there is no error.</summary>
internal sealed class DeleteInteraction(ResourceVersions versions, Committer committer)
{
    private const int MaxAttempts = 100;

    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, string id, Condition condition, CancellationToken ct)
    {
        if (Preparation.CheckId(id) is { } wrong)
        {
            return wrong;
        }

        for (var attempt = 1; ; attempt++)
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
            if (!outcome.Failed(out var failure))
            {
                return new Reply(204) { Version = outcome.Value[0].Version, LastModified = outcome.Value[0].At };
            }

            if (failure.Kind != FailureKind.Conflict || attempt == MaxAttempts)
            {
                return failure;
            }
        }
    }
}
