using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Http;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Patch;

/// <summary>conditional patch (http://hl7.org/fhir/R4/http.html#patch): of the one resource that matches; where none does, there is nothing to patch.</summary>
internal sealed class ConditionalPatch(ConditionalMatch match, ConditionalAttempts attempts, PatchInteraction interaction)
{
    /// <param name="query">The criteria.</param>
    /// <param name="place">Where they stand, for messages.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, TypeDefinition type, string query, string place, PatchDocument patch, Condition condition, string address, CancellationToken ct)
    {
        var criteria = match.Parse(type, query, address, place);
        return criteria.Failed(out var failure) ? failure : await attempts.RunAsync(
            caller, criteria.Value,
            async (found, still) => found is not [var existing]
                ? condition.Check(criteria.Value.Key, default) ?? Nothing(criteria.Value)
                : condition.Check(type, existing.Id, new CurrentRow(0, existing.Version, Deleted: false)) is { } refused
                    ? refused
                    : await interaction.CommitAsync(caller, existing, patch, [still], ct),
            ct);
    }

    /// <summary>Why a patch whose criteria match nothing fails.</summary>
    public static Failure Nothing(MatchCriteria criteria) =>
        new(FailureKind.NotFound, "not-found", $"Nothing matches '{criteria.Key}', so there is nothing to patch. Create it first.", criteria.Place);
}
