using Microsoft.Extensions.Options;
using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Packages;
using Salus.Records.Sealing;
using Salus.Records.SearchParameters;
using Salus.Records.Subscriptions;
using Salus.Records.Validation;

namespace Salus.Records.Storage;

/// <summary>Everything about a write that needs no database: read, validate, give it the stored form, extract what it is found by.</summary>
internal sealed class Preparation(
    FhirDefinitions definitions, IndexEntries entries, AddedParameters added, SubscriptionCheck subscriptions, ResourceValidator validator, CodedValidation coded, LoadedPackages packages, Seals seals, IOptions<RecordsOptions> options, TimeProvider time)
{
    private static readonly ValidationRequest Refusals = new() { Least = IssueSeverity.Error };

    /// <summary>Reads a body as one resource, without validating its content.</summary>
    public Outcome<ResourceDocument> Read(ReadOnlyMemory<byte> utf8) =>
        ResourceReader.TryRead(utf8, definitions, out var document, out var issue) ? document : OperationOutcome.Failure(issue);

    /// <summary>Null, or why a resource is not stored, by the policy for resources of their own or for those in bundles.</summary>
    public ValueTask<Failure?> ValidateAsync(Element resource, Tenant tenant, CancellationToken ct) => ValidateAsync(resource, tenant, Policy(resource), Refusals, ct);

    /// <summary>The same for a transaction bundle with all that is in it, where references may be conditional.</summary>
    public ValueTask<Failure?> ValidateTransactionAsync(Element bundle, Tenant tenant, CancellationToken ct) =>
        ValidateAsync(bundle, tenant, options.Value.BulkValidation, Refusals with { ConditionalReferences = true }, ct);

    /// <summary>The structure alone: of a batch, whose entries are validated each by itself.</summary>
    public Failure? ValidateShape(Element bundle) => options.Value.BulkValidation == ValidationPolicy.Off
        ? null
        : Refusal(validator.Validate(bundle, Refusals with { ConditionalReferences = true, Depth = ValidationDepth.Structure }));

    /// <summary>What stands in a bundle is bulk.</summary>
    private ValidationPolicy Policy(Element resource) => resource.IsRoot ? options.Value.Validation : options.Value.BulkValidation;

    // Profiles ask for codes: first what R4 and the packages list, then the terminology of this server.
    private async ValueTask<Failure?> ValidateAsync(Element resource, Tenant tenant, ValidationPolicy policy, ValidationRequest request, CancellationToken ct) => policy switch
    {
        ValidationPolicy.Off => null,
        ValidationPolicy.Structural => Refusal(validator.Validate(resource, request with { Depth = ValidationDepth.Structure })),
        ValidationPolicy.Invariants => Refusal(validator.Validate(resource, request with { Depth = ValidationDepth.Invariants })),
        _ => Refusal(await coded.RunAsync(tenant, resource, request with { Depth = ValidationDepth.Profiles }, packages.Profiles.ValueSets, ct)),
    };

    private static Failure? Refusal(IReadOnlyList<Issue> issues) => issues.Any(i => i.Severity >= IssueSeverity.Error) ? OperationOutcome.Failure(issues) : null;

    /// <summary>A new logical id: a UUIDv7, so that ids of one time stand together.</summary>
    public string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>Prepares a valid resource as the version after <paramref name="expected"/>.</summary>
    public async ValueTask<Outcome<PendingWrite>> WriteAsync(Element resource, Tenant tenant, string id, int expected, bool fresh, ReferenceMap? map, CancellationToken ct)
    {
        if ((added.Check(resource, tenant, id) ?? await subscriptions.CheckAsync(resource, ct)) is { } wrong)
        {
            return wrong;
        }

        var stored = ResourceRewriter.Rewrite(resource, id, expected + 1, map);
        if (Seals.Forged(stored.Document) is { } forged)
        {
            return forged;
        }

        // What it is found by is taken from what is stored: of a sealed value the index has the hash alone.
        var form = seals.Seal(tenant, id, stored.Document, stored.StampOffset);
        var index = await entries.OfAsync((form?.Document ?? stored.Document).Root, ct);
        return index.Failed(out var failure)
            ? failure
            : new PendingWrite(expected == 0 ? FeedOperation.Create : FeedOperation.Update, resource.Type!, id, expected, fresh)
            {
                Checked = Policy(resource),
                Body = System.Runtime.InteropServices.MemoryMarshal.AsMemory(stored.Document.Utf8),
                Sealed = form,
                StampOffset = stored.StampOffset,
                Index = index.Value,
            };
    }

    public static PendingWrite Deletion(TypeDefinition type, string id, int expected) =>
        new(FeedOperation.Delete, type, id, expected, Fresh: false);

    /// <summary>Null, or why this may not be a logical id (http://hl7.org/fhir/R4/datatypes.html#id).</summary>
    public static Failure? CheckId(string id) =>
        id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
            ? null
            : new Failure(FailureKind.Invalid, "value", $"'{Shorten(id)}' is not a FHIR id: 1 to 64 characters of A-Z, a-z, 0-9, '-' and '.'.");

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
