using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Salus.Bench.Corpus;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Fhir.Search;
using Salus.Fhir.Validation;
using Salus.Records.Packages;

namespace Salus.Bench.Engine;

/// <summary>What the FHIR engine does with a write, stage by stage, on one thread; each operation passes over all Synthea bundles.</summary>
public class EngineStages
{
    private readonly StructureValidator validator = new(FhirDefinitions.R4, new StructureValidationOptions { ConditionalReferences = true });
    private const string UsCoreProfiles = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-";
    private static readonly ValidationRequest Judged = new() { ConditionalReferences = true };

    private readonly ResourceValidator full = new(FhirDefinitions.R4, () => Profiles);
    private readonly SearchValueExtractor extractor = new(new SearchParameterSet(FhirDefinitions.R4));
    private readonly SearchValues values = new();
    private byte[][] bundles = [];
    private ResourceDocument[] documents = [];
    private ResourceDocument[] stored = [];
    private (Element Resource, string[] Profiles)[] entries = [];

    private static ProfileSet Profiles { get; } = new(FhirDefinitions.R4);

    /// <summary>The folder of data sets. BenchmarkDotNet makes the object, so it cannot be handed over.</summary>
    internal static string Data { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        bundles = [.. SyntheaBundles.Staff(Data), .. SyntheaBundles.Patients(Data)];
        documents = [.. bundles.Select(ReadOne)];
        stored = [.. documents.SelectMany(Rewritten)];
        foreach (var package in Directory.EnumerateFiles(Path.Combine(Data, "us-core"), "*.tgz"))
        {
            using var stream = File.OpenRead(package);
            PackageFile.Read(stream, FhirDefinitions.R4).Resources.ForEach(r => Profiles.Add(r));
        }

        var known = Profiles.Profiles.Where(p => p.Url.StartsWith(UsCoreProfiles, StringComparison.Ordinal)).Select(p => p.Url).ToHashSet(StringComparer.Ordinal);
        entries = [.. documents.SelectMany(d => BundleEntries.In(d.Root)).Select(e => (e.Resource, ProfileOf(e.Resource, known)))];
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

    [Benchmark(Description = "validate in full with every warning, and against US Core 3.1.0 where it has a profile")]
    public int UsCore() => entries.Sum(e => full.Validate(e.Resource, Judged with { Profiles = e.Profiles }).Count);

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

    /// <summary>The profile named after the type; of the several for observations and reports, none.</summary>
    private static string[] ProfileOf(Element resource, HashSet<string> known) =>
        UsCoreProfiles + resource.Type!.Name.ToLowerInvariant() is var url && known.Contains(url) ? [url] : [];

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
