using Salus.Kernel;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Terminology.Calls;
using static Salus.Records.Tests.Terminology.TerminologySamples;

namespace Salus.Records.Tests.Terminology;

public sealed class CodeSystemTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Lookup_tells_names_properties_and_parents()
    {
        await fhir.StoreAsync(AnimalSystem());
        var answer = await fhir.CallAsync("CodeSystem/$lookup", "system", Animals, "code", "dog");
        Assert.Equal("Dog", (string?)answer.Out("display"));
        Assert.Equal("Animals of the world", (string?)answer.Out("name"));
        Assert.Equal("1", (string?)answer.Out("version"));
        Assert.Equal("mammal", answer.Property("parent"));
        Assert.Equal("4", answer.Property("legs"));
        Assert.Equal("true", answer.Property("tame"));
        Assert.Equal(["Hund", "Chien"], answer.Parts("designation").Select(d => (string)d["value"]!));
        Assert.Null(answer.Property("child"));
    }

    [Fact]
    public async Task Lookup_gives_only_the_properties_that_were_asked_for()
    {
        await fhir.StoreAsync(AnimalSystem());
        var answer = await fhir.CallAsync("CodeSystem/$lookup", "system", Animals, "code", "mammal", "property", "child", "property", "definition");
        Assert.Equal(["definition", "child", "child", "child"], answer.Parts("property").Select(p => (string)p["code"]!));
        Assert.Empty(answer.Parts("designation"));
        var german = await fhir.CallAsync("CodeSystem/$lookup", "system", Animals, "code", "dog", "property", "lang.de", "displayLanguage", "de");
        Assert.Equal("Hund", (string?)german.Out("display"));
        Assert.Single(german.Parts("designation"));
    }

    [Fact]
    public async Task Lookup_by_POST_with_a_coding_is_the_same_as_by_GET()
    {
        await fhir.StoreAsync(AnimalSystem());
        var posted = await fhir.PostCallAsync("CodeSystem/$lookup", Parameters($$"""{"name":"coding","valueCoding":{"system":"{{Animals}}","code":"cat"} }"""));
        Assert.Equal((await fhir.CallAsync("CodeSystem/$lookup", "system", Animals, "code", "cat")).Text, posted.Ok().Text);
    }

    [Theory]
    [InlineData("http://example.org/nowhere", "dog", 404, "http://example.org/nowhere")]
    [InlineData(Animals, "unicorn", 404, "unicorn")]
    [InlineData(Animals, "Dog", 404, "'Dog'")]
    public async Task What_is_not_there_is_not_found(string system, string code, int status, string named)
    {
        await fhir.StoreAsync(AnimalSystem());
        (await fhir.CallAsync("CodeSystem/$lookup", "system", system, "code", code)).Refused(status, named);
    }

    [Theory]
    [InlineData("?code=dog", "system")]
    [InlineData("?system=x", "code")]
    [InlineData("?system=x&code=dog&colour=red", "it takes code, system, version, coding, displayLanguage, property")]
    [InlineData("?system=x&system=y&code=dog", "takes one 'system'")]
    [InlineData("?coding=dog", "POST a Parameters resource")]
    public async Task A_wrong_call_names_the_parameter(string query, string named) => (await fhir.GetAsync("CodeSystem/$lookup" + query)).Refused(400, named);

    [Fact]
    public async Task An_operation_that_is_elsewhere_or_nowhere_is_said_to_be()
    {
        (await fhir.GetAsync("Patient/$lookup")).Refused(404, "CodeSystem/$lookup");
        (await fhir.GetAsync("CodeSystem/$nothing")).Refused(404, "$lookup");
        (await fhir.GetAsync("$closure?name=x")).Refused(405, "POST");
        (await fhir.PostCallAsync("CodeSystem/$lookup", Samples.Patient())).Refused(400, "Parameters");
    }

    [Fact]
    public async Task A_resource_counts_as_soon_as_its_write_was_acknowledged()
    {
        for (var version = 1; version <= 20; version++)
        {
            var url = $"http://example.org/fhir/fresh-{version % 2}";
            await fhir.StoreAsync(AnimalSystem($"fresh-{version % 2}", url, extra: $$""",{"code":"new-{{version}}","display":"New"}"""));
            Assert.Equal("New", (string?)(await fhir.CallAsync("CodeSystem/$lookup", "system", url, "code", $"new-{version}")).Out("display"));
            (await fhir.CallAsync("CodeSystem/$lookup", "system", url, "code", $"new-{version - 2}")).Refused(404);
        }

        Assert.Equal(204, (await fhir.DeleteAsync("CodeSystem/fresh-0")).Status);
        (await fhir.CallAsync("CodeSystem/$lookup", "system", "http://example.org/fhir/fresh-0", "code", "dog")).Refused(404, "fresh-0");
    }

    [Fact]
    public async Task Of_several_versions_the_newest_is_meant_unless_one_is_stated()
    {
        const string Url = "http://example.org/fhir/versions";
        foreach (var version in new[] { "2.9", "2.10", "2.1" })
        {
            await fhir.StoreAsync(AnimalSystem($"v{version}", Url, version));
        }

        Assert.Equal("2.10", (string?)(await fhir.CallAsync("CodeSystem/$lookup", "system", Url, "code", "dog")).Out("version"));
        Assert.Equal("2.1", (string?)(await fhir.CallAsync("CodeSystem/$lookup", "system", Url, "code", "dog", "version", "2.1")).Out("version"));
        (await fhir.CallAsync("CodeSystem/$lookup", "system", Url, "code", "dog", "version", "3")).Refused(404, "2.9");
    }

    [Fact]
    public async Task Validate_code_judges_code_display_and_abstractness()
    {
        await fhir.StoreAsync(AnimalSystem());
        Task<Answer> Validate(params string[] pairs) => fhir.CallAsync("CodeSystem/$validate-code", ["url", Animals, .. pairs]);
        Assert.True((bool)(await Validate("code", "dog")).Out("result")!);
        Assert.True((bool)(await Validate("code", "dog", "display", " hund")).Out("result")!);
        var wrong = await Validate("code", "dog", "display", "Cat");
        Assert.False((bool)wrong.Out("result")!);
        Assert.Equal("Dog", (string?)wrong.Out("display"));
        Assert.False((bool)(await Validate("code", "unicorn")).Out("result")!);
        Assert.True((bool)(await Validate("code", "animal")).Out("result")!);
        Assert.False((bool)(await Validate("code", "animal", "abstract", "false")).Out("result")!);
        Assert.True((bool)(await fhir.CallAsync("CodeSystem/animals/$validate-code", "code", "dog")).Out("result")!);
        (await fhir.CallAsync("CodeSystem/missing/$validate-code", "code", "dog")).Refused(404, "missing");
    }

    [Theory]
    [InlineData("mammal", "poodle", "subsumes")]
    [InlineData("poodle", "animal", "subsumed-by")]
    [InlineData("dog", "dog", "equivalent")]
    [InlineData("dog", "cat", "not-subsumed")]
    public async Task Subsumes_walks_the_hierarchy(string a, string b, string outcome)
    {
        await fhir.StoreAsync(AnimalSystem());
        Assert.Equal(outcome, (string?)(await fhir.CallAsync("CodeSystem/$subsumes", "system", Animals, "codeA", a, "codeB", b)).Out("outcome"));
        var expected = outcome is "subsumes" or "equivalent" ? CodeAnswer.Yes : CodeAnswer.No;
        Assert.Equal(expected, await server.Get<Vocabulary>().SubsumesAsync(Tenant.Default, Animals, a, b, CancellationToken.None));
    }

    [Fact]
    public async Task Subsumes_of_two_systems_or_unknown_codes_is_refused()
    {
        await fhir.StoreAsync(AnimalSystem());
        (await fhir.CallAsync("CodeSystem/$subsumes", "system", Animals, "codeA", "dog", "codeB", "unicorn")).Refused(404, "unicorn");
        (await fhir.CallAsync("CodeSystem/$subsumes", "codeA", "dog", "codeB", "cat")).Refused(400, "system");
    }

    [Fact]
    public async Task An_operation_can_be_read_in_a_batch()
    {
        await fhir.StoreAsync(AnimalSystem());
        var answer = await fhir.BundleAsync(Samples.Bundle("batch",
            Samples.Entry("GET", $"CodeSystem/$lookup?system={Animals}&code=dog"), Samples.Entry("GET", "CodeSystem/animals/$validate-code?code=cat"), Samples.Entry("GET", "CodeSystem/$lookup?code=dog")));
        Assert.Equal(["200", "200", "400"], answer.Ok().Entries.Select(e => ((string)e["response"]!["status"]!)[..3]));
        Assert.Contains("Dog", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_can_do_with_terminology_is_a_valid_resource()
    {
        var capabilities = (await fhir.GetAsync("metadata?mode=terminology")).Ok().Json;
        capabilities["id"] = "self";
        await fhir.StoreAsync(capabilities);
        Assert.Contains("filter", capabilities["expansion"]!["parameter"]!.AsArray().Select(p => (string)p!["name"]!));
        var listed = (await fhir.GetAsync("metadata")).Json["rest"]![0]!;
        Assert.Contains("expand", listed["resource"]!.AsArray().Single(r => (string?)r!["type"] == "ValueSet")!["operation"]!.AsArray().Select(o => (string)o!["name"]!));
        Assert.Equal("closure", (string?)Assert.Single(listed["operation"]!.AsArray(), o => (string?)o!["name"] == "closure")!["name"]);
    }

    [Fact]
    public async Task Parents_that_stand_as_properties_make_a_hierarchy_with_several_parents()
    {
        const string Url = "http://example.org/fhir/graph";
        await fhir.StoreAsync(Samples.Resource(
            $$"""
            {"resourceType":"CodeSystem","id":"graph","url":"{{Url}}","status":"active","content":"complete","property":[{"code":"parent","type":"code"}],
             "concept":[{"code":"a"},{"code":"b"},{"code":"c","property":[{"code":"parent","valueCode":"a"},{"code":"parent","valueCode":"b"}]},
              {"code":"d","property":[{"code":"parent","valueCode":"c"}]},
              {"code":"x","property":[{"code":"parent","valueCode":"y"}]},{"code":"y","property":[{"code":"parent","valueCode":"x"}]}]}
            """));
        foreach (var above in new[] { "a", "b", "c" })
        {
            Assert.Equal("subsumes", (string?)(await fhir.CallAsync("CodeSystem/$subsumes", "system", Url, "codeA", above, "codeB", "d")).Out("outcome"));
        }

        // Two that are below each other end the walk all the same.
        Assert.Equal("not-subsumed", (string?)(await fhir.CallAsync("CodeSystem/$subsumes", "system", Url, "codeA", "a", "codeB", "x")).Out("outcome"));
        Assert.Equal(6, (await fhir.CallAsync("ValueSet/$expand", "url", Url + "?fhir_vs")).Total());
    }
}
