using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Access;

/// <summary>Every way in which a search can tell of something: each is tried for a patient whom the caller may not see.</summary>
public sealed class SearchAccessTests(AccessRecord server) : IClassFixture<AccessRecord>, IAsyncLifetime
{
    private readonly FhirClient fhir = server.Fhir;

    // Only what is of the patient "mine"; of practitioners, organizations and lists everything.
    private readonly (string, string) me = AccessRecord.As(
        AccessRecord.Of("mine"), new Grant("Practitioner", Interactions.All, Reach.All), new Grant("Organization", Interactions.All, Reach.All), new Grant("Location", Interactions.All, Reach.All));

    public async Task InitializeAsync()
    {
        foreach (var (patient, family) in new[] { ("mine", "Meier"), ("other", "Geheim") })
        {
            await fhir.StoreAsync(AccessRecord.Patient(patient, family));
            await fhir.StoreAsync(AccessRecord.Observation($"{patient}-o", patient, code: $"code-{patient}"));
            await fhir.StoreAsync(AccessRecord.Parse($$$"""
                {"resourceType":"Encounter","id":"{{{patient}}}-e","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/{{{patient}}}"},
                 "participant":[{"individual":{"reference":"Practitioner/doc"}}]}
                """));
            await fhir.StoreAsync(AccessRecord.Parse($$$"""{"resourceType":"List","id":"{{{patient}}}-l","status":"current","mode":"working","subject":{"reference":"Patient/{{{patient}}}"},"entry":[{"item":{"reference":"Practitioner/doc"}}]}"""));
        }

        // About the other patient, and the patient whom I may see took part.
        await fhir.StoreAsync(AccessRecord.Parse("""{"resourceType":"Practitioner","id":"doc","name":[{"family":"Arzt"}]}"""));
        await fhir.StoreAsync(AccessRecord.Parse("""
            {"resourceType":"Observation","id":"derived","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/mine"},
             "derivedFrom":[{"reference":"Observation/other-o"}],"hasMember":[{"reference":"Observation/mine-o"}],"performer":[{"reference":"Practitioner/doc"}]}
            """));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("Patient", "mine")]
    [InlineData("Patient?name=Geheim", "")]
    [InlineData("Patient?name=Meier", "mine")]
    [InlineData("Patient?name:contains=e", "mine")]
    [InlineData("Patient?_id=mine,other", "mine")]
    [InlineData("Patient?_sort=family", "mine")]
    [InlineData("Observation?code=code-other", "")]
    [InlineData("Observation?code=code-mine,code-other", "mine-o")]
    [InlineData("Observation?subject=Patient/other", "")]
    [InlineData("Observation?code:not=zzz&_sort=-date", "derived mine-o")]
    [InlineData("Observation?_filter=code eq \"code-other\"", "")]
    [InlineData("Observation?_filter=code eq \"code-other\" or code eq \"code-mine\"", "mine-o")]
    [InlineData("Patient/other/Observation", "")]
    [InlineData("Patient/mine/Observation", "derived mine-o")]
    // Chains and _has: what is at the other end must be such as the caller may search.
    [InlineData("Observation?subject:Patient.name=Geheim", "")]
    [InlineData("Observation?subject:Patient.name=Meier", "derived mine-o")]
    [InlineData("Observation?derived-from:Observation.code=code-other", "")]
    [InlineData("Observation?has-member:Observation.code=code-mine", "derived")]
    [InlineData("Practitioner?_has:Encounter:practitioner:subject=Patient/other", "")]
    [InlineData("Practitioner?_has:Encounter:practitioner:subject=Patient/mine", "doc")]
    [InlineData("Practitioner?_has:Encounter:practitioner:patient.name=Geheim", "")]
    [InlineData("Practitioner?_has:Encounter:practitioner:patient.name=Meier", "doc")]
    [InlineData("Practitioner?_filter=name eq \"Arzt\" and not (_id eq \"x\")", "doc")]
    [InlineData("Practitioner?_list=other-l", "")]
    [InlineData("Practitioner?_list=mine-l", "doc")]
    public async Task Matches_are_those_that_the_caller_may_see(string query, string expected)
    {
        var answer = await fhir.GetAsync(query + (query.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "_total=accurate", me);

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(expected, string.Join(' ', answer.Ids("match").Order(StringComparer.Ordinal)));
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, (int)answer.Json["total"]!);
        var estimated = await fhir.GetAsync(query + (query.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "_total=estimate&_count=0", me);
        Assert.Equal((int)answer.Json["total"]!, (int)estimated.Json["total"]!);
    }

    [Theory]
    [InlineData("Observation?_id=derived&_include=Observation:derived-from", "")]
    [InlineData("Observation?_id=derived&_include=Observation:has-member", "mine-o")]
    [InlineData("Observation?_id=derived&_include=*", "doc mine mine-o")]
    [InlineData("Observation?_id=derived&_include=Observation:derived-from&_include:iterate=Observation:subject", "mine")]
    [InlineData("Practitioner?_id=doc&_revinclude=Encounter:practitioner", "mine-e")]
    [InlineData("Practitioner?_id=doc&_revinclude=Encounter:practitioner&_include:iterate=Encounter:patient", "mine mine-e")]
    [InlineData("Practitioner?_id=doc&_revinclude=*", "derived mine-e mine-l")]
    public async Task Includes_bring_what_the_caller_may_see(string query, string expected)
    {
        if (query.Contains("_revinclude=*", StringComparison.Ordinal))
        {
            query = query.Replace("_revinclude=*", "_revinclude=Encounter:*&_revinclude=Observation:*&_revinclude=List:*", StringComparison.Ordinal);
        }

        var answer = await fhir.GetAsync(query, me);
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(expected, string.Join(' ', answer.Ids("include").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_link_through_a_type_that_is_not_allowed_is_refused()
    {
        var narrow = AccessRecord.As(new Grant("Practitioner", Interactions.All, Reach.All));

        Assert.Equal(403, (await fhir.GetAsync("Practitioner?_has:Encounter:practitioner:status=finished", narrow)).Status);
        Assert.Equal([], (await fhir.GetAsync("Practitioner?_id=doc&_revinclude=Encounter:practitioner", narrow)).Ids("include"));
    }

    [Fact]
    public async Task Everything_of_a_patient_is_what_the_caller_may_see_of_it()
    {
        Assert.Equal(404, (await fhir.GetAsync("Patient/other/$everything", me)).Status);
        Assert.Equal(404, (await fhir.GetAsync("Patient/other/*", me)).Status);
        Assert.Equal("derived doc mine mine-e mine-l mine-o", string.Join(' ', Ids(await fhir.GetAsync("Patient/mine/$everything", me))));
        Assert.Equal("derived doc mine mine-e mine-l mine-o", string.Join(' ', Ids(await fhir.GetAsync("Patient/$everything", me))));
        var few = AccessRecord.As(new Grant("Patient", Interactions.All, Reach.Of("mine")), new Grant("Observation", Interactions.Search, Reach.All));
        Assert.Equal("derived mine mine-o", string.Join(' ', Ids(await fhir.GetAsync("Patient/mine/$everything", few))));
    }

    [Fact]
    public async Task Everything_follows_no_reference_of_what_the_caller_may_not_see()
    {
        // The practitioner took part in the patient's encounter, which is not for this caller.
        var apart = AccessRecord.As(new Grant("Patient", Interactions.All, Reach.Of("other")), new Grant("Practitioner", Interactions.All, Reach.All));
        Assert.Equal("other", string.Join(' ', Ids(await fhir.GetAsync("Patient/other/$everything", apart))));
        Assert.Empty(Ids(await fhir.GetAsync("Patient/other/$everything?_type=Practitioner", apart)));
        Assert.Equal("other", string.Join(' ', Ids(await fhir.GetAsync("Patient/$everything", apart))));
        var within = AccessRecord.As(new Grant("Patient", Interactions.All, Reach.Of("other")), new Grant("Practitioner", Interactions.All, Reach.All), new Grant("Encounter", Interactions.All, Reach.Of("other")));
        Assert.Equal("doc other other-e", string.Join(' ', Ids(await fhir.GetAsync("Patient/other/$everything", within))));
    }

    [Fact]
    public async Task Histories_show_the_versions_that_the_caller_may_see()
    {
        Assert.Equal("derived mine-o", string.Join(' ', Ids(await fhir.GetAsync("Observation/_history", me)).Distinct().Where(id => !id.StartsWith("crit", StringComparison.Ordinal))));
        Assert.DoesNotContain(Ids(await fhir.GetAsync("_history?_count=500", me)), id => id.StartsWith("other", StringComparison.Ordinal));
        var (all, own) = ((int)(await fhir.GetAsync("_history?_count=0")).Json["total"]!, (int)(await fhir.GetAsync("_history?_count=0", me)).Json["total"]!);
        Assert.True(own < all, $"{own} of {all}");
        Assert.Contains("mine", Ids(await fhir.GetAsync("_history?_count=500", me)));
    }

    [Fact]
    public async Task Searches_of_several_types_and_counts_of_all_are_of_what_the_caller_may_see()
    {
        Assert.Equal("derived mine mine-o", string.Join(' ', Ids(await fhir.GetAsync("?_type=Patient,Observation", me))));
        var seen = Ids(await fhir.GetAsync("Patient/$everything", me)).Count;
        Assert.Equal(seen, (int)(await fhir.GetAsync("?_summary=count", me)).Json["total"]!);
        Assert.Equal("mine-o", string.Join(' ', Ids(await fhir.GetAsync("Observation/$lastn?patient=Patient/mine&code=code-mine,code-other", me))));
        Assert.Empty(Ids(await fhir.GetAsync("Observation/$lastn?patient=Patient/other", me)));
    }

    [Fact]
    public async Task Labels_in_use_are_those_that_the_caller_may_see()
    {
        var tagged = AccessRecord.Observation("tagged", "other");
        tagged["meta"] = new JsonObject { ["tag"] = new JsonArray(new JsonObject { ["system"] = "http://t.example", ["code"] = "secret-tag" }) };
        await fhir.StoreAsync(tagged);

        Assert.Contains("secret-tag", (await fhir.GetAsync("Observation/$meta")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-tag", (await fhir.GetAsync("Observation/$meta", me)).Text, StringComparison.Ordinal);
        await fhir.DeleteAsync("Observation/tagged");
    }

    [Fact]
    public async Task Entries_of_a_batch_are_decided_each_by_itself()
    {
        var batch = AccessRecord.Parse("""
            {"resourceType":"Bundle","type":"batch","entry":[
             {"request":{"method":"GET","url":"Patient/mine"}},{"request":{"method":"GET","url":"Patient/other"}},
             {"request":{"method":"GET","url":"Observation?code=code-other"}},{"request":{"method":"GET","url":"Device/x"}}]}
            """);
        var answer = await fhir.BundleAsync(batch, AccessRecord.As(new Grant("Patient", Interactions.All, Reach.Of("mine")), new Grant("Observation", Interactions.All, Reach.Of("mine"))));

        Assert.Equal(["200 OK", "404 Not Found", "200 OK", "403 Forbidden"], answer.Entries.Select(e => (string?)e["response"]!["status"]));
        Assert.Null(answer.Entries.ElementAt(2)["resource"]!["entry"]);
    }

    [Fact]
    public async Task Criteria_of_a_grant_hold_for_every_row()
    {
        await fhir.StoreAsync(AccessRecord.Observation("crit-a", "mine", code: "crit", status: "final"));
        await fhir.StoreAsync(AccessRecord.Observation("crit-b", "mine", code: "crit", status: "preliminary"));
        var finals = AccessRecord.As(AccessRecord.Of("mine") with { Criteria = "status=final&code=crit" });
        var chained = AccessRecord.As(new Grant("Observation", Interactions.All, Reach.All) { Criteria = "subject:Patient.name=Meier&code=crit" });
        var broken = AccessRecord.As(new Grant("Observation", Interactions.All, Reach.All) { Criteria = "no-such-parameter=x" });

        Assert.Equal("crit-a", string.Join(' ', Ids(await fhir.GetAsync("Observation", finals))));
        Assert.Equal(404, (await fhir.GetAsync("Observation/crit-b", finals)).Status);
        Assert.Equal(200, (await fhir.GetAsync("Observation/crit-a/_history/1", finals)).Status);
        Assert.Equal("crit-a crit-b", string.Join(' ', Ids(await fhir.GetAsync("Observation", chained))));
        Assert.Empty(Ids(await fhir.GetAsync("Observation", broken)));
        Assert.Equal(404, (await fhir.GetAsync("Observation/crit-a", broken)).Status);
        await fhir.DeleteAsync("Observation/crit-a");
        await fhir.DeleteAsync("Observation/crit-b");
    }

    [Fact]
    public async Task Another_tenants_record_is_another_record()
    {
        var there = AccessRecord.As(null, [[Grant.Everything]], tenant: 7);

        Assert.Equal(404, (await fhir.GetAsync("Patient/mine", there)).Status);
        Assert.Empty(Ids(await fhir.GetAsync("Patient", there)));
        Assert.Equal(201, (await fhir.PutAsync(AccessRecord.Patient("mine", "Anders"), there)).Status);
        Assert.Equal("Meier", (string?)(await fhir.GetAsync("Patient/mine")).Json["name"]![0]!["family"]);
    }

    [Fact]
    public async Task A_plan_is_shown_to_who_may_see_all_of_the_type()
    {
        Assert.Equal(403, (await fhir.GetAsync($"{server.Address}admin/search/explain/Observation?code=code-other", me)).Status);
        Assert.Equal(404, (await fhir.GetAsync($"{server.Address}admin/records/Patient/other/validation", me)).Status);
        Assert.Equal(200, (await fhir.GetAsync($"{server.Address}admin/records/Patient/mine/validation", me)).Status);
    }

    private static List<string> Ids(Answer answer)
    {
        Assert.True(answer.Status == 200, answer.ToString());
        return [.. answer.Entries.Select(e => (string?)e["resource"]?["id"]).OfType<string>().Order(StringComparer.Ordinal)];
    }
}
