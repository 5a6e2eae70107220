using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Compartment;

/// <summary>search in a compartment (http://hl7.org/fhir/R4/http.html#vsearch): <c>Patient/1/Observation?code=...</c> and <c>Patient/1/*</c>.</summary>
internal sealed class CompartmentSearch(CompartmentSet compartments, CompartmentPages pages, SearchInteraction search, FhirDefinitions definitions)
{
    /// <param name="target">The type that is searched, or <c>*</c> for all.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, TypeDefinition compartment, string id, string target, IReadOnlyList<KeyValuePair<string, string>> query, bool lenient, string address, CancellationToken ct)
    {
        if (target != "*" && definitions.Resource(target) is null)
        {
            return FhirExchange.UnknownType(target);
        }

        if (compartments.Of(compartment) is not { } members)
        {
            return CompartmentSet.None(compartment);
        }

        if (Preparation.CheckId(id) is { } wrong)
        {
            return wrong;
        }

        if (target == "*")
        {
            return await AllAsync(caller, compartment, id, query, address, ct);
        }

        return members.ContainsKey(target)
            ? await search.RunAsync(caller, target, query, lenient, address, ct, (compartment, id))
            : new Failure(FailureKind.NotFound, "not-supported", $"A {target} is never in the compartment of a {compartment.Name}. Those are {string.Join(", ", members.Keys.Order(StringComparer.Ordinal))}.");
    }

    private async Task<Outcome<Reply>> AllAsync(
        Caller caller, TypeDefinition compartment, string id, IReadOnlyList<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        var unknown = query.FirstOrDefault(p => p.Key is not ("_count" or "_type" or "_format" or "_pretty" or Cursor.Parameter));
        return unknown.Key is null
            ? await pages.RunAsync(caller, new CompartmentScope(compartment, id, $"{compartment.Name}/{id}/*"), query.Where(p => p.Key is not ("_format" or "_pretty")), address, ct)
            : new Failure(FailureKind.NotSupported, "not-supported", $"{compartment.Name}/{id}/* takes _type and _count, not '{unknown.Key}'. Search one type, or call $everything.", unknown.Key);
    }
}
