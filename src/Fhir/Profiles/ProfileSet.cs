using System.Collections.Concurrent;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>A profile that is loaded.</summary>
/// <param name="Url">Its canonical URL.</param>
/// <param name="Version">Its version, or null.</param>
/// <param name="Title">Its name for a person.</param>
/// <param name="Type">The R4 type that it constrains.</param>
public sealed record LoadedProfile(string Url, string? Version, string Title, TypeDefinition Type);

/// <summary>
/// The profiles and extensions that resources are validated against, and the value sets that these name. Filled with <see cref="Add"/>, then used by
/// any number of threads; adding while validating is safe too. A profile is compiled when it is first used.
/// </summary>
public sealed class ProfileSet
{
    internal const string BasePrefix = "http://hl7.org/fhir/StructureDefinition/";

    private readonly FhirDefinitions definitions;
    private readonly ConcurrentDictionary<string, StructureProfile> profiles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CompiledPlan> plans = new(StringComparer.Ordinal);
    private readonly ResourceValueSets own;
    private int generation;

    /// <summary>Begins with the profiles and extensions that R4 itself publishes: vital signs, and some four hundred extensions.</summary>
    public ProfileSet(FhirDefinitions definitions)
    {
        this.definitions = definitions;
        own = new ResourceValueSets(definitions);
        ReadOnlyMemory<byte> lines = definitions.ProfileSource();
        while (lines.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (!ResourceReader.TryRead(lines[..end], definitions, out var document, out var issue) || !Add(document))
            {
                throw new InvalidDataException($"The compiled profiles are damaged: {issue?.Message}");
            }

            lines = lines[(end + 1)..];
        }
    }

    /// <summary>Profiles and extensions, by URL.</summary>
    public IReadOnlyList<LoadedProfile> Profiles =>
        [.. profiles.Values.OrderBy(p => p.Url, StringComparer.Ordinal).Select(p => new LoadedProfile(p.Url, p.Version, p.Title, p.Type))];

    /// <summary>
    /// Takes a StructureDefinition, ValueSet or CodeSystem; a later one replaces an earlier one of the same URL. False for anything else, and for
    /// what cannot be checked against: logical models, the definitions of types, resources without URL.
    /// </summary>
    public bool Add(ResourceDocument document)
    {
        if (document.Type.Name != "StructureDefinition")
        {
            return own.Add(document.Root);
        }

        if (StructureProfile.Read(document.Root) is not { } profile)
        {
            return false;
        }

        profiles[profile.Url] = profile;
        Interlocked.Increment(ref generation); // others may be based on it
        return true;
    }

    /// <summary>What in a profile could not be understood and is therefore not checked; null when the profile is not known.</summary>
    public IReadOnlyList<string>? Problems(string url) => Plan(url)?.Problems;

    /// <summary>True when it is loaded.</summary>
    public bool Knows(string url) => profiles.ContainsKey(Bare(url));

    internal ProfilePlan? Plan(string url)
    {
        url = Bare(url);
        // Read before the profile: a plan of what is replaced meanwhile is one of an earlier generation.
        var current = Volatile.Read(ref generation);
        if (plans.TryGetValue(url, out var known) && known.Generation == current)
        {
            return known.Plan.Value;
        }

        return Compiled(url, current);
    }

    // Apart, because the closures of a method are made at its beginning, for every hit too.
    private ProfilePlan? Compiled(string url, int current)
    {
        if (!profiles.TryGetValue(url, out var profile))
        {
            return null;
        }

        var made = new CompiledPlan(current, new(() => Compile(profile)));
        return plans.AddOrUpdate(url, made, (_, other) => other.Generation < current ? made : other).Plan.Value;
    }

    /// <param name="Generation">How many profiles had been added by then.</param>
    private sealed record CompiledPlan(int Generation, Lazy<ProfilePlan> Plan);

    /// <summary>The type that a profile, or a type of R4, is about; null when it is not known.</summary>
    internal TypeDefinition? TypeOf(string url)
    {
        url = Bare(url);
        return profiles.TryGetValue(url, out var profile) ? profile.Type
            : url.StartsWith(BasePrefix, StringComparison.Ordinal) ? definitions.Type(url[BasePrefix.Length..]) : null;
    }

    /// <summary>The value sets of R4 and those that were added.</summary>
    public IValueSets ValueSets => own;

    /// <summary>Whether a code is in one of <see cref="ValueSets"/>; null when that is not known here.</summary>
    internal bool? Contains(string valueSet, string? system, string code) => own.Contains(valueSet, system, code);

    /// <summary>The snapshot of a profile, as a tree; null when it is not known.</summary>
    internal ProfileNode? Snapshot(string url, bool fromDifferential = false)
    {
        if (!profiles.TryGetValue(Bare(url), out var profile))
        {
            return null;
        }

        return new SnapshotBuilder(definitions, Find).Build(fromDifferential ? profile.WithoutSnapshot() : profile);
    }

    private ProfilePlan Compile(StructureProfile profile)
    {
        var builder = new SnapshotBuilder(definitions, Find);
        var root = builder.Build(profile);
        return new PlanCompiler(definitions, builder.Problems).Compile(profile, root);
    }

    private StructureProfile? Find(string url) => profiles.GetValueOrDefault(url);

    private static string Bare(string url) => url.IndexOf('|', StringComparison.Ordinal) is >= 0 and var at ? url[..at] : url;
}
