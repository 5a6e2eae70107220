using System.Collections.Concurrent;

namespace Salus.Host.Tests.Access;

/// <summary>By <c>$graphql</c> nobody sees, counts or finds out more than by reads and searches.</summary>
[Collection("matrix")]
public sealed class MatrixGraphQlTests(MatrixServer server)
{
    private const string Shown = "resourceType id text { div }";

    // Whatever a reference leads to, if one may see it.
    private const string Any = "resource(optional: true) { resourceType id ... on DomainResource { text { div } } }";

    [Fact]
    public async Task No_document_shows_more()
    {
        var documents = Documents().ToList();
        var shown = new ConcurrentDictionary<(string Role, string Name), bool>();
        var leaks = await Matrix.EachAsync(server.Everybody.SelectMany(_ => documents, (caller, document) => (caller, document)), async r =>
        {
            var (path, document) = r.document;
            var answer = await r.caller.GetAsync($"{path}?query={Uri.EscapeDataString(document)}");
            foreach (var resource in answer.Shows())
            {
                shown[(r.caller.Role, resource.Name)] = true;
            }

            var understood = answer.Status != 400 ? [] : new[] { $"{answer}\n  is no question" };
            return answer.Leaks(server.Oracle).Concat(understood);
        });
        // And no less.
        var missing = server.People.SelectMany(_ => Seed.Own, (caller, resource) => (caller.Role, Resource: resource)).Where(p => server.Oracle.May(p.Role, 'r', p.Resource) && !shown.ContainsKey((p.Role, p.Resource.Name)));
        Matrix.Empty([.. leaks, .. missing.Select(m => $"{m.Role} never saw {m.Resource.Name}")]);
    }

    [Fact]
    public async Task Counts_are_of_what_one_may_search()
    {
        Matrix.Empty(await Matrix.EachAsync(server.People.SelectMany(_ => Seed.Types, (caller, type) => (caller, type)), async pair =>
        {
            var (caller, type) = pair;
            var answer = await caller.GetAsync($"/fhir/$graphql?query={Uri.EscapeDataString($"{{ all: {type}Connection {{ count }} none: {type}Connection(_count: 0) {{ count }} }}")}");
            var count = server.Oracle.MayAny(caller.Role, 's', type) ? (int?)Seed.Own.Count(r => r.Type == type && server.Oracle.May(caller.Role, 's', r)) : null;
            var data = answer.Json["data"];
            return answer.Status == 200 && (int?)data?["all"]?["count"] == count && (int?)data?["none"]?["count"] == count ? [] : [$"{answer}\n  expected a count of {count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}"];
        }));
    }

    [Fact]
    public async Task What_one_may_not_see_is_as_what_is_not_there()
    {
        Matrix.Empty(await Matrix.EachAsync(server.People.SelectMany(_ => Seed.Own, (caller, resource) => (caller, resource)), async pair =>
        {
            var (caller, resource) = pair;
            if (server.Oracle.May(caller.Role, 'r', resource))
            {
                return [];
            }

            var wrong = new List<string>();
            foreach (var (path, document) in new[] { ("/fhir/$graphql", $"{{ {resource.Type}(id: \"{resource.Id}\") {{ id }} }}"), ($"/fhir/{resource.Name}/$graphql", "{ id }") })
            {
                var answer = await caller.GetAsync($"{path}?query={Uri.EscapeDataString(document)}");
                var none = await caller.GetAsync($"{path.Replace(resource.Id, Absent(resource.Id), StringComparison.Ordinal)}?query={Uri.EscapeDataString(document.Replace(resource.Id, Absent(resource.Id), StringComparison.Ordinal))}");
                wrong.AddRange(answer.Status == none.Status && answer.Text.Replace(resource.Id, Absent(resource.Id), StringComparison.Ordinal) == none.Text ? [] : [$"{answer}\n  is told from {none.Status} {none.Text}"]);
            }

            return wrong;
        }));
    }

