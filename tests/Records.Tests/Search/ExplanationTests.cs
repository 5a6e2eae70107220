using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

public sealed class ExplanationTests(LinkServer server) : IClassFixture<LinkServer>
{
    [Fact]
    public async Task It_shows_the_sql_the_values_and_what_postgres_did()
    {
        var answer = await server.Fhir.GetAsync("../admin/search/explain/Patient?name=abb&birthdate=lt1990&_total=accurate");
        Assert.Equal(200, answer.Status);
        Assert.Equal(["total", "page"], answer.Json["statements"]!.AsArray().Select(s => (string)s!["purpose"]!));
        var page = answer.Json["statements"]![1]!;
        Assert.Contains("records.index_string", (string)page["sql"]!, StringComparison.Ordinal);
        Assert.Contains("'abb'::text", page["values"]!.AsArray().Select(v => (string)v!));
        Assert.Contains(page["plan"]!.AsArray().Select(l => (string)l!), l => l.Contains("actual time", StringComparison.Ordinal));
        Assert.True((double)page["milliseconds"]! > 0);
    }

    [Theory]
    [InlineData("Observation?patient.name=abbott", "Observation.patient Patient begins with the few Patient that fit")]
    [InlineData("Patient?_has:Observation:subject:encounter.status=finished", "Observation.subject Observation begins with the few Observation that fit|Observation.encounter Encounter begins with the few Encounter that fit|Observation.encounter EpisodeOfCare begins with the few EpisodeOfCare that fit")]
    public async Task It_says_from_which_end_links_are_walked(string query, string expected)
    {
        var answer = await server.Fhir.GetAsync($"../admin/search/explain/{query}");
        Assert.Equal(expected, string.Join('|', answer.Json["links"]!.AsArray().Select(l => $"{l!["reference"]} {l["type"]} {l["way"]}")));
    }

    [Theory]
    [InlineData("Observation?patient=p1", "one plan for all values")]
    [InlineData("Observation?status=final", "planned for these values")]
    [InlineData("Observation?date=2026-01-01&value-quantity=gt5&_lastUpdated=gt2001&_id=o1,o2", "one plan for all values")]
    public async Task It_says_how_it_is_planned(string query, string expected) =>
        Assert.Equal(expected, (string?)(await server.Fhir.GetAsync($"../admin/search/explain/{query}")).Json["statements"]![0]!["planning"]);

    [Theory]
    [InlineData("Nope?name=x", 404)]
    [InlineData("Patient?nope=x", 400)]
    [InlineData("Patient?birthdate=x", 400)]
    public async Task What_cannot_be_searched_is_refused_as_the_search_would_be(string query, int status) =>
        (await server.Fhir.GetAsync($"../admin/search/explain/{query}")).Refused(status);
}
