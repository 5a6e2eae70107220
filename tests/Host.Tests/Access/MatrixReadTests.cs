using System.Collections.Concurrent;

namespace Salus.Host.Tests.Access;

/// <summary>Nobody reads what the table of permissions does not give them: each answer to each caller is compared with the oracle.</summary>
[Collection("matrix")]
public sealed class MatrixReadTests(MatrixServer server)
{
    [Fact]
    public async Task A_read_answers_who_may_and_tells_others_nothing()
    {
        var wrong = await Matrix.EachAsync(server.People.SelectMany(_ => Seed.Own, (caller, resource) => (caller, resource)), async pair =>
        {
            var (caller, resource) = pair;
            var answer = await caller.GetAsync($"/fhir/{resource.Name}");
            if (server.Oracle.May(caller.Role, 'r', resource))
            {
                return answer.Status == 200 && answer.Text.Contains(resource.Mark, StringComparison.Ordinal) ? [] : [$"{answer}"];
            }

            var expected = server.Oracle.MayAny(caller.Role, 'r', resource.Type) ? 404 : 403;
            var none = await caller.GetAsync($"/fhir/{resource.Type}/not-there");
            return answer.Status == expected && none.Status == expected && answer.Text.Replace(resource.Id, "not-there", StringComparison.Ordinal) == none.Text
                ? answer.Leaks(server.Oracle)
                : [$"{answer}\n  expected {expected}, as of one that is not there: {none.Status} {none.Text}"];
        });
        Matrix.Empty(wrong);
    }

    [Fact]
    public async Task Counts_are_of_what_one_may_search()
    {
        var wrong = await Matrix.EachAsync(server.People.SelectMany(_ => Seed.Types, (caller, type) => (caller, type)), async pair =>
        {
            var (caller, type) = pair;
            var found = new List<string>();
            foreach (var query in (string[])["_total=accurate", "_total=accurate&_count=0", "_summary=count", "_total=accurate&_count=1"])
            {
                var answer = await caller.GetAsync($"/fhir/{type}?{query}");
                var may = server.Oracle.MayAny(caller.Role, 's', type);
                var count = Seed.Own.Count(r => r.Type == type && server.Oracle.May(caller.Role, 's', r));
                if (may ? answer.Status != 200 || (int?)answer.Json["total"] != count : answer.Status != 403)
                {
                    found.Add($"{answer}\n  expected {(may ? $"a total of {count}" : "403")}");
                }
            }

            return found;
        });
        Matrix.Empty(wrong);
    }

    [Fact]
    public async Task No_search_history_or_operation_shows_more()
    {
        var paths = Paths().Distinct().ToList();
        var requests = server.People.Append(server.Strangers[0]).SelectMany(_ => paths, (caller, path) => (caller, path));
        var shown = new ConcurrentDictionary<(string Role, string Name), bool>();
        var leaks = await Matrix.EachAsync(requests, async r =>
        {
            var answer = await r.caller.GetAsync(r.path);
            foreach (var resource in answer.Shows())
            {
                shown[(r.caller.Role, resource.Name)] = true;
            }

            return answer.Leaks(server.Oracle);
        });
        // And no less: a test that sees nothing at all would find no leak either.
        var missing = server.People.SelectMany(_ => Seed.Own, (caller, resource) => (caller.Role, Resource: resource)).Where(p => server.Oracle.Sees(p.Role, p.Resource) && !shown.ContainsKey((p.Role, p.Resource.Name)));
        Matrix.Empty([.. leaks, .. missing.Select(m => $"{m.Role} never saw {m.Resource.Name}")]);
    }

    [Fact]
    public async Task No_post_that_reads_shows_more()
    {
        const string form = "application/x-www-form-urlencoded";
        var requests = new List<(string Path, string Body, string? Type)>();
        requests.AddRange(Seed.Types.Select(t => ($"/fhir/{t}/_search", "_include=*&_revinclude=Provenance:target&_count=1000", (string?)form)));
        requests.AddRange(Seed.Types.Select(t => ("/fhir/_search", $"_type={t}", (string?)form)));
        requests.AddRange(((string[])["pat-a", "pat-b"]).Select(p => ($"/fhir/Patient/{p}/Observation/_search", "_include=*", (string?)form)));
        requests.AddRange(Seed.Own.Chunk(10).Select(some => ("/fhir", Batch(some.SelectMany(r => new[] { r.Name, $"{r.Name}/_history", $"{r.Name}/_history/1", $"{r.Type}?_id={r.Id}&_include=*" })), (string?)null)));
        requests.AddRange(Seed.Own.Chunk(10).Select(some => ("/fhir", Batch(some.Select(r => r.Name)).Replace("\"batch\"", "\"transaction\"", StringComparison.Ordinal), (string?)null)));
        requests.Add(("/fhir", Batch(["Patient/pat-a/$everything", "Patient/pat-b/$everything", "Observation/$lastn?patient=Patient/pat-b", "Patient?_revinclude=Observation:patient"]), null));
        var all = server.Everybody.SelectMany(_ => requests, (caller, request) => (caller, request));
        Matrix.Empty(await Matrix.EachAsync(all, async r => (await r.caller.SendAsync("POST", r.request.Path, r.request.Body, r.request.Type)).Leaks(server.Oracle)));
    }

