using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

public sealed class TextServer : StructuralServer, IAsyncLifetime
{
    private static readonly string[] Resources =
    [
        """{"resourceType":"Patient","id":"p1","identifier":[{"type":{"text":"Élan number","coding":[{"display":"Not this one"}]},"value":"1"}],"maritalStatus":{"text":"Married"},"meta":{"tag":[{"code":"x","display":"Under  review"}]},"managingOrganization":{"reference":"Organization/o","display":"Ward of Saint Mary"}}""",
        """{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Body Weight","coding":[{"system":"http://loinc.org","code":"29463-7","display":"Körpergewicht"}]},"subject":{"reference":"Patient/p1","display":"Abbott, Ann"},"valueCodeableConcept":{"coding":[{"code":"y","display":"Heavy"}]}}""",
        """{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"Weight of the body"},"subject":{"display":"Abbott (only a name)"}}""",
        """{"resourceType":"Observation","id":"o3","status":"final","code":{"text":"100% 'sure' \\ | & ! :* (x) <->"},"component":[{"code":{"text":"Part"},"valueCodeableConcept":{"text":"Light"}}]}""",
        """{"resourceType":"Observation","id":"o4","status":"final","code":{"coding":[{"code":"body weight"}]}}""",
        """{"resourceType":"QuestionnaireResponse","id":"q0","status":"completed","questionnaire":"http://example.org/q"}""",
        """{"resourceType":"QuestionnaireResponse","id":"q1","status":"completed","questionnaire":"http://example.org/q|1"}""",
        """{"resourceType":"QuestionnaireResponse","id":"q12","status":"completed","questionnaire":"http://example.org/q|1.2"}""",
        """{"resourceType":"QuestionnaireResponse","id":"q123","status":"completed","questionnaire":"http://example.org/q|1.2.3"}""",
        """{"resourceType":"QuestionnaireResponse","id":"q13","status":"completed","questionnaire":"http://example.org/q|1.20"}""",
        """{"resourceType":"Observation","id":"o5","status":"final","code":{"text":"LONG"}}""",
    ];

    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var json in Resources)
        {
            await Fhir.StoreAsync(Samples.Resource(json.Replace("LONG", new string('ä', 250) + string.Concat(Enumerable.Repeat("\U0001F600", 300)), StringComparison.Ordinal)));
        }
    }
}

