using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Create;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;

namespace Salus.Records.Update;

/// <summary>
/// conditional update (http://hl7.org/fhir/R4/http.html#cond-update): the one resource that matches gets a new version; where none matches, it is created,
/// at the id of the resource if it has one.
/// </summary>
internal sealed class ConditionalUpdate(
    Preparation preparation, ConditionalMatch match, ConditionalAttempts attempts, ResourceVersions versions, UpdateInteraction update)
{
    /// <param name="query">The criteria.</param>
    /// <param name="place">Where they stand, for messages.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, TypeDefinition type, string query, string place, Element resource, Condition condition, string address, CancellationToken ct)
    {
        if ((CreateInteraction.TypeMismatch(type, resource) ?? await preparation.ValidateAsync(resource, caller.Tenant, ct)) is { } invalid)
        {
            return invalid;
        }

        var criteria = match.Parse(type, query, address, place);
        return criteria.Failed(out var failure) ? failure : await attempts.RunAsync(
            caller, criteria.Value,
            (found, still) => found is [var existing]
                ? ReplaceAsync(caller, criteria.Value, resource, existing, condition, still, ct)
                : CreateAsync(caller, criteria.Value, resource, condition, still, ct),
            ct);
    }

    /// <summary>Null, or why a resource that states an id cannot be the next version of the one that was found.</summary>
    public static Failure? OtherId(MatchCriteria criteria, Element resource, string found)
    {
        var stated = resource.Child("id"u8).AsString();
        return stated is null || stated == found ? null : new Failure(
            FailureKind.Invalid, "value",
            $"'{criteria.Key}' matches {criteria.Type.Name}/{found}, and the resource's id is '{stated}'. Leave the id out, or send the one that matches.", $"{criteria.Type.Name}.id");
    }

    /// <summary>Null, or why nothing can be created at the id that a resource states, though nothing matches the criteria.</summary>
    public static Failure? Taken(MatchCriteria criteria, string id, CurrentRow current) => current.Version == 0 || current.Deleted
        ? null
        : new Failure(
            FailureKind.PreconditionFailed, "duplicate",
            $"Nothing matches '{criteria.Key}', and {criteria.Type.Name}/{id} exists: it is another resource. Leave the id out, or update it by its address.", $"{criteria.Type.Name}.id");

    private async Task<Outcome<Reply>> ReplaceAsync(
        Caller caller, MatchCriteria criteria, Element resource, ExistingResource existing, Condition condition, WriteCondition still, CancellationToken ct)
    {
        var current = new CurrentRow(0, existing.Version, Deleted: false);
        return (OtherId(criteria, resource, existing.Id) ?? condition.Check(criteria.Type, existing.Id, current)) is { } refused
            ? refused
            : await update.CommitAsync(caller, existing.Id, resource, current, [still], ct);
    }

    private async Task<Outcome<Reply>> CreateAsync(Caller caller, MatchCriteria criteria, Element resource, Condition condition, WriteCondition still, CancellationToken ct)
    {
        if (condition.Check(criteria.Key, default) is { } refused)
        {
            return refused;
        }

        if (resource.Child("id"u8).AsString() is not { } id)
        {
            return await update.CommitAsync(caller, preparation.NewId(), resource, default, [still], ct, fresh: true);
        }

        var current = await versions.CurrentAsync(caller, criteria.Type, id, ct);
        return (Preparation.CheckId(id) ?? Taken(criteria, id, current)) is { } taken ? taken : await update.CommitAsync(caller, id, resource, current, [still], ct);
    }
}
