using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>A resource as the server serves it.</summary>
internal sealed class OracleResource(ResourceDocument document)
{
    private readonly Dictionary<string, OracleFacts> facts = [];

    public string Type { get; } = document.Type.Name;

    public string Id { get; } = document.Id!;

    public string Name => $"{Type}/{Id}";

    /// <summary>The instant of its last change, as its meta says.</summary>
    public (Int128 Low, Int128 High) LastUpdated { get; } = OracleDate.Parse(document.Root.Child("meta"u8).Child("lastUpdated"u8).AsString())!.Value;

    /// <summary>What it has for a parameter, by the published expression.</summary>
    public OracleFacts Facts(SearchParameter parameter)
    {
        if (!facts.TryGetValue(parameter.Url, out var found))
        {
            var items = OracleItem.Evaluate(parameter.Expression!, document.Root);
            found = parameter.Type == SearchType.Composite ? OracleFacts.Composite(parameter, items) : new OracleFacts(parameter.Type, items);
            facts.Add(parameter.Url, found);
        }

        return found;
    }
}

/// <summary>All resources of the server, and what refers to what.</summary>
internal sealed class OracleStore
{
    private readonly Dictionary<string, OracleResource> byName;
    private readonly Dictionary<string, List<OracleResource>> byType;
    private readonly Dictionary<string, IReadOnlyList<SearchParameter>> parameters = [];
    private readonly Dictionary<string, List<(OracleResource From, SearchParameter By)>> backwards = [];

    public OracleStore(IEnumerable<OracleResource> resources)
    {
        byName = resources.OrderBy(r => r.Name, StringComparer.Ordinal).ToDictionary(r => r.Name);
        byType = byName.Values.GroupBy(r => r.Type).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Id, StringComparer.Ordinal).ToList());
        Types = [.. byType.Keys.Order(StringComparer.Ordinal)];
        foreach (var from in Types.SelectMany(Of))
        {
            foreach (var by in Parameters(from.Type).Where(p => p.Type == SearchType.Reference))
            {
                foreach (var to in Targets(from, by).Distinct())
                {
                    (backwards.TryGetValue(to.Name, out var known) ? known : backwards[to.Name] = []).Add((from, by));
                }
            }
        }
    }

    public IReadOnlyList<string> Types { get; }

    public int Count => byName.Count;

    public IReadOnlyList<OracleResource> Of(string type) => byType.TryGetValue(type, out var found) ? found : [];

    public OracleResource? Find(string? type, string? id) => byName.GetValueOrDefault($"{type}/{id}");

    /// <summary>The resources here that one refers to.</summary>
    public IEnumerable<OracleResource> Targets(OracleResource from, SearchParameter by) =>
        from.Facts(by).References.Select(r => Find(r.Type, r.Id)).OfType<OracleResource>();

    /// <summary>What refers to a resource.</summary>
    public IReadOnlyList<(OracleResource From, SearchParameter By)> Referring(OracleResource to) => backwards.TryGetValue(to.Name, out var found) ? found : [];

    /// <summary>The published parameters of a type that are about its content, the first of each code.</summary>
    public IReadOnlyList<SearchParameter> Parameters(string type)
    {
        if (!parameters.TryGetValue(type, out var found))
        {
            var definition = FhirDefinitions.R4.Resource(type)!;
            found = [.. FhirDefinitions.R4.SearchParameters.Where(p => p.Base.Any(definition.Is)).DistinctBy(p => p.Code).Where(p => p.Expression is not null && p.Code is not ("_id" or "_lastUpdated"))];
            parameters.Add(type, found);
        }

        return found;
    }

    public SearchParameter? Parameter(string type, string code) => Parameters(type).FirstOrDefault(p => p.Code == code);
}
