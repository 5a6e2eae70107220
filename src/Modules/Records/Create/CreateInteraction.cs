using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Create;

/// <summary>create (http://hl7.org/fhir/R4/http.html#create): the server gives the id.</summary>
internal sealed class CreateInteraction(Preparation preparation, ConditionalCreate conditional, Committer committer, Turnstile turnstile)
{
    /// <param name="resource">The resource as read; it is validated here.</param>
    /// <param name="noneExist">The criteria of a conditional create, and where they stand; null for a plain one.</param>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, Element resource, (string Query, string Place)? noneExist, string address, CancellationToken ct)
    {
        if (TypeMismatch(type, resource) is { } mismatch)
        {
            return mismatch;
        }

        if (preparation.Validate(resource) is { } invalid)
        {
            return invalid;
        }

        if (noneExist is not { } stated)
        {
            return await StoreAsync(caller, resource, [], ct);
        }

        var condition = conditional.Parse(type, stated.Query, address, stated.Place);
        return condition.Failed(out var failure) ? failure : await StoreUnlessAsync(caller, resource, condition.Value, ct);
    }

    private async Task<Outcome<Reply>> StoreUnlessAsync(Caller caller, Element resource, NoneExist condition, CancellationToken ct)
    {
        NoneExistLook? look = null;
        return await turnstile.RunAsync(
            condition.Key,
            async () =>
            {
                var looked = await conditional.LookAsync(caller, [condition], look, ct);
                if (looked.Failed(out var failure))
                {
                    return failure;
                }

                look = looked.Value;
                return look.Found[0] is { } existing
                    ? ConditionalCreate.Existing(condition, existing)
                    : await StoreAsync(caller, resource, [conditional.Condition(caller, condition, look, 0)], ct);
            },
            ct);
    }

    private async Task<Outcome<Reply>> StoreAsync(Caller caller, Element resource, IReadOnlyList<WriteCondition> conditions, CancellationToken ct)
    {
        var write = await preparation.WriteAsync(resource, preparation.NewId(), expected: 0, fresh: true, map: null, ct);
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
        Version = committed.Version,
        LastModified = committed.At,
        Location = $"{write.Type.Name}/{write.Id}/_history/{committed.Version}",
    };
}
