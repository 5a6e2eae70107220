using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Salus.Bench.Corpus;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Fhir.Search;
using Salus.Fhir.Validation;

namespace Salus.Bench.Engine;

/// <summary>What the FHIR engine does with a write, stage by stage, on one thread; each operation passes over all Synthea bundles.</summary>
public class EngineStages
{
    private readonly StructureValidator validator = new(FhirDefinitions.R4, new StructureValidationOptions { ConditionalReferences = true });
    private readonly ResourceValidator full = new(FhirDefinitions.R4, () => Profiles);
    private readonly SearchValueExtractor extractor = new(new SearchParameterSet(FhirDefinitions.R4));
    private readonly SearchValues values = new();
    private byte[][] bundles = [];
    private ResourceDocument[] documents = [];
    private ResourceDocument[] stored = [];

    private static ProfileSet Profiles { get; } = new(FhirDefinitions.R4);

    /// <summary>The folder of data sets. BenchmarkDotNet makes the object, so it cannot be handed over.</summary>
    internal static string Data { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        bundles = [.. SyntheaBundles.Staff(Data), .. SyntheaBundles.Patients(Data)];
        documents = [.. bundles.Select(ReadOne)];
        stored = [.. documents.SelectMany(Rewritten)];
    }

    [Benchmark(Baseline = true, Description = "JSON tokens only (Utf8JsonReader): the ceiling")]
    public long Tokens()
    {
        var tokens = 0L;
        foreach (var bundle in bundles)
        {
            var reader = new Utf8JsonReader(bundle);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    [Benchmark(Description = "read (UTF-8 check, tape, binding to the definitions)")]
    public long Read() => bundles.Sum(b => ReadOne(b).Utf8.Length);

    [Benchmark(Description = "validate the structure")]
    public int Validate() => documents.Sum(d => validator.Validate(d).Count);

    [Benchmark(Description = "validate structure and invariants, as bulk writes are")]
    public int Invariants() => Validated(ValidationDepth.Invariants, Fhir.IssueSeverity.Error);

    [Benchmark(Description = "validate in full, as single writes are")]
    public int Full() => Validated(ValidationDepth.Profiles, Fhir.IssueSeverity.Error);

    [Benchmark(Description = "validate in full with every warning, as $validate does")]
    public int Everything() => Validated(ValidationDepth.Profiles, Fhir.IssueSeverity.Information);

    [Benchmark(Description = "rewrite to the stored form")]
    public int Rewrite() => documents.Sum(d => Rewritten(d).Count());

    [Benchmark(Description = "extract the search values")]
    public int Extract()
    {
        var found = 0;
        foreach (var resource in stored)
        {
            found += Extracted(resource);
        }

        return found;
    }

    [Benchmark(Description = "all of it, without the ceiling")]
    public int All()
    {
        var found = 0;
        foreach (var bundle in bundles)
        {
            var document = ReadOne(bundle);
            found += validator.Validate(document).Count;
            foreach (var resource in Rewritten(document))
            {
                found += Extracted(resource);
            }
        }

        return found;
    }

    private int Validated(ValidationDepth depth, Fhir.IssueSeverity least)
    {
        var request = new ValidationRequest { Depth = depth, Least = least, ConditionalReferences = true, MostIssues = int.MaxValue };
        return documents.Sum(d => full.Validate(d.Root, request).Count);
    }

    private static ResourceDocument ReadOne(byte[] utf8) =>
        ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.Message);

    private static IEnumerable<ResourceDocument> Rewritten(ResourceDocument bundle) =>
        BundleEntries.In(bundle.Root).Select(e => ResourceRewriter.Rewrite(e.Resource, e.FullUrl["urn:uuid:".Length..], 1).Document);

    private int Extracted(ResourceDocument resource)
    {
        values.Clear();
        extractor.Extract(resource.Root, values);
        return values.Tokens.Count + values.Strings.Count + values.References.Count + values.Dates.Count + values.Numbers.Count + values.Quantities.Count + values.Uris.Count;
    }
}
