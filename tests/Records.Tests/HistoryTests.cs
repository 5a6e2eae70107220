using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

public sealed class HistoryTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task History_of_a_resource_is_newest_first_and_shows_deletions()
    {
        await fhir.StoreAsync(Samples.Patient("h1", "One"));
        await fhir.StoreAsync(Samples.Patient("h1", "Two"));
        await fhir.DeleteAsync("Patient/h1");
        await fhir.StoreAsync(Samples.Patient("h1", "Four"));

        var history = await fhir.GetAsync("Patient/h1/_history");
        Assert.Equal("history", (string?)history.Json["type"]);
        Assert.Equal(4, (int)history.Json["total"]!);
        Assert.Equal(["W/\"4\"", "W/\"3\"", "W/\"2\"", "W/\"1\""], Etags(history));
        Assert.Equal(["PUT", "DELETE", "PUT", "PUT"], history.Entries.Select(e => (string?)e["request"]!["method"]));
        Assert.Equal("Patient/h1", (string?)history.Entries.First()["request"]!["url"]);
        Assert.Equal($"{fhir.Base}Patient/h1", (string?)history.Entries.First()["fullUrl"]);
        Assert.Null(history.Entries.ElementAt(1)["resource"]);
        Assert.Equal("Two", (string?)history.Entries.ElementAt(2)["resource"]!["name"]![0]!["family"]);
    }

    [Fact]
    public async Task At_gives_the_versions_that_were_current_then_and_no_deletion()
    {
        await fhir.StoreAsync(Samples.Patient("at", "One"));
        await fhir.StoreAsync(Samples.Patient("at", "Two"));
        await fhir.DeleteAsync("Patient/at");
        await fhir.StoreAsync(Samples.Patient("at", "Four"));
        // Far apart, so that an instant of seconds tells them apart.
        await server.ScalarAsync<long>(
            "with moved as (update records.log set at = timestamptz '2020-01-01T00:00:00Z' + version * interval '1 day' where id = 'at' returning 1) select count(*) from moved");

        Assert.Equal(["W/\"1\""], Etags(await fhir.GetAsync("Patient/at/_history?_at=2020-01-02T12:00:00Z")));
        Assert.Equal(["W/\"2\""], Etags(await fhir.GetAsync("Patient/at/_history?_at=2020-01-03")));
        Assert.Empty(Etags(await fhir.GetAsync("Patient/at/_history?_at=2020-01-04T12:00:00Z")));
        Assert.Equal(["W/\"4\""], Etags(await fhir.GetAsync("Patient/at/_history?_at=2024")));
        Assert.Equal(["W/\"4\"", "W/\"2\"", "W/\"1\""], Etags(await fhir.GetAsync("Patient/at/_history?_at=2020-01")));
        Assert.Empty(Etags(await fhir.GetAsync("Patient/at/_history?_at=2019")));
        var type = await fhir.GetAsync("Patient/_history?_at=2020-01-02T12:00:00Z&_count=1");
        Assert.Equal((1, "W/\"1\""), ((int)type.Json["total"]!, Assert.Single(Etags(type))));
        (await fhir.GetAsync("Patient/at/_history?_at=yesterday")).Refused(400, "_at");
    }

    [Fact]
    public async Task History_of_type_and_system_hold_what_belongs_to_them()
    {
        await fhir.StoreAsync(Samples.Patient("t1"));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Basic","id":"b1","code":{"text":"x"}}"""));
        await fhir.DeleteAsync("Basic/b1");

        var type = await fhir.GetAsync("Basic/_history");
        Assert.Equal(2, (int)type.Json["total"]!);
        Assert.All(type.Entries, e => Assert.StartsWith("Basic/", (string)e["request"]!["url"]!, StringComparison.Ordinal));
        var system = await fhir.GetAsync("_history?_count=1000");
        Assert.Equal(await server.HeadAsync(), system.Entries.Count());
        Assert.Equal(await server.HeadAsync(), (long)system.Json["total"]!);
    }

    [Fact]
    public async Task Paging_gives_every_version_once_while_others_are_added()
    {
        for (var i = 1; i <= 25; i++)
        {
            await fhir.StoreAsync(Samples.Patient("paged", $"V{i}"));
        }

        var seen = new List<string>();
        for (var next = "Patient/paged/_history?_count=4"; next is not null;)
        {
            var page = await fhir.GetAsync(next);
            Assert.True(page.Entries.Count() <= 4);
            seen.AddRange(Etags(page));
            await fhir.StoreAsync(Samples.Patient("paged", "Later"));
            next = page.Link("next");
        }

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(v => $"W/\"{v}\""), seen);
    }

    [Fact]
    public async Task Since_leaves_out_what_is_older()
    {
        await fhir.StoreAsync(Samples.Patient("since", "Old"));
        var second = await fhir.StoreAsync(Samples.Patient("since", "New"));
        var at = (string)second.Json["meta"]!["lastUpdated"]!;

        Assert.Equal(["W/\"2\""], Etags(await fhir.GetAsync($"Patient/since/_history?_since={Uri.EscapeDataString(at)}")));
        Assert.Empty(Etags(await fhir.GetAsync("Patient/since/_history?_since=2999-01-01T00:00:00Z")));
        Assert.Equal(2, Etags(await fhir.GetAsync("Patient/since/_history?_since=2001-01-01T00:00:00%2B02:00")).Count());
    }

    [Fact]
    public async Task Count_zero_gives_the_total_alone()
    {
        await fhir.StoreAsync(Samples.Patient("zero"));
        var answer = await fhir.GetAsync("Patient/zero/_history?_count=0");
        Assert.Equal((1, 0), ((int)answer.Json["total"]!, answer.Entries.Count()));
        Assert.Null(answer.Json["entry"]);
    }

    [Theory]
    [InlineData("_history?_since=abc", "_since")]
    [InlineData("_history?_since=", "_since")]
    [InlineData("_history?_since=0000-01-01T00:00:00Z", "_since")]
    [InlineData("_history?_count=-1", "_count")]
    [InlineData("_history?_count=99999999999", "_count")]
    [InlineData("_history?_before=x", "_before")]
    [InlineData("Patient/_history?name=x", "name")]
    [InlineData("Patient/_history?_since=2026-02-30", "_since")]
    public async Task Wrong_parameters_are_refused_by_name(string path, string place) => (await fhir.GetAsync(path)).Refused(400, place);

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:60Z")]
    [InlineData("9999")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    public async Task The_ends_of_time_are_answered(string since)
    {
        var answer = await fhir.GetAsync($"_history?_since={Uri.EscapeDataString(since)}");
        Assert.True(answer.Status is 200 or 400, answer.ToString());
    }

    private static IEnumerable<string> Etags(Answer history) => history.Entries.Select(e => (string)e["response"]!["etag"]!);
}
