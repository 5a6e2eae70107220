using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Parameters that are not about resources but about the answer: totals, and what R4 names and this server does not do.</summary>
public sealed class AnswerParameterTests(StructuralServer server) : IClassFixture<StructuralServer>
{
    private const int Many = 1200;

    [Fact]
    public async Task An_estimate_is_counted_where_that_is_cheap_and_marked_where_it_is_not()
    {
        await StoreManyAsync();
        foreach (var (query, total) in new[] { ("Basic?code=few", 3), ("Basic?code=few&_count=2", 3), ("Basic?code=few&_count=0", 3), ("Basic?code=some&_count=5", 600), ("Basic?code=nobody", 0) })
        {
            var exact = await server.Fhir.SearchAsync($"{query}&_total=estimate");
            Assert.Equal(total, (int)exact.Json["total"]!);
            Assert.Empty(exact.Ids("outcome"));
            Assert.DoesNotContain("outcome", exact.Text, StringComparison.Ordinal);
        }

        foreach (var query in new[] { "Basic?_count=5", "Basic?code=many&_count=5", "Basic?_count=0", "Basic?_summary=count", "Basic?_filter=code eq many and _lastUpdated gt 2001&_sort=_id&_count=5" })
        {
            var page = await server.Fhir.SearchAsync($"{query}&_total=estimate");
            Assert.True((int)page.Json["total"]! > 1000, $"{query}: {page.Json["total"]}");
            var note = Assert.Single(page.Entries, e => (string?)e["search"]!["mode"] == "outcome");
            Assert.Equal("information", (string?)note["resource"]!["issue"]![0]!["severity"]);
            Assert.Contains("_total=accurate", note.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(Many, (int)(await server.Fhir.SearchAsync($"{query}&_total=accurate")).Json["total"]!);
        }

        Assert.Equal(Many, (await server.Fhir.IdsAsync("Basic?_total=estimate&_count=500")).Count);
        Assert.Equal("estimate", (string?)(await server.Fhir.GetAsync("../admin/search/explain/Basic?_total=estimate")).Json["statements"]![0]!["purpose"]);
        Assert.Equal("ordinary", (string?)(await server.Fhir.GetAsync("../admin/search/explain/Basic?_total=estimate")).Json["lane"]);
        Assert.Equal("costly", (string?)(await server.Fhir.GetAsync("../admin/search/explain/Basic?_total=accurate")).Json["lane"]);
    }

    [Theory]
    [InlineData("Patient?_sort:desc=family", "'-'")]
    [InlineData("Patient?_count:exact=1", "modifier")]
    [InlineData("Patient?_total:exact=accurate", "modifier")]
    [InlineData("Patient?_elements:not=name", "modifier")]
    [InlineData("Patient?_summary:not=true", "modifier")]
    [InlineData("Patient?_total=exact", "estimate")]
    [InlineData("Patient?_count=-1", "whole number")]
    [InlineData("Patient?_contained=both", "contains them")]
    [InlineData("Patient?_contained=maybe", "false")]
    [InlineData("Patient?_containedType=contained", "_containedType")]
    [InlineData("Patient?_query=mine", "_filter")]
    [InlineData("Patient?_type=Observation", "Patient alone")]
    [InlineData("Patient?_score=1", "_score")]
    [InlineData("Patient?_sort=_score", "_score")]
    [InlineData("Patient?_sort=", "_sort")]
    [InlineData("Patient?_summary=maybe", "_summary")]
    [InlineData("Patient?_include=", "_include")]
    [InlineData("Patient?_revinclude=*", "_revinclude")]
    [InlineData("Patient?_list=$current-problems", "$current-problems")]
    [InlineData("Patient?_has=x", "_has:Type")]
    public async Task What_is_not_done_is_refused_and_never_read_over(string query, string named) => (await server.Fhir.GetAsync(query)).Refused(400, named);

    [Fact]
    public async Task What_a_search_does_anyway_may_be_asked_for()
    {
        Assert.Equal(200, (await server.Fhir.GetAsync("Patient?_contained=false&_total=none&_summary=false&_format=json&_pretty=true")).Status);
    }

    [Fact]
    public async Task Several_types_are_searched_by_what_they_have_in_common()
    {
        foreach (var i in Enumerable.Range(0, 3))
        {
            await server.Fhir.StoreAsync(Samples.Patient($"s{i}", family: "System"));
            await server.Fhir.StoreAsync(Samples.Observation($"s{i}", subject: $"Patient/s{i}", code: "sys-1"));
        }

        async Task<string> FoundAsync(string query)
        {
            var found = new List<string>();
            for (var next = query; next is not null;)
            {
                var page = await server.Fhir.SearchAsync(next);
                found.AddRange(page.Entries.Select(e => $"{((string)e["resource"]!["resourceType"]!)[0]}{e["resource"]!["id"]}"));
                next = page.Link("next");
            }

            return string.Join(' ', found);
        }

        foreach (var count in new[] { 1, 2, 4, 50 })
        {
            Assert.Equal("Os2 Ps2 Os1 Ps1 Os0 Ps0", await FoundAsync($"?_type=Patient,Observation&_id=s0,s1,s2&_count={count}"));
        }

        Assert.Equal("Ps1", await FoundAsync("?_type=Patient&_id=s1&family=system"));
        Assert.Equal("Os1 Ps1", await FoundAsync("?_type=Observation&_type=Patient&_id=s1&_filter=_lastUpdated gt 2001&_elements=id"));
        var page = await server.Fhir.SearchAsync("?_type=Patient,Observation&_id=s0,s1,s2&_total=accurate&_count=1&_include=Observation:subject");
        Assert.Equal((6, 2), ((int)page.Json["total"]!, page.Entries.Count()));
        Assert.Equal(6, (int)(await server.Fhir.SearchAsync("?_type=Patient,Observation&_id=s0,s1,s2&_total=estimate&_count=1")).Json["total"]!);
        Assert.Equal(6, (int)(await server.Fhir.SearchAsync("?_type=Patient,Observation&_id=s0,s1,s2&_summary=count")).Json["total"]!);
        using var form = new FormUrlEncodedContent([new("_type", "Patient,Observation"), new("_id", "s2")]);
        Assert.Equal(["s2", "s2"], (await server.Fhir.SendAsync(HttpMethod.Post, "_search", form)).Ids("match"));
        using var endless = new FormUrlEncodedContent([new("_type", "Patient,Observation"), new("_count", "1"), .. Enumerable.Range(0, 60).Select(i => new KeyValuePair<string, string>("_id", $"s0,s1,{new string('x', 1100)}"))]);
        (await server.Fhir.SendAsync(HttpMethod.Post, "_search", endless)).Refused(422, "longer");
        (await server.Fhir.GetAsync("?_id=s1")).Refused(400, "_type");
        (await server.Fhir.GetAsync("?_type=Nope&_id=s1")).Refused(400, "Nope");
        (await server.Fhir.GetAsync("?_type=Patient,Observation&family=system", ("Prefer", "handling=lenient"))).Refused(400, "family");
        (await server.Fhir.GetAsync("?_type=Patient,Observation&_sort=_id")).Refused(400, "_sort");
    }

    private async Task StoreManyAsync()
    {
        var entries = Enumerable.Range(0, Many).Select(i => (JsonNode)Samples.Resource(
            $$"""
            {"request":{"method":"PUT","url":"Basic/b{{i}}"},"resource":{"resourceType":"Basic","id":"b{{i}}","code":{"coding":[{"code":"many"}{{(i % 2 == 0 ? ",{\"code\":\"some\"}" : "")}}{{(i < 3 ? ",{\"code\":\"few\"}" : "")}}]} } }
            """)).ToArray();
        var answer = await server.Fhir.BundleAsync(new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch", ["entry"] = new JsonArray(entries) });
        Assert.Equal(200, answer.Status);
    }
}
