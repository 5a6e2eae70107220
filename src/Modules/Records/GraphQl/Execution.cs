using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Read;
using Salus.Records.Search;

namespace Salus.Records.GraphQl;

/// <summary>What executions share.</summary>
internal sealed record ExecutionServices(ManyResources Resources, SearchInteraction Search, SearchFields Searches, AccessConditions Access, FhirDefinitions Definitions);

/// <summary>
/// Runs an operation, round by round: all resources that the fields of one level wait for are read together, and each search below a list is one for all of that list. For one request.
/// </summary>
internal sealed class Execution(ExecutionServices services, Caller caller, Expansion expansion, Budget budget, TimeLeft time, ErrorList errors, string address)
{
    private readonly Dictionary<VersionName, ResourceDocument?> known = [];
    private readonly ConnectionAnswer connections = new(expansion);

    /// <summary>Logical ids of those whose data was loaded, or who were asked about.</summary>
    public HashSet<string> Patients { get; } = new(StringComparer.Ordinal);

    /// <summary>The reads and searches that were made of the record, for the trail: what stands in front of the question mark, and the query.</summary>
    public List<(string Place, IReadOnlyList<KeyValuePair<string, string>> Query)> Asked { get; } = [];

    /// <summary>An operation on the whole system.</summary>
    public async Task<OutObject> SystemAsync(SelectionPlan plan)
    {
        var answer = new OutObject();
        foreach (var field in plan.Fields)
        {
            switch (field.Kind)
            {
                case FieldKind.Read:
                    await ReadAsync(field, answer);
                    break;
                case FieldKind.TypeName:
                    expansion.Add(field, answer, Place.Root, false, "string", plan.Scope.Name);
                    break;
                default:
                    expansion.Search(field, null, answer, Place.Root);
                    break;
            }
        }

        await RoundsAsync();
        return answer;
    }

    /// <summary>An operation on one resource that was read.</summary>
    public async Task<OutObject> InstanceAsync(SelectionPlan plan, FoundResource resource)
    {
        var answer = new OutObject();
        var document = Keep(new VersionName(resource.Type, resource.Id), resource);
        expansion.Expand(Focus.Of(document, resource.Type, resource.Id), plan, answer, Place.Root);
        await RoundsAsync();
        return answer;
    }

    private async Task ReadAsync(PlannedField field, OutObject answer)
    {
        if (Storage.Preparation.CheckId(field.Id!) is { } wrong)
        {
            expansion.Refuse(field, answer, Place.Root, wrong.Problems[0].Code, wrong.Problems[0].Message);
        }
        else if ((await services.Access.OfAsync(caller, field.Name, Interactions.Read, budget.Stop)).Failed(out var forbidden))
        {
            Refuse(field, answer, Place.Root, field.Name, forbidden);
        }
        else
        {
            if (field.Name == "Patient")
            {
                Patients.Add(field.Id!);
            }

            Asked.Add(($"{field.Name}/{field.Id}", []));
            expansion.Load(field, new VersionName(field.Name, field.Id!), answer, Place.Root);
        }
    }

    private async Task RoundsAsync()
    {
        while (expansion.Resources.Count + expansion.Searches.Count > 0)
        {
            budget.Check();
            var (resources, searches) = (expansion.Resources.ToList(), expansion.Searches.ToList());
            expansion.Resources.Clear();
            expansion.Searches.Clear();
            await LoadAsync(resources);
            foreach (var group in searches.GroupBy(s => (s.Field, s.Owner is null)))
            {
                await SearchAsync(group.Key.Field, [.. group]);
            }
        }
    }

    private async Task LoadAsync(List<PendingResource> pending)
    {
        var missing = pending.Select(p => p.Name).Where(n => !known.ContainsKey(n)).Distinct().ToList();
        if (missing.Count > 0)
        {
            budget.TakeResources(missing.Count);
            var read = await services.Resources.ReadAsync(caller, missing, time.Seconds, budget.Stop);
            if (read.Failed(out var failure))
            {
                throw new GraphQlFault(failure.Kind, [.. GraphQlError.Of(failure)]);
            }

            foreach (var name in missing)
            {
                if (read.Value.TryGetValue(name, out var resource))
                {
                    Keep(name, resource);
                }
                else
                {
                    known.Add(name, null);
                }
            }
        }

        foreach (var one in pending)
        {
            if (known[one.Name] is { } document)
            {
                expansion.Put(one.Field, Focus.Of(document, one.Name.Type, one.Name.Id), one.Into, one.Slot, one.Place);
            }
            else if (!one.Field.Optional)
            {
                NotThere(one);
            }
        }
    }

