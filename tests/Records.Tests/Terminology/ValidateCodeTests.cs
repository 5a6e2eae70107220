using Salus.Kernel;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Terminology.Calls;
using static Salus.Records.Tests.Terminology.TerminologySamples;

namespace Salus.Records.Tests.Terminology;

public sealed class ValidateCodeTests(RecordServer server) : IClassFixture<RecordServer>, IAsyncLifetime
{
    private readonly FhirClient fhir = server.Fhir;

    public async Task InitializeAsync()
    {
        await fhir.StoreAsync(AnimalSystem());
        await fhir.StoreAsync(Set("meat", $$"""{"include":[{"system":"{{Animals}}","filter":[{"property":"food","op":"=","value":"meat"}]},{"system":"http://example.org/unknown","concept":[{"code":"shark","display":"Shark"}]}],"exclude":[{"system":"{{Animals}}","concept":[{"code":"eagle"}]}]}"""));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(Animals, "dog", true)]
    [InlineData(Animals, "eagle", false)]
    [InlineData(Animals, "whale", false)]
    [InlineData(Animals, "unicorn", false)]
    [InlineData("http://example.org/unknown", "shark", true)]
    [InlineData("http://example.org/unknown", "tuna", false)]
    [InlineData("http://example.org/other", "dog", false)]
    public async Task A_code_is_in_a_value_set_or_not_and_the_expansion_agrees(string system, string code, bool member)
    {
        var answer = await fhir.CallAsync("ValueSet/$validate-code", "url", SetUrl("meat"), "system", system, "code", code);
        Assert.Equal(member, (bool)answer.Out("result")!);
        Assert.Equal(!member, answer.Out("message") is not null);
        Assert.Equal(member ? CodeAnswer.Yes : CodeAnswer.No, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl("meat"), system, code, CancellationToken.None));
        var expanded = (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("meat"))).Ok().Json["expansion"]!;
        Assert.Equal(member, Contains(expanded).Any(c => (string?)c["system"] == system && (string?)c["code"] == code));
    }

    [Theory]
    [InlineData(Animals, "dodo", false)]
    [InlineData(Animals, "eagle", true)]
    [InlineData(null, "dodo", false)]
    [InlineData("http://example.org/gone", "old", false)]
    [InlineData("http://example.org/gone", "new", true)]
    public async Task A_value_set_without_inactive_codes_has_none_of_those_it_imports(string? system, string code, bool member)
    {
        await fhir.StoreAsync(Set("with-inactive", Filter("concept", "is-a", "bird")));
        var listed = Set("listed-inactive", $$"""{"include":[{"system":"{{Animals}}"}]}""");
        listed["expansion"] = System.Text.Json.Nodes.JsonNode.Parse(
            $$"""{"timestamp":"2026-01-01","contains":[{"system":"http://example.org/gone","code":"old","inactive":true},{"system":"http://example.org/gone","code":"new"},{"system":"{{Animals}}","code":"dodo"}]}""");
        listed.Remove("compose");
        await fhir.StoreAsync(listed);
        await fhir.StoreAsync(Set("importing", $$"""{"inactive":false,"include":[{"valueSet":["{{SetUrl("with-inactive")}}"]},{"valueSet":["{{SetUrl("listed-inactive")}}"]}]}"""));
        Assert.Equal(member ? CodeAnswer.Yes : CodeAnswer.No, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl("importing"), system, code, CancellationToken.None));
        var expanded = (await fhir.CallAsync("ValueSet/$expand", "url", SetUrl("importing"), "excludeNested", "true")).Codes().Split(' ');
        Assert.Equal(member, expanded.Contains(code));
        Assert.Equal(CodeAnswer.Yes, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl("with-inactive"), Animals, "dodo", CancellationToken.None));
    }

    [Fact]
    public async Task Any_coding_of_a_concept_may_hold()
    {
        var concept = Parameters(
            $$"""{"name":"url","valueUri":"{{SetUrl("meat")}}"}""",
            $$"""{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"system":"{{Animals}}","code":"whale"},{"system":"{{Animals}}","code":"cat","display":"Cat"}]} }""");
        var answer = await fhir.PostCallAsync("ValueSet/$validate-code", concept);
        Assert.True((bool)answer.Out("result")!);
        Assert.Equal("Cat", (string?)answer.Out("display"));
    }

    [Fact]
    public async Task A_wrong_display_does_not_hold_and_the_right_one_is_told()
    {
        var answer = await fhir.CallAsync("ValueSet/$validate-code", "url", SetUrl("meat"), "system", Animals, "code", "dog", "display", "Wolf");
        Assert.False((bool)answer.Out("result")!);
        Assert.Equal("Dog", (string?)answer.Out("display"));
        Assert.Contains("Wolf", (string?)answer.Out("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_decided_here_is_an_error_and_not_a_no()
    {
        await fhir.StoreAsync(Set("foreign", """{"include":[{"system":"http://example.org/absent","filter":[{"property":"concept","op":"is-a","value":"x"}]}]}"""));
        (await fhir.CallAsync("ValueSet/$validate-code", "url", SetUrl("foreign"), "system", "http://example.org/absent", "code", "x")).Refused(404, "http://example.org/absent");
        Assert.Equal(CodeAnswer.Unknown, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl("foreign"), "http://example.org/absent", "x", CancellationToken.None));
        Assert.Equal(CodeAnswer.Unknown, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl("nowhere"), Animals, "dog", CancellationToken.None));
        Assert.Equal(CodeAnswer.No, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl("foreign"), Animals, "dog", CancellationToken.None));
        (await fhir.CallAsync("ValueSet/$validate-code", "url", SetUrl("nowhere"), "system", Animals, "code", "dog")).Refused(404, SetUrl("nowhere"));
    }

    [Fact]
    public async Task A_fragment_knows_what_it_has_and_no_more()
    {
        var part = AnimalSystem("part", "http://example.org/fhir/part");
        part["content"] = "fragment";
        await fhir.StoreAsync(part);
        await fhir.StoreAsync(Set("of-part", """{"include":[{"system":"http://example.org/fhir/part"}]}"""));
        Assert.Equal(CodeAnswer.Yes, await IsInAsync("of-part", "dog"));
        Assert.Equal(CodeAnswer.Unknown, await IsInAsync("of-part", "unicorn"));
        Assert.Contains("valueset-unclosed", (await fhir.CallAsync("ValueSet/of-part/$expand")).Ok().Text, StringComparison.Ordinal);
        Assert.DoesNotContain("valueset-unclosed", (await fhir.CallAsync("ValueSet/meat/$expand")).Ok().Text, StringComparison.Ordinal);
        Task<CodeAnswer> IsInAsync(string set, string code) => server.Get<Vocabulary>().IsInAsync(Tenant.Default, SetUrl(set), "http://example.org/fhir/part", code, CancellationToken.None).AsTask();
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/administrative-gender", "female", CodeAnswer.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/administrative-gender", "weiblich", CodeAnswer.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/marital-status", "M", CodeAnswer.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/condition-code", "22298006", CodeAnswer.Unknown)]
    public async Task A_bare_code_is_looked_for_in_all_systems_of_the_value_set(string valueSet, string code, CodeAnswer expected) =>
        Assert.Equal(expected, await server.Get<Vocabulary>().IsInAsync(Tenant.Default, valueSet, null, code, CancellationToken.None));

    [Fact]
    public async Task A_call_without_a_code_or_with_two_is_refused()
    {
        (await fhir.CallAsync("ValueSet/$validate-code", "url", SetUrl("meat"))).Refused(400, "codeableConcept");
        (await fhir.CallAsync("ValueSet/$validate-code", "url", SetUrl("meat"), "code", "dog")).Refused(400, "system");
        (await fhir.CallAsync("ValueSet/meat/$validate-code", "system", Animals, "code", "dog")).Ok();
    }

    [Fact]
    public async Task Families_and_codes_are_told_to_other_modules()
    {
        var vocabulary = server.Get<Vocabulary>();
        Assert.Equal(["mammal", "dog", "poodle", "cat", "whale"], (await vocabulary.FamilyAsync(Tenant.Default, Animals, "mammal", below: true, CancellationToken.None)).Value);
        Assert.Equal(["animal", "mammal", "dog"], (await vocabulary.FamilyAsync(Tenant.Default, Animals, "dog", below: false, CancellationToken.None)).Value);
        var codes = await vocabulary.CodesAsync(Tenant.Default, SetUrl("meat"), 10, CancellationToken.None);
        Assert.Equal([(Animals, "dog"), (Animals, "cat"), ("http://example.org/unknown", "shark")], codes.Value);
        Assert.True((await vocabulary.CodesAsync(Tenant.Default, SetUrl("meat"), 2, CancellationToken.None)).Failed(out var failure));
        Assert.Equal(FailureKind.TooCostly, failure.Kind);
    }
}
