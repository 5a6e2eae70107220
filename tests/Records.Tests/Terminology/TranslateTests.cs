using Salus.Records.Terminology.Calls;
using Salus.Records.Terminology.Maps;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Terminology.Calls;

namespace Salus.Records.Tests.Terminology;

public sealed class TranslateTests(StructuralServer server) : IClassFixture<StructuralServer>, IAsyncLifetime
{
    private const string Url = "http://example.org/fhir/map";

    private readonly FhirClient fhir = server.Fhir;

    public async Task InitializeAsync()
    {
        await fhir.StoreAsync(Samples.Resource(
            $$"""
            {"resourceType":"ConceptMap","id":"map","url":"{{Url}}","version":"1","status":"active","sourceUri":"http://example.org/vs/a","targetUri":"http://example.org/vs/b",
             "group":[{"source":"http://example.org/a","target":"http://example.org/b","element":[
               {"code":"1","target":[{"code":"one","display":"One","equivalence":"equivalent"},{"code":"few","equivalence":"wider","product":[{"property":"http://example.org/side","system":"http://example.org/s","value":"left"}]}]},
               {"code":"2","target":[{"equivalence":"unmatched"}]},
               {"code":"3","target":[{"code":"three-child","equivalence":"narrower","dependsOn":[{"property":"http://example.org/age","value":"child"}]}]}],
              "unmapped":{"mode":"fixed","code":"unknown","display":"Unknown"} },
              {"source":"http://example.org/a2","target":"http://example.org/b","element":[{"code":"1","target":[{"code":"other","equivalence":"equal"}]}],
              "unmapped":{"mode":"other-map","url":"http://example.org/fhir/second"} }]}
            """));
        await fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"ConceptMap","id":"second","url":"http://example.org/fhir/second","status":"active",
             "group":[{"source":"http://example.org/a2","target":"http://example.org/c","element":[{"code":"9","target":[{"code":"nine","equivalence":"equal"}]}],"unmapped":{"mode":"provided"} }]}
            """));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_code_is_translated_with_equivalence_product_and_source()
    {
        var answer = await fhir.CallAsync("ConceptMap/$translate", "url", Url, "system", "http://example.org/a", "code", "1");
        Assert.True((bool)answer.Out("result")!);
        var matches = answer.Parts("match");
        Assert.Equal(["equivalent one", "wider few"], matches.Select(m => $"{m["equivalence"]} {m["concept"]!["code"]}"));
        Assert.Equal("http://example.org/b", (string?)matches[0]["concept"]!["system"]);
        Assert.Equal(Url, (string?)matches[0]["source"]);
        Assert.Contains("http://example.org/side", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.org/a", "2", false, "")]
    [InlineData("http://example.org/a", "77", true, "unknown")]
    [InlineData("http://example.org/a2", "9", true, "nine")]
    [InlineData("http://example.org/a2", "55", true, "55")]
    [InlineData("http://example.org/nowhere", "1", false, "")]
    public async Task Unmatched_and_unmapped_codes_follow_the_map(string system, string code, bool result, string target)
    {
        var answer = await fhir.CallAsync("ConceptMap/map/$translate", "system", system, "code", code);
        Assert.Equal(result, (bool)answer.Out("result")!);
        Assert.Equal(target, string.Join(' ', answer.Parts("match").Select(m => (string?)m.GetValueOrDefault("concept")?["code"]).Where(c => c is not null)));
    }

    [Fact]
    public void Maps_that_refer_to_each_other_are_asked_once_for_a_code()
    {
        static MapGroup Refers(string url) => new("http://example.org/a", "http://example.org/b", [], new Unmapped("other-map", null, null, url));
        ConceptMap one = new("http://example.org/one", null, "active", null, null, [.. Enumerable.Range(0, 3).SelectMany(_ => new[] { Refers("http://example.org/two"), Refers("http://example.org/end") })]);
        ConceptMap two = new("http://example.org/two", null, "active", null, null, [.. Enumerable.Repeat(Refers("http://example.org/one"), 3)]);
        ConceptMap end = new(
            "http://example.org/end", null, "active", null, null,
            [new MapGroup("http://example.org/a", "http://example.org/b", [new MapElement("1", null, [new MapTarget("x", null, "equal", [], [])])], null)]);
        var translation = new Translation([one, two, end], new TranslationRequest(null, null, null, [], Reverse: false));
        var code = new GivenCode("http://example.org/a", null, "1", null);
        Assert.Equal("x", Assert.Single(translation.Of([one], code)).Code);
        Assert.Equal("x", Assert.Single(translation.Of([one, two], code)).Code);
    }

    [Fact]
    public async Task A_mapping_that_depends_on_something_holds_only_with_it()
    {
        var without = await fhir.CallAsync("ConceptMap/$translate", "url", Url, "system", "http://example.org/a", "code", "3");
        Assert.False((bool)without.Out("result")!);
        var with = await fhir.PostCallAsync("ConceptMap/$translate", Parameters(
            $$"""{"name":"url","valueUri":"{{Url}}"}""", """{"name":"system","valueUri":"http://example.org/a"}""", """{"name":"code","valueCode":"3"}""",
            """{"name":"dependency","part":[{"name":"element","valueUri":"http://example.org/age"},{"name":"concept","valueCodeableConcept":{"coding":[{"code":"child"}]}}]}"""));
        Assert.Equal("three-child", (string?)Assert.Single(with.Parts("match"))["concept"]!["code"]);
    }

    [Fact]
    public async Task Reverse_turns_the_map_and_its_equivalences_round()
    {
        var answer = await fhir.CallAsync("ConceptMap/$translate", "url", Url, "system", "http://example.org/b", "code", "few", "reverse", "true");
        var match = Assert.Single(answer.Parts("match"));
        Assert.Equal("narrower 1", $"{match["equivalence"]} {match["concept"]!["code"]}");
    }

    [Fact]
    public async Task Without_a_map_all_that_fit_are_asked()
    {
        var answer = await fhir.CallAsync("ConceptMap/$translate", "system", "http://example.org/a2", "code", "9", "targetsystem", "http://example.org/c");
        Assert.Contains("nine", answer.Parts("match").Select(m => (string?)m["concept"]!["code"]));
        var gender = await fhir.CallAsync("ConceptMap/$translate", "url", "http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v3", "system", "http://hl7.org/fhir/administrative-gender", "code", "male");
        Assert.Equal("M", (string?)gender.Parts("match")[0]["concept"]!["code"]);
    }

    [Fact]
    public async Task A_map_that_is_not_here_is_named()
    {
        (await fhir.CallAsync("ConceptMap/$translate", "url", "http://example.org/none", "system", "x", "code", "1")).Refused(404, "http://example.org/none");
        (await fhir.PostCallAsync("ConceptMap/$translate", Parameters("""{"name":"dependency","valueString":"x"}"""))).Refused(400, "code");
    }
}

public sealed class ClosureTests(RecordServer server) : IClassFixture<RecordServer>, IAsyncLifetime
{
    private readonly FhirClient fhir = server.Fhir;

    public async Task InitializeAsync() => await fhir.StoreAsync(TerminologySamples.AnimalSystem());

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_table_grows_by_what_is_new_and_repeats_what_came_after_a_version()
    {
        Assert.Equal(("1", ""), Read(await CallAsync("grow")));
        Assert.Equal(("2", ""), Read(await AddAsync("grow", "poodle", "cat")));
        Assert.Equal(("3", "poodle<dog"), Read(await AddAsync("grow", "dog")));
        Assert.Equal(("4", "cat<mammal dog<mammal poodle<mammal"), Read(await AddAsync("grow", "mammal")));
        Assert.Equal(("4", ""), Read(await AddAsync("grow", "mammal", "dog")));
        Assert.Equal(("4", "cat<mammal dog<mammal poodle<mammal"), Read(await CallAsync("grow", """{"name":"version","valueString":"3"}""")));
        Assert.Equal(("4", "cat<mammal dog<mammal poodle<dog poodle<mammal"), Read(await CallAsync("grow", """{"name":"version","valueString":"1"}""")));
        Assert.Equal(("1", ""), Read(await CallAsync("grow")));
        Assert.Equal(("1", ""), Read(await CallAsync("grow", """{"name":"version","valueString":"0"}""")));
    }

    [Fact]
    public async Task Wrong_calls_change_nothing()
    {
        (await AddAsync("never-begun", "dog")).Refused(404, "never-begun");
        await CallAsync("strict");
        (await AddAsync("strict", "dog", "unicorn")).Refused(404, "unicorn");
        Assert.Equal(("1", ""), Read(await CallAsync("strict", """{"name":"version","valueString":"0"}""")));
        (await CallAsync("strict", """{"name":"version","valueString":"x"}""")).Refused(400, "version");
        (await fhir.PostCallAsync("$closure", Parameters("""{"name":"version","valueString":"1"}"""))).Refused(400, "name");
    }

    [Fact]
    public async Task Who_add_to_one_table_at_once_miss_no_link()
    {
        await CallAsync("race");
        var codes = new[] { "animal", "mammal", "dog", "poodle", "cat", "bird", "eagle", "dodo" };
        var answers = await Task.WhenAll(codes.Select(c => AddAsync("race", c)));
        var links = answers.SelectMany(a => Read(a).Links.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order().ToList();
        Assert.Equal(links.Distinct().Count(), links.Count);
        Assert.Equal(string.Join(' ', links), Read(await CallAsync("race", """{"name":"version","valueString":"0"}""")).Links);
        Assert.Equal(13, links.Count);
    }

    private Task<Answer> AddAsync(string name, params string[] codes) =>
        CallAsync(name, [.. codes.Select(c => $$"""{"name":"concept","valueCoding":{"system":"{{TerminologySamples.Animals}}","code":"{{c}}"} }""")]);

    private Task<Answer> CallAsync(string name, params string[] parameters) => fhir.PostCallAsync("$closure", Parameters([$$"""{"name":"name","valueString":"{{name}}"}""", .. parameters]));

    private static (string Version, string Links) Read(Answer answer)
    {
        var links = (answer.Ok().Json["group"]?.AsArray() ?? []).SelectMany(g => g!["element"]!.AsArray()).SelectMany(e => e!["target"]!.AsArray(), (e, t) => $"{e!["code"]}<{t!["code"]}");
        return ((string)answer.Json["version"]!, string.Join(' ', links.Order(StringComparer.Ordinal)));
    }
}