/// <summary><c>:text</c> of tokens and references.</summary>
public sealed class TextModifierTests(TextServer server) : IClassFixture<TextServer>
{
    [Theory]
    [InlineData("Observation?code:text=body", "o1")]
    [InlineData("Observation?code:text=BODY%20%20weig", "o1")]
    [InlineData("Observation?code:text=korper", "o1")]
    [InlineData("Observation?code:text=Körpergewicht", "o1")]
    [InlineData("Observation?code:text=weight", "o2")]
    [InlineData("Observation?code:text=body,weight", "o1 o2")]
    [InlineData("Observation?code:text=body&code:text=korper", "o1")]
    [InlineData("Observation?code:text=29463-7", "")]
    [InlineData("Observation?code:text=100%25%20'sure'%20\\\\%20\\|%20%26%20!%20:*%20(x)%20<->", "o3")]
    [InlineData("Observation?code:text='%20|%20'x':*", "")]
    [InlineData("Observation?code:text=%25", "")]
    [InlineData("Observation?code=body weight", "o4")]
    [InlineData("Observation?value-concept:text=heavy", "o1")]
    [InlineData("Observation?combo-value-concept:text=li", "o3")]
    [InlineData("Observation?combo-code:text=part", "o3")]
    [InlineData("Observation?component-code:text=part", "o3")]
    [InlineData("Observation?code:text=part", "")]
    [InlineData("Observation?code:missing=true", "o2 o3 o5")]
    [InlineData("Observation?subject:text=abb", "o1 o2")]
    [InlineData("Observation?patient:text=abbott, a", "o1")]
    [InlineData("Observation?patient:text=abbott\\, a", "o1")]
    [InlineData("Observation?subject:missing=true", "o2 o3 o4 o5")]
    [InlineData("Patient?identifier:text=elan", "p1")]
    [InlineData("Patient?identifier:text=not", "")]
    [InlineData("Patient?_tag:text=under review", "p1")]
    [InlineData("Patient?organization:text=ward", "p1")]
    [InlineData("Patient?_has:Observation:subject:code:text=body", "p1")]
    [InlineData("Observation?subject:Patient.identifier:text=el", "o1")]
    public async Task Finds_what_begins_so_whatever_case_and_accents(string query, string expected)
    {
        var ids = await server.Fhir.IdsAsync(query.Replace(" ", "%20", StringComparison.Ordinal));
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("questionnaire=http://example.org/q", "q0 q1 q12 q123 q13")]
    [InlineData("questionnaire=http://example.org/q|1.2", "q12")]
    [InlineData("questionnaire=http://example.org/q|1.2,http://example.org/q|1", "q1 q12")]
    [InlineData("questionnaire=http://example.org/q|9", "")]
    [InlineData("questionnaire:below=http://example.org/q|1.2", "q12 q123")]
    [InlineData("questionnaire:below=http://example.org/q|1", "q1 q12 q123 q13")]
    [InlineData("questionnaire:above=http://example.org/q|1.2.3", "q1 q12 q123")]
    [InlineData("questionnaire:above=http://example.org/q|1.20.5", "q1 q13")]
    [InlineData("questionnaire:below=http://example.org/other|1", "")]
    public async Task Versions_of_canonicals_are_compared_by_their_parts(string query, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await server.Fhir.IdsAsync($"QuestionnaireResponse?{query}")).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("above", 400)]
    [InlineData("below", 400)]
    [InlineData("above", 4_000_000)]
    [InlineData("below", 4_000_000)]
    public async Task A_version_longer_than_can_be_compared_is_refused_at_once(string modifier, int more)
    {
        using var form = new FormUrlEncodedContent([new($"questionnaire:{modifier}", "http://a|1" + string.Concat(Enumerable.Repeat(".1", more / 2)))]);
        var answer = await server.Fhir.SendAsync(HttpMethod.Post, "QuestionnaireResponse/_search", form);
        answer.Refused(400, "400 characters");
        // The value is not given back in full.
        Assert.InRange(answer.Body.Length, 1, 2000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public async Task A_long_value_is_cut_between_characters_in_its_refusal(string before)
    {
        using var form = new FormUrlEncodedContent([new("birthdate", before + string.Concat(Enumerable.Repeat("😀", 2_000)))]);
        var answer = await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search", form);
        answer.Refused(400, "😀…' is not a value of birthdate");
        Assert.DoesNotContain("\ufffd", answer.Problems, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("questionnaire:above", "http://a/{0}|1.1.1.1.1.1.1.1.1.1", "versions")]
    [InlineData("questionnaire:below", "http://a/{0}|1.1", "versions")]
    [InlineData("_profile:above", "http://a/{0}/////////////////////////////////", "URLs")]
    public async Task What_stands_for_too_many_versions_or_addresses_is_refused(string name, string value, string named)
    {
        foreach (var (count, status) in new[] { (20, 200), (9_000, 422) })
        {
            using var form = new FormUrlEncodedContent([new(name, string.Join(',', Enumerable.Range(0, count).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, value, i))))]);
            var answer = await server.Fhir.SendAsync(HttpMethod.Post, "QuestionnaireResponse/_search", form);
            Assert.True(answer.Status == status, answer.ToString());
            Assert.Equal(status == 422, answer.Text.Contains($"more than 1000 {named}", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("QuestionnaireResponse?questionnaire:below=http://example.org/q", "url|1.2")]
    [InlineData("QuestionnaireResponse?questionnaire:below=http://example.org/q|", "url|1.2")]
    [InlineData("Observation?subject:below=Patient/p1", "chains")]
    [InlineData("Location?partof:above=x", "chains")]
    [InlineData("Observation?code:text=", "code")]
    [InlineData("Observation?code:text=%20%09", "white space")]
    [InlineData("Observation?code:text=body,%20", "white space")]
    [InlineData("Patient?name:text=x", ":text")]
    [InlineData("Patient?birthdate:text=x", ":text")]
    public async Task What_has_no_text_is_refused(string query, string reason) => (await server.Fhir.GetAsync(query)).Refused(400, reason);

    [Fact]
    public async Task A_long_text_is_found_by_its_beginning()
    {
        Assert.Equal(["o5"], await server.Fhir.IdsAsync($"Observation?code:text={new string('A', 250)}"));
        Assert.Equal(["o5"], await server.Fhir.IdsAsync($"Observation?code:text={new string('A', 250)}{string.Concat(Enumerable.Repeat("%F0%9F%98%80", 300))}"));
    }

    [Fact]
    public async Task A_list_with_very_many_names_is_stored_and_found()
    {
        var entries = string.Join(',', Enumerable.Range(0, 9000).Select(i => $$$"""{"item":{"reference":"Patient/x{{{i}}}","display":"{{{i}}} {{{new string('n', 80)}}}"}}"""));
        await server.Fhir.StoreAsync(Samples.Resource($$"""{"resourceType":"List","id":"long","status":"current","mode":"working","title":"x","entry":[{{entries}}]}"""));
        Assert.Equal(["long"], await server.Fhir.IdsAsync("List?item=Patient/x8999"));
        Assert.Equal(["long"], await server.Fhir.IdsAsync("List?item:text=0 nnn"));
    }

    [Fact]
    public async Task A_changed_text_is_found_and_the_one_before_is_not()
    {
        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Encounter","id":"e","status":"planned","class":{"code":"AMB","display":"Before"}}"""));
        Assert.Equal(["e"], await server.Fhir.IdsAsync("Encounter?class:text=bef"));
        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Encounter","id":"e","status":"planned","class":{"code":"AMB","display":"After"}}"""));
        Assert.Equal(["e"], await server.Fhir.IdsAsync("Encounter?class:text=after"));
        Assert.Empty(await server.Fhir.IdsAsync("Encounter?class:text=bef"));
    }
}
