using System.Text;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Fhir.Validation;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Storage;

/// <summary>Everything about a write that needs no database: read, validate, give it the stored form, extract what it is found by.</summary>
internal sealed class Preparation(FhirDefinitions definitions, SearchValueExtractor extractor, Catalog catalog, IOptions<RecordsOptions> options, TimeProvider time)
{
    private readonly StructureValidator validator = new(definitions);
    private readonly StructureValidator transactionValidator = new(definitions, new StructureValidationOptions { ConditionalReferences = true });

    /// <summary>Reads a body as one resource, without validating its content.</summary>
    public Outcome<ResourceDocument> Read(ReadOnlyMemory<byte> utf8) =>
        ResourceReader.TryRead(utf8, definitions, out var document, out var issue) ? document : OperationOutcome.Failure(issue);

    /// <summary>Null, or everything that breaks the structure of R4.</summary>
    public Failure? Validate(Element resource) => Validate(validator, resource);

    /// <summary>The same for a transaction bundle with all that is in it, where references may be conditional.</summary>
    public Failure? ValidateTransaction(Element bundle) => Validate(transactionValidator, bundle);

    private Failure? Validate(StructureValidator validator, Element resource)
    {
        if (options.Value.Validation == ValidationPolicy.Off)
        {
            return null;
        }

        var issues = validator.Validate(resource);
        return issues.Any(i => i.Severity >= Fhir.IssueSeverity.Error) ? OperationOutcome.Failure(issues) : null;
    }

    /// <summary>A new logical id: a UUIDv7, so that ids of one time stand together.</summary>
    public string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>Prepares a valid resource as the version after <paramref name="expected"/>.</summary>
    public async ValueTask<Outcome<PendingWrite>> WriteAsync(Element resource, string id, int expected, bool fresh, ReferenceMap? map, CancellationToken ct)
    {
        var stored = ResourceRewriter.Rewrite(resource, id, expected + 1, map);
        var values = new SearchValues();
        extractor.Extract(stored.Document.Root, values);
        // One commit is one writer for everybody: a resource with a million names would hold it for half a minute.
        if (values.Count > options.Value.MaxIndexValues)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly",
                $"{resource.Type!.Name} has {values.Count} values to be found by; the limit is {options.Value.MaxIndexValues} (Salus:Records:MaxIndexValues). Split it into several resources.",
                resource.Path);
        }

        await catalog.LearnSystemsAsync(values, ct);
        var texts = StringText.Of(values.Strings, catalog);
        await catalog.ParameterSets.LearnAsync(texts.Select(t => t.Parameters), ct);
        var exact = Lexeme.Join(values, catalog);
        if (Encoding.UTF8.GetByteCount(exact) > Lexeme.MaxBytes)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly",
                $"The codes, identifiers and references that {resource.Type!.Name} is found by have more than {Lexeme.MaxBytes} bytes. Split it into several resources.", resource.Path);
        }

        return new PendingWrite(expected == 0 ? FeedOperation.Create : FeedOperation.Update, resource.Type!, id, expected, fresh)
        {
            Body = System.Runtime.InteropServices.MemoryMarshal.AsMemory(stored.Document.Utf8),
            StampOffset = stored.StampOffset,
            Exact = exact,
            Strings = IndexedString.Of(texts, catalog),
            Values = values,
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
