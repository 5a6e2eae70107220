using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Http;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Delete;

/// <summary>
/// conditional delete (http://hl7.org/fhir/R4/http.html#3.1.0.7.1): deletes what matches, all in one commit or nothing; more matches than
/// <see cref="RecordsOptions.MaxConditionalDeletes"/> are refused.
/// </summary>
internal sealed class ConditionalDelete(ConditionalMatch match, ConditionalAttempts attempts, Committer committer, IOptions<RecordsOptions> options)
{
    /// <param name="query">The criteria.</param>
    /// <param name="place">Where they stand, for messages.</param>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, string query, string place, Condition condition, string address, CancellationToken ct)
    {
        var parsed = match.Parse(type, query, address, place);
        if (parsed.Failed(out var failure))
        {
            return failure;
        }

        var criteria = parsed.Value with { Most = options.Value.MaxConditionalDeletes };
        return await attempts.RunAsync(caller, criteria, (found, still) => DeleteAsync(caller, criteria, found, condition, still, ct), ct);
    }

    private async Task<Outcome<Reply>> DeleteAsync(
        Caller caller, MatchCriteria criteria, IReadOnlyList<ExistingResource> found, Condition condition, WriteCondition still, CancellationToken ct)
    {
        if (found.Count == 0)
        {
            return condition.Check(criteria.Key, default) is { } absent ? absent : DeleteInteraction.Nothing(criteria.Key);
        }

        foreach (var existing in found)
        {
            if (condition.Check(criteria.Type, existing.Id, new CurrentRow(0, existing.Version, Deleted: false)) is { } refused)
            {
                return refused;
            }
        }

        PendingWrite[] writes = [.. found.Select(f => Preparation.Deletion(criteria.Type, f.Id, f.Version))];
        var outcome = await committer.CommitAsync(new WriteSet(caller, writes) { Conditions = [still] }, ct);
        if (outcome.Failed(out var failure))
        {
            return failure;
        }

        // A version tells of one resource; of several, the note has the names.
        IReadOnlyCollection<string> patients = found.SelectMany(f => f.Patients).ToHashSet(StringComparer.Ordinal);
        return writes is [var only]
            ? DeleteInteraction.Deleted(only, outcome.Value[0]) with { Patients = patients }
            : new Reply(204) { Patients = patients, Note = $"{writes.Length} resources were deleted: {string.Join(", ", writes.Select(w => $"{w.Type.Name}/{w.Id}"))}." };
    }
}