    // Whether it is not there or not to be seen is told by nothing.
    private void NotThere(PendingResource one)
    {
        var name = $"{one.Name.Type}/{one.Name.Id}{(one.Name.Version > 0 ? $"/_history/{one.Name.Version}" : "")}";
        errors.Add(one.Field, one.Place.Path, "not-found", $"There is no {name}, or none that you may see.{(one.Field.Kind == FieldKind.Target ? " With resource(optional: true) it is left out." : "")}");
        if (one.Slot is not null)
        {
            one.Slot.Value = null;
        }
    }

    private async Task SearchAsync(PlannedField field, IReadOnlyList<PendingSearch> pending)
    {
        budget.TakeSearch();
        var (search, pages) = (field.Search!, field.Kind == FieldKind.Connection);
        var owners = pending.Select(p => p.Owner).OfType<(string Type, string Id)>().Distinct().ToList();
        var request = services.Searches.Request(search, pages, address, owners.Count == 0 ? [] : [new(search.Reference!.Code, string.Join(',', owners.Select(o => $"{o.Type}/{o.Id}")))]);
        Asked.Add((search.Type.Name, owners.Count == 0 ? search.Query : [.. search.Query, new(search.Reference!.Code, owners.Count == 1 ? $"{owners[0].Type}/{owners[0].Id}" : $"({owners.Count} of {owners[0].Type})")]));
        Patients.UnionWith(AskedPatients.Of(request));
        Outcome<Dictionary<(string, string), FoundMatches>> found;
        if (owners.Count == 0)
        {
            request.Total = connections.Asks(field, "count") || request.Count == 0;
            var page = await services.Search.FindAsync(caller, request, address, budget.Stop);
            found = page.Failed(out var failure) ? failure : new Dictionary<(string, string), FoundMatches> { [default] = FoundMatches.Of(page.Value, request) };
        }
        else
        {
            request.Owners = new OwnersOf(search.Reference!, owners);
            var owned = await services.Search.FindOwnedAsync(caller, request, budget.Resources, budget.Stop);
            if (!owned.Failed(out _) && owned.Value.TooMany)
            {
                budget.TakeResources(budget.Resources + 1);
            }

            found = owned.Failed(out var failure) ? failure : owned.Value.ByOwner.ToDictionary(o => o.Key, o => FoundMatches.Of(o.Value, request));
        }

        foreach (var one in pending)
        {
            if (found.Failed(out var refused))
            {
                Refuse(field, one.Into, one.Place, search.Type.Name, refused);
            }
            else
            {
                Fill(one, found.Value.GetValueOrDefault(one.Owner ?? default) ?? FoundMatches.None(request));
            }
        }
    }

    private void Fill(PendingSearch one, FoundMatches found)
    {
        var (field, search) = (one.Field, one.Field.Search!);
        if (field.Kind == FieldKind.List && found.More && (search.Count is null || search.Count > found.Request.Count))
        {
            expansion.Refuse(field, one.Into, one.Place, "too-costly",
                $"{field.Name} matches more than {found.Request.Count} resources, which a list has at most (Salus:Records:MaxPageSize). Narrow it, ask for the first with _count, or page with {search.Type.Name}Connection.");
            return;
        }

        budget.TakeResources(found.Resources.Count);
        var matches = new List<Focus>();
        for (var i = 0; i < found.Resources.Count; i++)
        {
            var resource = found.Resources[i];
            var focus = Focus.Of(Keep(new VersionName(resource.Type, resource.Id), resource), resource.Type, resource.Id);
            if (search.Condition is { } condition)
            {
                if (ListFilter.Holds(condition, focus.Element, i, budget, out var wrong) is not { } holds)
                {
                    expansion.Refuse(field, one.Into, one.Place, "processing", $"The fhirpath of {field.Name} fits not {resource.Type}/{resource.Id}: {wrong}");
                    return;
                }

                if (!holds)
                {
                    continue;
                }
            }

            matches.Add(focus);
        }

        connections.Fill(one, found, matches);
    }

    private ResourceDocument Keep(VersionName name, FoundResource resource)
    {
        Patients.UnionWith(resource.Patients);
        if (known.GetValueOrDefault(name) is { } before)
        {
            return before;
        }

        // What is stored was read once before.
        var document = ResourceReader.TryRead(resource.Body, services.Definitions, out var read, out var issue) ? read : throw new InvalidOperationException($"{resource.Type}/{resource.Id}: {issue.Message}");
        known[name] = document;
        return document;
    }

    private void Refuse(PlannedField field, OutObject into, Place place, string type, Failure failure)
    {
        if (failure.Kind == FailureKind.Forbidden)
        {
            errors.Forbidden.Add(type);
        }

        expansion.Refuse(field, into, place, failure.Problems[0].Code, string.Join(" ", failure.Problems.Select(p => p.Message)));
    }
}
