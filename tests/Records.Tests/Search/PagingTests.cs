using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

public sealed class PagingTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const int Writers = 16;
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("", 7)]
    [InlineData("&_sort=birthdate", 13)]
    [InlineData("&_sort=-birthdate,given", 10)]
    [InlineData("&_sort=-_id", 9)]
    public async Task What_matches_throughout_is_seen_exactly_once_while_others_write(string sort, int count)
    {
        var family = $"Paged{sort.Length}x{count}";
        const int Steady = 150;
        JsonPatient[] steady = [.. Enumerable.Range(0, Steady).Select(i => new JsonPatient($"{family}-s{i}", $"19{i % 50 + 10}-01-01"))];
        await Task.WhenAll(steady.Select(p => fhir.StoreAsync(Samples.Patient(p.Id, family, "Steady", p.BirthDate))));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => fhir.StoreAsync(Samples.Patient($"{family}-d{i}", family, "Dying"))));

        using var stop = new CancellationTokenSource();
        var writes = new int[Writers];
        var writers = Enumerable.Range(0, Writers).Select(w => WriteAsync(family, steady, w, writes, stop.Token)).ToList();
        // Again and again, until every writer wrote many times beside the reading.
        for (var pass = 0; pass < 3 || writes.Any(w => w < 15); pass++)
        {
            var seen = await fhir.IdsAsync($"Patient?family={family}&_count={count}{sort}");
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Empty(steady.Select(p => p.Id).Except(seen));
            Assert.DoesNotContain(writers, w => w.IsFaulted);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task Of_what_one_commit_wrote_the_key_after_lastUpdated_decides()
    {
        var entries = new[] { "1950", "1970", "1960", "1940" }.Select(year => Samples.Entry("PUT", $"Patient/commit-{year}", Samples.Patient($"commit-{year}", "Commit", birthDate: year)));
        Assert.Equal(200, (await fhir.BundleAsync(Samples.Bundle("transaction", [.. entries]))).Status);
        foreach (var count in new[] { 1, 3, 10 })
        {
            Assert.Equal(["commit-1940", "commit-1950", "commit-1960", "commit-1970"], await fhir.IdsAsync($"Patient?family=commit&_sort=-_lastUpdated,birthdate&_count={count}"));
            Assert.Equal(["commit-1970", "commit-1960", "commit-1950", "commit-1940"], await fhir.IdsAsync($"Patient?family=commit&_sort=_lastUpdated,-birthdate&_count={count}"));
        }
    }

    [Fact]
    public async Task Pages_hold_as_many_as_asked_and_the_last_has_no_next()
    {
        await Task.WhenAll(Enumerable.Range(0, 21).Select(i => fhir.StoreAsync(Samples.Patient($"exact-{i}", "Exactly"))));
        var sizes = new List<int>();
        for (var next = "Patient?family=exactly&_count=7"; next is not null;)
        {
            var page = await fhir.SearchAsync(next);
            sizes.Add(page.Ids("match").Count());
            next = page.Link("next");
        }

        Assert.Equal([7, 7, 7], sizes);
        Assert.Equal(20, (await fhir.SearchAsync("Patient?family=exactly")).Ids("match").Count());
        Assert.Equal(21, (await fhir.SearchAsync("Patient?family=exactly&_count=100000")).Ids("match").Count());
    }

    [Theory]
    [InlineData("family=backwards")]
    [InlineData("family=backwards&_sort=birthdate")]
    [InlineData("family=backwards&_sort=-birthdate")]
    [InlineData("family=backwards&_sort=birthdate,-given")]
    [InlineData("family=backwards&_sort=-_lastUpdated")]
    [InlineData("family=backwards&birthdate:missing=true")]
    public async Task Previous_links_lead_back_through_the_same_pages(string query)
    {
        // Several without a birth date, and several with the same: what comes first must not depend on the direction.
        await Task.WhenAll(Enumerable.Range(0, 17).Select(i => fhir.StoreAsync(i % 3 == 0
            ? Without(Samples.Patient($"back-{i}", "Backwards", $"Given{i % 2}"), "birthDate")
            : Samples.Patient($"back-{i}", "Backwards", $"Given{i % 2}", $"19{i % 4 + 10}-01-01"))));
        var forth = new List<string[]>();
        var page = await fhir.SearchAsync($"Patient?{query}&_count=3");
        Assert.Null(page.Link("previous"));
        for (; ; page = await fhir.SearchAsync(page.Link("next")!))
        {
            forth.Add([.. page.Ids("match")]);
            if (page.Link("next") is null)
            {
                break;
            }
        }

        Assert.Equal(query.Contains("missing", StringComparison.Ordinal) ? 6 : 17, forth.SelectMany(ids => ids).Distinct().Count());
        for (var at = forth.Count - 2; at >= 0; at--)
        {
            page = await fhir.SearchAsync(page.Link("previous")!);
            Assert.Equal(forth[at], page.Ids("match"));
            Assert.Equal(forth[at + 1], (await fhir.SearchAsync(page.Link("next")!)).Ids("match"));
        }

        Assert.Null(page.Link("previous"));
    }

    [Fact]
    public async Task A_cursor_of_another_search_is_refused_or_just_a_place()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => fhir.StoreAsync(Samples.Patient($"cur-{i}", "Cursed"))));
        var next = (await fhir.SearchAsync("Patient?family=cursed&_count=1&_sort=family")).Link("next")!;
        var cursor = next[(next.IndexOf("_cursor=", StringComparison.Ordinal) + 8)..];
        (await fhir.GetAsync($"Patient?family=cursed&_cursor={cursor}")).Refused(400, "_cursor");
        (await fhir.GetAsync($"Patient?family=cursed&_sort=birthdate&_cursor={cursor}")).Refused(400, "_cursor");
        (await fhir.GetAsync($"Patient?family=cursed&_sort=family,_id&_cursor={cursor}")).Refused(400, "_cursor");
    }

    private static JsonObject Without(JsonObject resource, string element)
    {
        resource.Remove(element);
        return resource;
    }

    private sealed record JsonPatient(string Id, string BirthDate);

    // Updates keep what matches matching and sorted where it was; others come and go.
    private async Task WriteAsync(string family, JsonPatient[] steady, int writer, int[] writes, CancellationToken stop)
    {
        for (var i = writer; !stop.IsCancellationRequested; i += Writers)
        {
            var one = steady[i % steady.Length];
            var update = Samples.Patient(one.Id, family, "Steady", one.BirthDate);
            update["active"] = i / steady.Length % 2 == 0;
            await fhir.StoreAsync(update);
            await fhir.StoreAsync(Samples.Patient($"{family}-n{i}", family, "New", $"19{i % 90 + 10}-06-01"));
            await fhir.DeleteAsync($"Patient/{family}-d{i % 60}");
            // What came goes again, so that the list does not grow with the speed of the writers.
            await fhir.DeleteAsync($"Patient/{family}-n{i}");
            writes[writer] += 4;
        }
    }
}
