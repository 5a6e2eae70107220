using Salus.Fhir.Definitions;

namespace Salus.Fhir.Search;

/// <summary>
/// Which search parameters each resource type has: those of the type itself and those of <c>DomainResource</c> and <c>Resource</c>, published ones
/// and those that were added. It shows one <see cref="SearchParameterSnapshot"/> at a time, swapped as a whole. Safe for all threads.
/// </summary>
public sealed class SearchParameterSet(FhirDefinitions definitions)
{
    private SearchParameterSnapshot current = SearchParameterSnapshot.Published(definitions);

    public FhirDefinitions Definitions => definitions;

    /// <summary>What holds at this moment. Who asks several questions that belong together asks one snapshot.</summary>
    public SearchParameterSnapshot Current => Volatile.Read(ref current);

    public IReadOnlyList<ResourceParameter> All => Current.All;

    /// <summary>All parameters of a concrete resource type, by code; empty for an unknown type.</summary>
    public IReadOnlyDictionary<string, ResourceParameter> For(string resourceType) => Current.For(resourceType);

    /// <summary>One parameter, or null.</summary>
    public ResourceParameter? Find(string resourceType, string code) => Current.Find(resourceType, code);

    /// <summary>Makes another snapshot the current one. It has to be made from the current one: see <see cref="SearchParameterSnapshot.With"/>.</summary>
    public void Swap(SearchParameterSnapshot next) => Volatile.Write(ref current, next);
}
