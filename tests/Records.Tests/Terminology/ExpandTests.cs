using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Terminology.Calls;
using static Salus.Records.Tests.Terminology.TerminologySamples;

namespace Salus.Records.Tests.Terminology;

public sealed class ExpandTests(RecordServer server) : IClassFixture<RecordServer>, IAsyncLifetime
{
    private const string All = $$"""{"include":[{"system":"{{Animals}}"}]}""";

    private readonly FhirClient fhir = server.Fhir;

    public async Task InitializeAsync() => await fhir.StoreAsync(AnimalSystem());

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("concept", "is-a", "dog", "dog poodle")]
    [InlineData("concept", "descendent-of", "mammal", "dog poodle cat whale")]
    [InlineData("concept", "is-not-a", "mammal", "animal bird dodo eagle")]
    [InlineData("concept", "generalizes", "poodle", "animal mammal dog poodle")]
    [InlineData("legs", "=", "2", "dodo eagle")]
    [InlineData("food", "in", "meat,fish", "dog cat eagle")]
    [InlineData("code", "in", "dog, cat", "dog cat")]
    [InlineData("legs", "not-in", "4,2", "animal mammal poodle whale bird")]
    [InlineData("food", "exists", "true", "dog cat eagle")]
    [InlineData("legs", "exists", "false", "animal mammal poodle bird")]
    [InlineData("code", "regex", "d.*", "dog dodo")]
    [InlineData("display", "regex", "[A-D]o.", "Dog")]
    [InlineData("parent", "=", "bird", "dodo eagle")]
    [InlineData("inactive", "=", "true", "dodo")]
    public async Task Filters_leave_what_they_say(string property, string op, string value, string codes)
    {
        var set = Parameters($$"""{"name":"valueSet","resource":{{Set("inline", Filter(property, op, value)).ToJsonString()}} }""", """{"name":"excludeNested","valueBoolean":true}""");
        var answer = await fhir.PostCallAsync("ValueSet/$expand", set);
        Assert.Equal(codes.ToLowerInvariant(), answer.Codes());
    }

    [Theory]
    [InlineData("colour", "=", "red", "colour")]
    [InlineData("concept", "is-a", "unicorn", "unicorn")]
    [InlineData("code", "regex", "(a+)\\\\1", "regular expression")]
    [InlineData("legs", "is-a", "dog", "concept")]
    public async Task A_filter_that_does_not_fit_the_system_is_refused(string property, string op, string value, string named) =>
        (await fhir.PostCallAsync("ValueSet/$expand", Set("inline", Filter(property, op, value)))).Refused(400, named);

    [Fact]
    public async Task Unpaged_and_unfiltered_codes_stand_below_their_parents()
    {
        await fhir.StoreAsync(Set("all", All));
        var expansion = (await fhir.CallAsync("ValueSet/all/$expand")).Ok().Json["expansion"]!;
        var animal = Assert.Single(Contains(expansion));
        Assert.True((bool)animal["abstract"]!);
        Assert.Equal(["mammal", "bird"], Contains(animal).Select(c => (string)c["code"]!));
        Assert.Equal(["poodle"], Contains(Contains(Contains(animal).First()).First()).Select(c => (string)c["code"]!));
        Assert.Equal("animal mammal dog poodle cat whale bird dodo eagle", (await fhir.CallAsync("ValueSet/all/$expand", "excludeNested", "true")).Codes());
    }

    [Fact]
    public async Task Pages_together_are_the_whole()
    {
        await fhir.StoreAsync(Set("paged", $$"""{"include":[{"system":"{{Animals}}"},{"system":"http://example.org/listed","concept":[{"code":"x"},{"code":"y"}]}]}"""));
        var codes = new List<string>();
        for (var offset = 0; offset < 12; offset += 4)
        {
            var page = await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("paged"), "count", "4", "offset", $"{offset}");
            Assert.Equal(11, page.Total());
            codes.Add(page.Codes());
        }

        Assert.Equal("animal mammal dog poodle cat whale bird dodo eagle x y", string.Join(' ', codes));
        var none = await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("paged"), "count", "0");
        Assert.Equal((11, ""), (none.Total(), none.Codes()));
        (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("paged"), "count", "-1")).Refused(400, "count");
    }

    [Theory]
    [InlineData("pood", "poodle")]
    [InlineData("STANDARD pood", "poodle")]
    [InlineData("hun", "dog")]
    [InlineData("eag", "eagle")]
    [InlineData("musculus blue", "whale")]
    [InlineData("musculus red", "")]
    [InlineData("oodle", "")]
    public async Task A_text_filter_finds_beginnings_of_words(string filter, string codes)
    {
        await fhir.StoreAsync(Set("text", All));
        Assert.Equal(codes, (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("text"), "filter", filter)).Codes());
    }

    [Fact]
    public async Task Excluded_codes_and_systems_are_left_out()
    {
        await fhir.StoreAsync(Set("base", Filter("concept", "descendent-of", "mammal")));
        await fhir.StoreAsync(Set("without", $$"""{"include":[{"valueSet":["{{SetUrl("base")}}"]}],"exclude":[{"system":"{{Animals}}","concept":[{"code":"cat"}]}]}"""));
        Assert.Equal("dog poodle whale", (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("without"), "excludeNested", "true")).Codes());
        Assert.Equal("", (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("without"), "exclude-system", Animals)).Codes());
    }

    [Fact]
    public async Task Several_value_sets_of_one_include_have_to_share_a_code()
    {
        await fhir.StoreAsync(Set("mammals", Filter("concept", "is-a", "mammal")));
        await fhir.StoreAsync(Set("eaters", Filter("food", "=", "meat")));
        await fhir.StoreAsync(Set("both", $$"""{"include":[{"valueSet":["{{SetUrl("mammals")}}","{{SetUrl("eaters")}}|1"]}]}"""));
        Assert.Equal("dog cat", (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("both"), "excludeNested", "true")).Codes());
        await fhir.StoreAsync(Set("circle", $$"""{"include":[{"valueSet":["{{SetUrl("circle")}}"]}]}"""));
        (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("circle"))).Refused(400, "includes itself");
    }

    [Fact]
    public async Task A_chain_of_value_sets_that_is_too_deep_is_no_circle()
    {
        await fhir.StoreAsync(Set("deep-0", Filter("concept", "is-a", "mammal")));
        for (var i = 1; i <= 32; i++)
        {
            await fhir.StoreAsync(Set($"deep-{i}", $$"""{"include":[{"valueSet":["{{SetUrl($"deep-{i - 1}")}}"]}]}"""));
        }

        Assert.Equal(200, (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("deep-31"))).Status);
        (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("deep-32"))).Refused(422, "chain of more than 32");
    }

    [Fact]
    public async Task A_code_that_several_includes_have_comes_once()
    {
        await fhir.StoreAsync(Set("twice", $$"""{"include":[{"system":"{{Animals}}","concept":[{"code":"eagle"},{"code":"dog"},{"code":"dog"},{"code":"unicorn"}]},{"system":"{{Animals}}","filter":[{"property":"concept","op":"is-a","value":"bird"}]}]}"""));
        Assert.Equal("eagle dog bird dodo", (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("twice"), "excludeNested", "true")).Codes());
    }

    [Fact]
    public async Task Fifty_thousand_includes_and_their_excludes_are_gone_through_once()
    {
        const int Many = 50_000;
        var includes = string.Join(',', Enumerable.Range(0, Many).Select(i => $$"""{"system":"http://example.org/many","concept":[{"code":"c{{i % (Many / 2)}}"}]}"""));
        var excludes = string.Join(',', Enumerable.Range(0, Many).Where(i => i is >= 3 and < Many / 2).Select(i => $$"""{"system":"http://example.org/many","concept":[{"code":"c{{i}}"}]}"""));
        var answer = await fhir.PostCallAsync("ValueSet/$expand?count=2", Set("many", $$"""{"include":[{{includes}}]}"""));
        Assert.Equal((Many / 2, "c0 c1"), (answer.Total(), answer.Codes()));
        Assert.Equal("c0 c1 c2", (await fhir.PostCallAsync("ValueSet/$expand", Set("few", $$"""{"include":[{{includes}}],"exclude":[{{excludes}}]}"""))).Codes());
    }

    [Fact]
    public async Task A_code_of_a_system_in_two_versions_comes_once_unless_both_are_stated()
    {
        const string Listed = "http://example.org/versions";
        var set = Set("versions", $$"""{"include":[{"system":"{{Listed}}","version":"1","concept":[{"code":"a"},{"code":"b"}]},{"system":"{{Listed}}","version":"2","concept":[{"code":"a"}]},{"system":"{{Listed}}","concept":[{"code":"b"},{"code":"c"}]},{"system":"{{Listed}}","version":"3","concept":[{"code":"c"},{"code":"a"}]}]}""");
        Assert.Equal("a b a c a", (await fhir.PostCallAsync("ValueSet/$expand", set)).Codes());
        set["compose"]!["exclude"] = JsonNode.Parse($$"""[{"system":"{{Listed}}","version":"2","concept":[{"code":"a"}]},{"system":"{{Listed}}","version":"7","concept":[{"code":"c"}]}]""");
        Assert.Equal("a b a", (await fhir.PostCallAsync("ValueSet/$expand", set)).Codes());
    }

    [Fact]
    public async Task A_number_with_a_zero_in_front_is_a_number()
    {
        await fhir.StoreAsync(Set("zeros", All));
        var answer = await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("zeros"), "count", "02", "offset", "01");
        Assert.Equal("mammal dog", answer.Codes());
        Assert.Contains("count=2", answer.Json["expansion"]!["parameter"]!.AsArray().Select(p => $"{p!["name"]}={p["valueInteger"]}"));
    }

    [Fact]
    public async Task Inactive_and_abstract_codes_can_be_left_out()
    {
        await fhir.StoreAsync(Set("birds", Filter("concept", "is-a", "bird")));
        Assert.Equal("bird eagle", (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("birds"), "activeOnly", "true", "excludeNested", "true")).Codes());
        await fhir.StoreAsync(Set("everything", All));
        Assert.StartsWith("mammal", (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("everything"), "excludeNotForUI", "true", "excludeNested", "true")).Codes(), StringComparison.Ordinal);
        var closed = Set("closed", Filter("concept", "is-a", "bird"));
        closed["compose"]!["inactive"] = false;
        Assert.Equal("bird eagle", (await fhir.PostCallAsync("ValueSet/$expand?excludeNested=true", closed)).Codes());
    }

    [Fact]
    public async Task Names_come_in_the_language_and_with_designations_that_were_asked_for()
    {
        await fhir.StoreAsync(Set("dogs", Filter("code", "=", "dog")));
        var german = (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("dogs"), "displayLanguage", "de")).Json["expansion"]!;
        Assert.Equal("Hund", (string?)Contains(german).Single()["display"]);
        var plain = (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("dogs"))).Json["expansion"]!;
        Assert.Null(Contains(plain).Single()["designation"]);
        var all = (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("dogs"), "includeDesignations", "true")).Json["expansion"]!;
        Assert.Equal(2, Contains(all).Single()["designation"]!.AsArray().Count);
        var one = (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("dogs"), "designation", "http://example.org/use|short")).Json["expansion"]!;
        Assert.Equal("Chien", (string?)Assert.Single(Contains(one).Single()["designation"]!.AsArray())!["value"]);
    }

    [Fact]
    public async Task An_expansion_is_a_valid_resource_and_says_what_it_used()
    {
        await fhir.StoreAsync(Set("valid", All));
        var answer = await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("valid"), "filter", "dog", "includeDefinition", "true");
        var set = answer.Ok().Json.AsObject();
        Assert.NotNull(set["compose"]);
        var parameters = set["expansion"]!["parameter"]!.AsArray().Select(p => $"{p!["name"]}={p["valueString"] ?? p["valueUri"] ?? p["valueBoolean"]}");
        Assert.Contains("filter=dog", parameters);
        Assert.Contains($"version={Animals}|1", parameters);
        set["id"] = "expanded";
        await fhir.StoreAsync(set);
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/administrative-gender", 4, "female")]
    [InlineData("http://hl7.org/fhir/ValueSet/observation-status|4.0.1", 8, "final")]
    [InlineData("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", 11, "AMB")]
    [InlineData("http://terminology.hl7.org/ValueSet/v2-0001", 6, "F")]
    public async Task Value_sets_of_the_specification_are_there(string url, int total, string code)
    {
        var answer = await fhir.CallAsync("ValueSet/$expand", "url", url, "excludeNested", "true");
        Assert.Contains(code, answer.Codes().Split(' '));
        Assert.Equal(total, answer.Total());
    }

    [Fact]
    public async Task What_is_not_here_is_named_by_its_url()
    {
        (await fhir.CallAsync("ValueSet/$expand", "url", "http://example.org/nothing")).Refused(404, "http://example.org/nothing");
        (await fhir.CallAsync("ValueSet/$expand", "url", "http://hl7.org/fhir/ValueSet/condition-code")).Refused(404, "http://snomed.info/sct");
        (await fhir.CallAsync("ValueSet/$expand")).Refused(400, "url");
        (await fhir.CallAsync("ValueSet/dogs/$expand", "url", "x")).Refused(400, "exclude each other");
        (await fhir.PostCallAsync("ValueSet/$expand", JsonNode.Parse("""{"resourceType":"Parameters","parameter":[{"name":"count","valueString":"many"}]}""")!)).Refused(400, "whole number");
    }
}

public sealed class CostlyExpansionTests(CostlyExpansionTests.SmallServer server) : IClassFixture<CostlyExpansionTests.SmallServer>
{
    public sealed class SmallServer : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:MaxExpandedCodes", "5")];
    }

    [Fact]
    public async Task An_unbounded_expansion_is_too_costly_and_a_page_is_not()
    {
        await server.Fhir.StoreAsync(AnimalSystem());
        (await server.Fhir.CallAsync("ValueSet/$expand", "url", $"{Animals}?fhir_vs")).Refused(422, "'count' and 'offset'");
        Assert.Equal(5, (await server.Fhir.CallAsync("ValueSet/$expand", "url", $"{Animals}?fhir_vs", "count", "100")).Codes().Split(' ').Length);
        Assert.Equal("dog", (await server.Fhir.CallAsync("ValueSet/$expand", "url", $"{Animals}?fhir_vs", "filter", "dog")).Codes());
    }
}
