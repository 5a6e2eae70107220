using Salus.Fhir.Definitions;

namespace Salus.Fhir.Search;

/// <summary>Which search parameters each resource type has: those of the type itself and those of <c>DomainResource</c> and <c>Resource</c>. Immutable.</summary>
public sealed class SearchParameterSet
{
    private readonly ResourceParameter[] all;
    private readonly Dictionary<string, Dictionary<string, ResourceParameter>> byType = new(StringComparer.Ordinal);

    public SearchParameterSet(FhirDefinitions definitions)
    {
        Definitions = definitions;
        var found = new List<ResourceParameter>();
        foreach (var type in definitions.ResourceTypes)
        {
            var ofType = new Dictionary<string, ResourceParameter>(StringComparer.Ordinal);
            foreach (var parameter in definitions.SearchParameters)
            {
                if (parameter.Base.Any(type.Is) && !ofType.ContainsKey(parameter.Code))
                {
                    var one = new ResourceParameter(found.Count, type, parameter);
                    ofType.Add(parameter.Code, one);
                    found.Add(one);
                }
            }

            byType.Add(type.Name, ofType);
        }

        all = [.. found];
    }

    public FhirDefinitions Definitions { get; }

    public IReadOnlyList<ResourceParameter> All => all;

    /// <summary>All parameters of a concrete resource type, by code; empty for an unknown type.</summary>
    public IReadOnlyDictionary<string, ResourceParameter> For(string resourceType) =>
        byType.TryGetValue(resourceType, out var found) ? found : System.Collections.Immutable.ImmutableDictionary<string, ResourceParameter>.Empty;

    /// <summary>One parameter, or null.</summary>
    public ResourceParameter? Find(string resourceType, string code) =>
        byType.TryGetValue(resourceType, out var found) ? found.GetValueOrDefault(code) : null;
}
