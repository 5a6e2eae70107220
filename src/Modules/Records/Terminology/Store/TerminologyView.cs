using System.Collections.Concurrent;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Maps;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Terminology.Store;

/// <summary>
/// The terminology of one tenant as it is until somebody changes a CodeSystem, ValueSet or ConceptMap: then it is left and a new one begins. What was
/// looked up stays in memory. Safe for all threads.
/// </summary>
internal sealed class TerminologyView(TerminologySources sources, Tenant tenant, long position)
{
    // Questions come from outside: what they name must not fill the memory.
    private const int MaxRemembered = 5000;

    private readonly ConcurrentDictionary<string, Lazy<Task<Outcome<CodeSystem>>>> systems = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Outcome<ValueSet>>>> valueSets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Outcome<List<CodeSelection>>>>> expansions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(CodeSystem, PropertyFilter), Outcome<ConceptFilter>> filters = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<ConceptMap>>>> maps = new(StringComparer.Ordinal);

    public Tenant Tenant { get; } = tenant;

    /// <summary>The last position of the log with a terminology resource that this view knows of.</summary>
    public long Position { get; } = position;

    /// <summary>A code system by its URL, with its content. Fails with NotFound.</summary>
    /// <param name="version">Null for the newest.</param>
    public ValueTask<Outcome<CodeSystem>> SystemAsync(string url, string? version, CancellationToken ct)
    {
        var (bare, stated) = Split(url);
        version ??= stated;
        return RememberAsync(systems, $"{bare}|{version}", () => sources.SystemAsync(Tenant, bare, version), ct);
    }

    /// <summary>A value set by its canonical URL, with or without version. Fails with NotFound.</summary>
    public ValueTask<Outcome<ValueSet>> ValueSetAsync(string canonical, CancellationToken ct)
    {
        var (url, version) = Split(canonical);
        return RememberAsync(valueSets, canonical, () => sources.ValueSetAsync(Tenant, url, version), ct);
    }

    /// <summary>All codes of a value set that is known by its URL.</summary>
    public ValueTask<Outcome<List<CodeSelection>>> ExpandAsync(ValueSet valueSet, bool byUrl, CancellationToken ct) => byUrl && valueSet.Url is not null
        ? RememberAsync(expansions, valueSet.Canonical, () => new Composition(this, CancellationToken.None).CodesAsync(valueSet), ct)
        : new(new Composition(this, ct).CodesAsync(valueSet));

    /// <summary>A filter made for a code system.</summary>
    public Outcome<ConceptFilter> Filter(CodeSystem system, PropertyFilter filter)
    {
        if (filters.TryGetValue((system, filter), out var made))
        {
            return made;
        }

        // To count takes all of its locks: when something is added only.
        if (filters.Count >= MaxRemembered)
        {
            filters.Clear();
        }

        return filters.GetOrAdd((system, filter), static key => ConceptFilter.Of(key.Item1, key.Item2));
    }

    /// <summary>Every concept map.</summary>
    public ValueTask<IReadOnlyList<ConceptMap>> MapsAsync(CancellationToken ct) => RememberAsync(maps, "", () => sources.MapsAsync(Tenant), ct);

    /// <summary>The content of a CodeSystem resource that was named by its id.</summary>
    public async ValueTask<Outcome<CodeSystem>> SystemOfAsync(Element resource, CancellationToken ct)
    {
        var header = CodeSystemReader.Header(resource);
        // Its concepts may be in a table.
        return header.Content == SystemContent.NotPresent && await SystemAsync(header.Url, header.Version, ct) is var loaded && !loaded.Failed(out _)
            ? loaded
            : CodeSystemReader.Read(resource);
    }

    public static Failure NoContent(SystemHeader system) => new(
        FailureKind.NotFound, "not-found",
        $"The code system {system.Canonical} is known here by name only (content = not-present). Load its concepts: salus terminology load, or a CodeSystem resource with them.");

    public static Failure NotInPart(SystemHeader system, string code) => new(
        FailureKind.NotFound, "not-found", $"'{code}' is not in the part of {system.Canonical} that is here (content = {(system.Content == SystemContent.Example ? "example" : "fragment")}).");

    // The one who asks first may leave, so nobody's wish to stop ends a look-up; one that failed, the database being away, is made again by the next who asks.
    private static async ValueTask<T> RememberAsync<T>(ConcurrentDictionary<string, Lazy<Task<T>>> known, string key, Func<Task<T>> find, CancellationToken ct)
    {
        if (known.TryGetValue(key, out var entry) && entry is { IsValueCreated: true, Value: { IsCompleted: true, IsCompletedSuccessfully: false } })
        {
            known.TryRemove(new KeyValuePair<string, Lazy<Task<T>>>(key, entry));
            entry = null;
        }

        if (entry is null)
        {
            if (known.Count >= MaxRemembered)
            {
                known.Clear();
            }

            entry = known.GetOrAdd(key, new Lazy<Task<T>>(() => Task.Run(find)));
        }

        return await entry.Value.WaitAsync(ct);
    }

    private static (string Url, string? Version) Split(string canonical) =>
        canonical.IndexOf('|', StringComparison.Ordinal) is >= 0 and var bar ? (canonical[..bar], canonical[(bar + 1)..] is { Length: > 0 } version ? version : null) : (canonical, null);
}
