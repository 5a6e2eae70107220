using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Create;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;

namespace Salus.Records.Update;

/// <summary>update (http://hl7.org/fhir/R4/http.html#update), which also creates at an id that the client chose.</summary>
internal sealed class UpdateInteraction(Preparation preparation, ResourceVersions versions, WriteAccess access, Committer committer, Turnstile turnstile)
{
    /// <param name="known">What was current a moment ago, when the caller has looked already; it is checked at the commit like any other look.</param>
    public async Task<Outcome<Reply>> RunAsync(
       Caller caller, TypeDefinition type, string id, Element resource, Condition condition, CancellationToken ct, CurrentRow? known = null)
    {
        if ((Preparation.CheckId(id) ?? CreateInteraction.TypeMismatch(type, resource) ?? IdMismatch(id, resource)) is { } mismatch)
        {
            return mismatch;
        }

        if (await preparation.ValidateAsync(resource, caller.Tenant, ct) is { } invalid)
        {
            return invalid;
        }

        // Without If-Match the last writer wins, so a lost race is run again.
        return await turnstile.RunAsync(
            $"{type.Name}/{id}",
            async () =>
            {
                var current = known ?? await versions.CurrentAsync(caller, type, id, ct);
                known = null;
                if (current.Version > 0 && await access.RefusalAsync(caller, type, id, Interactions.Update, ct) is { } forbidden)
                {
                    return forbidden;
                }

                return condition.Check(type, id, current) is { } refused ? refused : await CommitAsync(caller, id, resource, current, [], ct);
            },
            ct);
    }

    /// <summary>Writes a valid resource as the next version at an id.</summary>
    /// <param name="current">What is current there; checked at the commit.</param>
    /// <param name="conditions">What else has to hold.</param>
    public async Task<Outcome<Reply>> CommitAsync(
        Caller caller, string id, Element resource, CurrentRow current, IReadOnlyList<WriteCondition> conditions, CancellationToken ct, bool fresh = false)
    {
        var write = await preparation.WriteAsync(resource, caller.Tenant, id, current.Version, fresh, map: null, ct);
        if (write.Failed(out var failure))
        {
            return failure;
        }

        var outcome = await committer.CommitAsync(new WriteSet(caller, [write.Value]) { Conditions = conditions }, ct);
        return outcome.Failed(out failure) ? failure : CreateInteraction.Stored(current.Version == 0 || current.Deleted ? 201 : 200, write.Value, outcome.Value[0]);
    }

    public static Failure? IdMismatch(string id, Element resource)
    {
        var stated = resource.Child("id"u8).AsString();
        return stated == id ? null : new Failure(
            FailureKind.Invalid, "value",
            stated is null ? $"The resource has no id. An update names it in the resource too: \"id\": \"{id}\"." : $"The resource's id is '{stated}', the address says '{id}'. They must be the same.",
            $"{resource.Type?.Name}.id");
    }
}
