using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Create;

/// <summary>create and conditional create (http://hl7.org/fhir/R4/http.html#create, #ccreate): the server gives the id.</summary>
internal sealed class CreateInteraction(Preparation preparation, ConditionalMatch match, ConditionalAttempts attempts, Committer committer)
{
    /// <param name="resource">The resource as read; it is validated here.</param>
    /// <param name="noneExist">The criteria of a conditional create, and where they stand; null for a plain one.</param>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, Element resource, (string Query, string Place)? noneExist, string address, CancellationToken ct)
    {
        if (TypeMismatch(type, resource) is { } mismatch)
        {
            return mismatch;
        }

        if (await preparation.ValidateAsync(resource, caller.Tenant, ct) is { } invalid)
        {
            return invalid;
        }

        if (noneExist is not { } stated)
        {
            return await StoreAsync(caller, resource, [], ct);
        }

        var criteria = match.Parse(type, stated.Query, address, stated.Place);
        return criteria.Failed(out var failure) ? failure : await attempts.RunAsync(
            caller, criteria.Value,
            async (found, condition) => found is [var existing] ? ConditionalMatch.Existing(criteria.Value, existing) : await StoreAsync(caller, resource, [condition], ct),
            ct);
    }

    private async Task<Outcome<Reply>> StoreAsync(Caller caller, Element resource, IReadOnlyList<WriteCondition> conditions, CancellationToken ct)
    {
        var write = await preparation.WriteAsync(resource, caller.Tenant, preparation.NewId(), expected: 0, fresh: true, map: null, ct);
        if (write.Failed(out var failure))
        {
            return failure;
        }

        var outcome = await committer.CommitAsync(new WriteSet(caller, [write.Value]) { Conditions = conditions }, ct);
        return outcome.Failed(out failure) ? failure : Stored(201, write.Value, outcome.Value[0]);
    }

    public static Failure? TypeMismatch(TypeDefinition type, Element resource) => resource.Type == type
        ? null
        : new Failure(FailureKind.Invalid, "invalid", $"The resource is a {resource.Type?.Name} and was sent to {type.Name}. Send it to /fhir/{resource.Type?.Name}.", "resourceType");

    /// <summary>The answer for a stored version.</summary>
    public static Reply Stored(int status, PendingWrite write, Committed committed) => new(status)
    {
        Body = write.Body,
        Patients = write.Index.Belonging.Patients,
        Version = committed.Version,
        LastModified = committed.At,
        Location = $"{write.Type.Name}/{write.Id}/_history/{committed.Version}",
        Note = $"{write.Type.Name}/{write.Id} was {(status == 201 ? "created" : "changed")}; it is at version {committed.Version}.",
    };
}
