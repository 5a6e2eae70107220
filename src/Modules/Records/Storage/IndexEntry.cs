using System.Text;
using Microsoft.Extensions.Options;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Sealing;

namespace Salus.Records.Storage;

/// <summary>What a resource is found by, in the form of the tables.</summary>
internal sealed class IndexEntry
{
    /// <summary>Which search parameters it was made with: <see cref="SearchParameterSnapshot.Version"/>.</summary>
    public long Definitions { get; init; }

    /// <summary>What it is found by for equality: <see cref="Lexeme.Join"/>.</summary>
    public string Exact { get; init; } = "";

    /// <summary>The texts it is found by.</summary>
    public List<IndexedString> Strings { get; init; } = [];

    /// <summary>What it is found by otherwise.</summary>
    public SearchValues Values { get; init; } = new();

    /// <summary>What access to it is decided by.</summary>
    public Belonging Belonging { get; init; } = Belonging.None;

    /// <summary>Of a deleted resource.</summary>
    public static IndexEntry None { get; } = new();
}

/// <summary>Makes index entries. Code systems and sets of parameters that a resource is the first to use get their numbers. Safe for all threads.</summary>
internal sealed class IndexEntries(SearchParameterSet parameters, SearchValueExtractor extractor, Catalog catalog, IOptions<RecordsOptions> options)
{
    public async ValueTask<Outcome<IndexEntry>> OfAsync(Element resource, CancellationToken ct)
    {
        // Asked before: what was made with newer ones and passes for older is made again, never the other way round.
        var definitions = parameters.Current.Version;
        var values = new SearchValues();
        extractor.Extract(resource, values);
        SealedValues.Mask(resource.Document, values);
        if (values.Fault is { } fault)
        {
            // Without it, a search by this parameter would be silently incomplete.
            return new Failure(
                fault.Error.Kind == PathErrorKind.TooCostly ? FailureKind.TooCostly : FailureKind.Unprocessable, fault.Error.Kind == PathErrorKind.TooCostly ? "too-costly" : "processing",
                $"The search parameter '{fault.Parameter.Code}' ({fault.Parameter.Definition.Url}) cannot be evaluated on this resource: {fault.Error.Message}. Correct or delete that SearchParameter, or change the resource.",
                resource.Path);
        }

        // One commit is one writer for everybody: a resource with a million names would hold it for half a minute.
        var count = Math.Max(values.Count, CompositeRow.Count(values));
        if (count > options.Value.MaxIndexValues)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly",
                $"{resource.Type!.Name} has {count} values to be found by; the limit is {options.Value.MaxIndexValues} (Salus:Records:MaxIndexValues). Split it into several resources.",
                resource.Path);
        }

        await catalog.LearnAsync(values, ct);
        var texts = StringText.Of(values.Strings, catalog);
        await catalog.ParameterSets.LearnAsync(texts.Select(t => t.Parameters), ct);
        var exact = Lexeme.Join(values, catalog);
        return Encoding.UTF8.GetByteCount(exact) > Lexeme.MaxBytes
            ? new Failure(
                FailureKind.TooCostly, "too-costly",
                $"The codes, identifiers and references that {resource.Type!.Name} is found by have more than {Lexeme.MaxBytes} bytes. Split it into several resources.", resource.Path)
            : new IndexEntry { Definitions = definitions, Exact = exact, Strings = IndexedString.Of(texts, catalog), Values = values, Belonging = Belonging.Of(resource, values, parameters.Definitions) };
    }
}