    [Fact]
    public async Task What_one_may_not_see_does_not_decide_what_is_found()
    {
        var questions = new List<(string Document, string About)>();
        foreach (var p in (string[])["a", "b"])
        {
            questions.AddRange(
            [
                ($"{{ ObservationList(_filter: \"patient.family eq Fam-{p}\") {{ id }} }}", $"Patient/pat-{p}"), ($"{{ ObservationList(_list: \"list-{p}\") {{ id }} }}", $"List/list-{p}"),
                ($"{{ ObservationConnection(_filter: \"encounter._id eq enc-{p}\", _count: 0) {{ count }} }}", $"Encounter/enc-{p}"), ($"{{ CoverageList(_filter: \"patient.family eq Fam-{p}\") {{ id }} }}", $"Patient/pat-{p}"),
                ($"{{ PatientList(fhirpath: \"name.family = 'Fam-{p}'\") {{ id }} }}", $"Patient/pat-{p}"),
            ]);
        }

        Matrix.Empty(await Matrix.EachAsync(server.People.SelectMany(_ => questions, (caller, question) => (caller, question)), async pair =>
        {
            var about = Seed.Own.First(r => r.Name == pair.question.About);
            var answer = await pair.caller.GetAsync($"/fhir/$graphql?query={Uri.EscapeDataString(pair.question.Document)}");
            var found = answer.Text.Contains("\"id\"", StringComparison.Ordinal) || (answer.Text.Contains("\"count\"", StringComparison.Ordinal) && !answer.Text.Contains("\"count\":0", StringComparison.Ordinal));
            return found && !server.Oracle.Sees(pair.caller.Role, about) ? [$"{answer}\n  depends on {about.Name}, which is not theirs to see"] : answer.Leaks(server.Oracle);
        }));
    }

    // Lists, pages, reads, references in both directions and twice over.
    private static IEnumerable<(string Path, string Document)> Documents()
    {
        foreach (var type in Seed.Types)
        {
            yield return ("/fhir/$graphql", $"{{ {type}List(_count: 1000) {{ {Shown} }} }}");
            yield return ("/fhir/$graphql", $"{{ {type}Connection(_count: 1000) {{ count edges {{ resource {{ {Shown} }} }} }} }}");
            yield return ("/fhir/$graphql", $"{{ {type}List(_count: 1000, fhirpath: \"text.status.exists()\") {{ {Shown} }} }}");
        }

        foreach (var resource in Seed.Own)
        {
            yield return ("/fhir/$graphql", $"{{ {resource.Type}(id: \"{resource.Id}\") {{ {Shown} ProvenanceList(_reference: target) {{ {Shown} }} ListList(_reference: item) {{ {Shown} subject {{ {Any} }} }} }} }}");
            yield return ($"/fhir/{resource.Name}/$graphql", $"{{ {Shown} }}");
        }

        foreach (var patient in (string[])["pat-a", "pat-b", "pat-c"])
        {
            const string inside = $"ObservationList(_reference: patient) {{ {Shown} encounter {{ {Any} }} subject {{ {Any} }} }} ConditionConnection(_reference: subject) {{ count edges {{ resource {{ {Shown} }} }} }} EncounterList(_reference: patient) {{ {Shown} participant {{ individual {{ {Any} }} }} ObservationList(_reference: encounter) {{ {Shown} }} }}";
            yield return ($"/fhir/Patient/{patient}/$graphql", $"{{ {Shown} {inside} }}");
            yield return ("/fhir/$graphql", $"{{ Patient(id: \"{patient}\") {{ {Shown} {inside} GroupList(_reference: member) {{ {Shown} member {{ entity {{ {Any} }} }} }} TaskList(_reference: patient) {{ {Shown} }} }} }}");
            yield return ("/fhir/$graphql", $"{{ ObservationList(patient: \"Patient/{patient}\") {{ {Shown} subject {{ resource {{ resourceType id ... on Patient {{ text {{ div }} }} }} }} }} }}");
        }

        yield return ("/fhir/$graphql", $"{{ GroupList {{ {Shown} member {{ entity {{ {Any} }} }} }} ListList {{ entry {{ item {{ {Any} }} }} }} TaskList {{ for {{ {Any} }} owner {{ {Any} }} }} ProvenanceList {{ target {{ {Any} }} }} PatientList {{ {Shown} ObservationList(_reference: subject) {{ {Shown} }} }} }}");
    }

    private static string Absent(string id) => new('z', id.Length);
}