    [Fact]
    public async Task What_one_may_not_see_does_not_decide_what_is_found()
    {
        var questions = new List<(string Query, string About)>();
        foreach (var p in (string[])["a", "b"])
        {
            questions.AddRange(
            [
                ($"Patient?_has:Observation:patient:_id=obs-{p}", $"Observation/obs-{p}"), ($"Patient?_has:Observation:patient:_id=obs-{p}-r", $"Observation/obs-{p}-r"),
                ($"Patient?_has:Condition:patient:_id=con-{p}", $"Condition/con-{p}"), ($"Patient?_has:Coverage:beneficiary:_id=cov-{p}", $"Coverage/cov-{p}"),
                ($"Observation?subject:Patient.family=Fam-{p}", $"Patient/pat-{p}"), ($"Observation?patient.name=Fam-{p}", $"Patient/pat-{p}"), ($"Observation?encounter._id=enc-{p}", $"Encounter/enc-{p}"),
                ($"Encounter?patient.family=Fam-{p}", $"Patient/pat-{p}"), ($"Condition?patient.gender=other&patient.family=Fam-{p}", $"Patient/pat-{p}"),
                ($"Observation?_filter=patient.family eq \"Fam-{p}\"", $"Patient/pat-{p}"), ($"Observation?_list=list-{p}", $"List/list-{p}"), ($"Patient?_list=list-{p}", $"List/list-{p}"),
                ($"Coverage?patient.family=Fam-{p}", $"Patient/pat-{p}"), ($"Appointment?patient.family=Fam-{p}", $"Patient/pat-{p}"),
                ($"Patient?_has:Observation:patient:encounter._id=enc-{p}", $"Encounter/enc-{p}"), ($"Patient?_has:Encounter:patient:_has:Observation:encounter:_id=obs-{p}", $"Observation/obs-{p}"),
            ]);
        }

        var wrong = await Matrix.EachAsync(server.People.SelectMany(_ => questions, (caller, question) => (caller, question)), async pair =>
        {
            var about = Seed.Own.First(r => r.Name == pair.question.About);
            var answer = await pair.caller.GetAsync($"/fhir/{pair.question.Query}");
            return answer.Matches().Count > 0 && !server.Oracle.Sees(pair.caller.Role, about) ? [$"{answer}\n  depends on {about.Name}, which is not theirs to see"] : answer.Leaks(server.Oracle);
        });
        Matrix.Empty(wrong);
    }

    // Every route that reads, with every type, id, version and operation in it; and what a search can be asked beside.
    private static IEnumerable<string> Paths()
    {
        foreach (var route in RouteTable.File.Where(r => r.Method == "GET" && !r.Pattern.EndsWith("/ws", StringComparison.Ordinal)))
        {
            foreach (var path in Matrix.Expanded(route.Pattern))
            {
                yield return path;
            }
        }

        foreach (var type in Seed.Types)
        {
            foreach (var query in Queries(type))
            {
                yield return $"/fhir/{type}?{query}";
            }

            yield return $"/fhir?_type={type}&_count=1000";
            yield return $"/admin/search/explain/{type}?_id={Seed.Own.First(r => r.Type == type).Id}";
        }

        foreach (var patient in (string[])["pat-a", "pat-b", "pat-c"])
        {
            foreach (var type in Seed.Types)
            {
                yield return $"/fhir/Patient/{patient}/{type}?_include=*&_revinclude=Provenance:target";
            }

            yield return $"/fhir/Patient/{patient}/$everything?_count=1000";
            yield return $"/fhir/Observation/$lastn?patient=Patient/{patient}&max=9";
            yield return $"/fhir/Encounter/enc-{patient[^1]}/*";
        }

        yield return "/fhir/ValueSet/$expand?url=http://matrix.example/vs";
        yield return "/fhir/_history?_count=1000";
        yield return "/fhir?_count=1000";
    }

    private static IEnumerable<string> Queries(string type)
    {
        string[] fixedOnes =
        [
            "_count=1000", "_include=*", "_revinclude=*", "_include=*&_include:iterate=*", "_revinclude=*&_revinclude:iterate=*", "_summary=true", "_summary=text", "_summary=data", "_elements=identifier",
            "_list=list-a", "_list=list-b", "_security=R", "_security=V", "_security:not=V", "_sort=-_lastUpdated&_count=2", "_lastUpdated=gt2020-01-01", "_contained=both", "_filter=_lastUpdated gt 2020-01-01",
            "_revinclude=Provenance:target", "_revinclude=List:item", "_revinclude=Observation:subject&_include:iterate=Observation:encounter",
        ];
        return fixedOnes.Concat(Seed.All.Where(r => r.Type == type).SelectMany(r => new[] { $"_id={r.Id}", $"_id={r.Id}&_include=*&_revinclude=Provenance:target", $"_filter=_id eq \"{r.Id}\"" }));
    }

    private static string Batch(IEnumerable<string> urls) =>
        $$"""{"resourceType":"Bundle","type":"batch","entry":[{{string.Join(',', urls.Select(u => $$$"""{"request":{"method":"GET","url":"{{{u}}}"}}"""))}}]}""";
}
