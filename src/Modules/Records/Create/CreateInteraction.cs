using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Create;

/// <summary>create (http://hl7.org/fhir/R4/http.html#create): the server gives the id.</summary>
internal sealed class CreateInteraction(Preparation preparation, Committer committer)
{
    /// <param name="resource">The resource as read; it is validated here.</param>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, TypeDefinition type, Element resource, CancellationToken ct)
    {
        if (TypeMismatch(type, resource) is { } mismatch)
        {
            return mismatch;
        }

        if (preparation.Validate(resource) is { } invalid)
        {
            return invalid;
        }

        var write = await preparation.WriteAsync(resource, preparation.NewId(), expected: 0, fresh: true, map: null, ct);
        if (write.Failed(out var failure))
        {
            return failure;
        }

        var outcome = await committer.CommitAsync(new WriteSet(caller, [write.Value]), ct);
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
