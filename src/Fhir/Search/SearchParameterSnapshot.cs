using System.Collections.Immutable;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Search;

/// <summary>The search parameters of all resource types at one moment. Immutable; safe for all threads.</summary>
public sealed class SearchParameterSnapshot
{
    private readonly Dictionary<string, Dictionary<string, ResourceParameter>> byType;
    private readonly Lazy<Dictionary<string, SearchParameter>> byUrl;
    private readonly SearchParameterSnapshot? published;

    private SearchParameterSnapshot(
        FhirDefinitions definitions, SearchParameterSnapshot? published, Dictionary<string, Dictionary<string, ResourceParameter>> byType,
        IReadOnlyList<ResourceParameter> all, int places, long version)
    {
        this.byType = byType;
        this.published = published;
        Definitions = definitions;
        All = all;
        Places = places;
        Version = version;
        byUrl = new(() => Definitions.SearchParameters.Concat(all.Select(p => p.Definition)).DistinctBy(p => p.Url).ToDictionary(p => p.Url, StringComparer.Ordinal));
    }

    public FhirDefinitions Definitions { get; }

    /// <summary>Every parameter of every type.</summary>
    public IReadOnlyList<ResourceParameter> All { get; }

    /// <summary>All <see cref="ResourceParameter.Index"/> ever given are below this, those of parameters that are gone included.</summary>
    public int Places { get; }

    /// <summary>The number that the caller of <see cref="With"/> gave; 0 for the published parameters alone.</summary>
    public long Version { get; }

    internal static SearchParameterSnapshot Published(FhirDefinitions definitions)
    {
        var all = new List<ResourceParameter>();
        var byType = new Dictionary<string, Dictionary<string, ResourceParameter>>(StringComparer.Ordinal);
        foreach (var type in definitions.ResourceTypes)
        {
            var ofType = new Dictionary<string, ResourceParameter>(StringComparer.Ordinal);
            foreach (var parameter in definitions.SearchParameters)
            {
                if (!IsContent(parameter) && parameter.Base.Any(type.Is) && !ofType.ContainsKey(parameter.Code))
                {
                    var one = new ResourceParameter(all.Count, type, parameter);
                    ofType.Add(parameter.Code, one);
                    all.Add(one);
                }
            }

            byType.Add(type.Name, ofType);
        }

        return new SearchParameterSnapshot(definitions, null, byType, all, all.Count, 0);
    }

    /// <summary>
    /// The published parameters and these. A parameter that this snapshot has with the same definition object keeps its instance; where a type has
    /// the code already, the one that came first stays.
    /// </summary>
    /// <param name="added">Definitions whose expressions are known to compile, in the order in which they count.</param>
    public SearchParameterSnapshot With(IReadOnlyList<SearchParameter> added, long version)
    {
        var root = published ?? this;
        var next = new Dictionary<string, Dictionary<string, ResourceParameter>>(root.byType, StringComparer.Ordinal);
        var all = new List<ResourceParameter>(root.All);
        var places = Places;
        foreach (var definition in added)
        {
            foreach (var type in Definitions.ResourceTypes.Where(t => definition.Base.Any(t.Is) && !next[t.Name].ContainsKey(definition.Code)))
            {
                if (ReferenceEquals(next[type.Name], root.byType[type.Name]))
                {
                    next[type.Name] = new Dictionary<string, ResourceParameter>(next[type.Name], StringComparer.Ordinal);
                }

                var one = Find(type.Name, definition.Code) is { } before && ReferenceEquals(before.Definition, definition)
                    ? before
                    : new ResourceParameter(places++, type, definition);
                next[type.Name].Add(definition.Code, one);
                all.Add(one);
            }
        }

        return new SearchParameterSnapshot(Definitions, root, next, all, places, version);
    }

    /// <summary>All parameters of a concrete resource type, by code; empty for an unknown type. The same object as long as the type has the same parameters.</summary>
    public IReadOnlyDictionary<string, ResourceParameter> For(string resourceType) =>
        byType.TryGetValue(resourceType, out var found) ? found : ImmutableDictionary<string, ResourceParameter>.Empty;

    /// <summary>One parameter, or null.</summary>
    public ResourceParameter? Find(string resourceType, string code) =>
        byType.TryGetValue(resourceType, out var found) ? found.GetValueOrDefault(code) : null;

    /// <summary>The definition of that canonical URL, or null.</summary>
    public SearchParameter? Definition(string url) => byUrl.Value.GetValueOrDefault(url);

    /// <summary>Whether it is <c>_content</c>, which finds the words of all strings. It is published, and yet only there where it is added: it costs more than all others.</summary>
    public static bool IsContent(SearchParameter definition) => definition is { Code: "_content", Expression: null };

    /// <summary>Whether a parameter was added to the published ones.</summary>
    public bool IsAdded(ResourceParameter parameter) => parameter.Index >= (published ?? this).All.Count;
}
