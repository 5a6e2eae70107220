using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.Records.Tests.Terminology;
using Salus.TestSupport;

namespace Salus.Records.Tests.Search;

/// <summary>Animals and diseases that the tests of <c>:in</c>, <c>:not-in</c>, <c>:above</c> and <c>:below</c> search in.</summary>
public sealed class CodeServer : StructuralServer, IAsyncLifetime
{
    public const string Icd = "http://hl7.org/fhir/sid/icd-10-cm";
    public const string Flat = "http://example.org/fhir/flat";

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Salus:Records:MaxSearchCodes", "3000"), new("Salus:Records:MaxLinkedFirst", "0")];

    private static readonly string[] Resources =
    [
        """{"resourceType":"Patient","id":"p1","gender":"female","name":[{"family":"Owner"}]}""",
        """{"resourceType":"Patient","id":"p2"}""",
        Observation("poodle", "http://example.org/fhir/animals|poodle", "p1"), Observation("dog", "http://example.org/fhir/animals|dog", "p2"),
        Observation("cat", "http://example.org/fhir/animals|cat", "p1"), Observation("dodo", "http://example.org/fhir/animals|dodo", "p2"),
        Observation("other", "http://elsewhere|dog", "p1"), Observation("bare", "|dog", "p1"),
        """{"resourceType":"Observation","id":"none","status":"final","code":{"text":"Nothing coded"}}""",
        """{"resourceType":"Observation","id":"two","status":"final","code":{"coding":[{"system":"http://example.org/fhir/animals","code":"eagle"},{"system":"http://example.org/fhir/animals","code":"whale"}]},"meta":{"tag":[{"system":"http://example.org/fhir/animals","code":"poodle"}],"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}],"profile":["http://example.org/profiles/a/b"]}}""",
        Condition("typhoid", "A01.01"), Condition("cholera", "A00"), Condition("many", "A00"),
    ];

    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["icd10cm-order-2031.txt"], LoadSamples.Icd);
        var loaded = await TerminologyLoader.Into(Get<IServiceProvider>()).RunAsync(Caller.System, new LoadOrder("icd-10-cm", [folder["icd10cm-order-2031.txt"]]), CancellationToken.None);
        Assert.False(loaded.Failed(out _));
        await Fhir.StoreAsync(TerminologySamples.AnimalSystem());
        await Fhir.StoreAsync(FlatSystem(4000));
        await Fhir.StoreAsync(TerminologySamples.Set("mammals", TerminologySamples.Filter("concept", "is-a", "mammal")));
        await Fhir.StoreAsync(TerminologySamples.Set("mixed", $$"""{"include":[{"system":"{{TerminologySamples.Animals}}","concept":[{"code":"cat"},{"code":"eagle"}]},{"system":"http://unused.example.org","concept":[{"code":"dog"}]}]}"""));
        await Fhir.StoreAsync(TerminologySamples.Set("unused", """{"include":[{"system":"http://unused.example.org","concept":[{"code":"dog"}]}]}"""));
        await Fhir.StoreAsync(TerminologySamples.Set("broken", """{"include":[{"system":"http://not-here.example.org"}]}"""));
        await Fhir.StoreAsync(TerminologySamples.Set("flat", $$"""{"include":[{"system":"{{Flat}}"}]}"""));
        await Fhir.StoreAsync(TerminologySamples.Set("half", $$"""{"include":[{"system":"{{Flat}}","filter":[{"property":"code","op":"regex","value":"[02468]|.*[02468]"}]}]}"""));
        foreach (var json in Resources)
        {
            await Fhir.StoreAsync(Samples.Resource(json));
        }

        await Fhir.StoreAsync(Samples.Resource(Observation("flat7", $"{Flat}|7", "p1")));
        await Fhir.StoreAsync(Samples.Resource(Observation("flat8", $"{Flat}|8", "p2")));
    }

    private static JsonObject FlatSystem(int count) => Samples.Resource(
        $$"""{"resourceType":"CodeSystem","id":"flat","url":"{{Flat}}","status":"active","content":"complete","concept":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"code":"{{i}}"}"""))}}]}""");

    private static string Observation(string id, string token, string patient)
    {
        var (system, code) = (token.Split('|')[0], token.Split('|')[1]);
        var stated = system.Length == 0 ? "" : $"\"system\":\"{system}\",";
        return $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","subject":{"reference":"Patient/{{{patient}}}"},"code":{"coding":[{{{{stated}}}"code":"{{{code}}}"}]}}""";
    }

    private static string Condition(string id, string code) =>
        $$$"""{"resourceType":"Condition","id":"{{{id}}}","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"{{{Icd}}}","code":"{{{code}}}"}]}}""";
}

public sealed class CodeModifierTests(CodeServer server) : IClassFixture<CodeServer>
{
    private const string Sets = "http://example.org/fhir/vs/";
    private const string Animals = TerminologySamples.Animals;

    [Theory]
    // in
    [InlineData("Observation?code:in=" + Sets + "mammals", "cat dog poodle two")]
    [InlineData("Observation?code:in=" + Sets + "mammals|1", "cat dog poodle two")]
    [InlineData("Observation?code:in=ValueSet/mammals", "cat dog poodle two")]
    [InlineData("Observation?code:in=" + Sets + "mixed", "cat two")]
    [InlineData("Observation?code:in=" + Sets + "unused", "")]
    [InlineData("Observation?code:in=" + Sets + "unused," + Sets + "mixed", "cat two")]
    [InlineData("Observation?code:in=" + Animals + "?fhir_vs=isa/dog", "dog poodle")]
    [InlineData("Observation?code:in=" + Sets + "mammals&code:in=" + Sets + "mixed", "cat two")]
    [InlineData("Observation?code:in=" + Sets + "half", "flat8")]
    [InlineData("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "p1")]
    [InlineData("Condition?code:in=" + CodeServer.Icd + "?fhir_vs", "cholera many typhoid")]
    // not-in: as :not, with what has no code at all
    [InlineData("Observation?code:not-in=" + Sets + "mammals", "bare dodo flat7 flat8 none other")]
    [InlineData("Observation?code:not-in=" + Sets + "unused", "bare cat dodo dog flat7 flat8 none other poodle two")]
    [InlineData("Observation?code:not-in=" + Sets + "half&code:not-in=" + Sets + "mammals", "bare dodo flat7 none other")]
    [InlineData("Patient?gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", "p2")]
    // below and above
    [InlineData("Observation?code:below=" + Animals + "|mammal", "cat dog poodle two")]
    [InlineData("Observation?code:below=" + Animals + "|dog", "dog poodle")]
    [InlineData("Observation?code:below=" + Animals + "|poodle", "poodle")]
    [InlineData("Observation?code:below=" + Animals + "|dog," + Animals + "|bird", "dodo dog poodle two")]
    [InlineData("Observation?code:above=" + Animals + "|poodle", "dog poodle")]
    [InlineData("Observation?code:above=" + Animals + "|mammal", "")]
    [InlineData("Condition?code:below=" + CodeServer.Icd + "|A01", "typhoid")]
    [InlineData("Condition?code:below=" + CodeServer.Icd + "|A00", "cholera many")]
    [InlineData("Condition?code:above=" + CodeServer.Icd + "|A00.0", "cholera many")]
    // in chains and _has
    [InlineData("Patient?_has:Observation:subject:code:below=" + Animals + "|dog", "p1 p2")]
    [InlineData("Patient?_has:Observation:subject:code:in=" + Sets + "half", "p2")]
    [InlineData("Patient?_has:Condition:subject:code:below=" + CodeServer.Icd + "|A01", "p1")]
    [InlineData("Observation?subject:Patient.gender:in=http://hl7.org/fhir/ValueSet/administrative-gender&code:below=" + Animals + "|dog", "poodle")]
    // of meta
    [InlineData("Observation?_tag:below=" + Animals + "|dog", "two")]
    [InlineData("Observation?_tag:in=ValueSet/mammals", "two")]
    [InlineData("Observation?_security:in=http://terminology.hl7.org/ValueSet/v3-Confidentiality", "two")]
    [InlineData("Observation?_security:not-in=http://terminology.hl7.org/ValueSet/v3-Confidentiality&code:in=ValueSet/mammals", "cat dog poodle")]
    [InlineData("Observation?_profile:below=http://example.org/profiles/", "two")]
    [InlineData("Observation?_profile:above=http://example.org/profiles/a/b/c/d", "two")]
    [InlineData("Observation?_profile:above=http://example.org/profiles/a", "")]
    public async Task Finds_exactly(string query, string expected)
    {
        var ids = await server.Fhir.IdsAsync(query);
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
        Assert.Equal(ids.Count, (int)(await server.Fhir.SearchAsync($"{query}&_summary=count")).Json["total"]!);
    }

    [Theory]
    [InlineData("CodeSystem?url:above=http://example.org/fhir/animals", "animals")]
    [InlineData("CodeSystem?url:above=http://example.org/fhir/animals/x/y", "animals")]
    [InlineData("CodeSystem?url:above=http://example.org/fhir", "")]
    [InlineData("CodeSystem?url:above=http://example.org/fhir/animalsandmore", "")]
    [InlineData("CodeSystem?url:above=http://example.org/fhir/animals/a,http://example.org/fhir/flat/b", "animals flat")]
    public async Task Above_a_URL_is_what_its_path_begins_with(string query, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await server.Fhir.IdsAsync(query)).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("Observation?code:in=http://example.org/fhir/vs/nowhere", "value set")]
    [InlineData("Observation?code:in=" + Sets + "mammals|99", "99")]
    [InlineData("Observation?code:in=ValueSet/nowhere", "ValueSet/nowhere")]
    [InlineData("Observation?code:in=ValueSet/", "FHIR id")]
    [InlineData("Observation?code:in=mammals", "canonical URL")]
    [InlineData("Observation?code:in=" + Sets + "broken", "not-here.example.org")]
    [InlineData("Observation?code:not-in=" + Sets + "broken", "not-here.example.org")]
    [InlineData("Observation?code:in=" + Sets + "mammals,", "canonical URL")]
    [InlineData("Observation?code:in=' | 'x':* %26 !\\", "value set")]
    [InlineData("Observation?code:in=http://x'); drop table records.current; --", "value set")]
    [InlineData("Observation?code:below=dog", "system|code")]
    [InlineData("Observation?code:below=|dog", "system|code")]
    [InlineData("Observation?code:below=" + Animals + "|", "system|code")]
    [InlineData("Observation?code:below=http://not-here.example.org|dog", "not-here.example.org")]
    [InlineData("Observation?code:below=" + Animals + "|unicorn", "unicorn")]
    [InlineData("Observation?code:above=" + CodeServer.Flat + "|7", "no hierarchy")]
    [InlineData("Patient?_has:Observation:subject:code:below=dog", "system|code")]
    [InlineData("CodeSystem?url:above=urn:oid:1.2.3", "URN")]
    [InlineData("CodeSystem?url:above=", "value")]
    [InlineData("Observation?subject:above=Patient/p1", ":above")]
    [InlineData("Observation?status:contains=fin", ":contains")]
    [InlineData("Observation?code-value-concept:in=" + Sets + "mammals", ":in")]
    public async Task What_cannot_be_answered_is_refused_with_the_reason(string query, string reason) =>
        (await server.Fhir.GetAsync(query.Replace(" ", "%20", StringComparison.Ordinal))).Refused(400, reason);

    [Fact]
    public async Task More_codes_than_the_limit_end_with_the_limit_named()
    {
        var answer = await server.Fhir.GetAsync($"Observation?code:in={Sets}flat");
        Assert.True(answer.Status is 400 or 403 or 413 or 422 or 429 or 503, answer.ToString());
        Assert.Contains("MaxSearchCodes", answer.Problems, StringComparison.Ordinal);
        Assert.Contains("4000", answer.Problems, StringComparison.Ordinal);
        // Two that fit alone do not fit together.
        Assert.Contains("MaxSearchCodes", (await server.Fhir.GetAsync($"Observation?code:in={Sets}half&code:not-in=ValueSet/half")).Problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_names_a_hundred_sets_and_codes_at_most()
    {
        var values = string.Join(',', Enumerable.Repeat($"{Animals}|dog", 101));
        Assert.Contains("MaxComparedValues", (await server.Fhir.GetAsync($"Observation?code:below={values}")).Problems, StringComparison.Ordinal);
        Assert.Equal(["dog", "poodle"], (await server.Fhir.IdsAsync($"Observation?code:below={values[..^(Animals.Length + 5)]}")).Order());
    }

    [Fact]
    public async Task A_changed_value_set_counts_with_the_next_search()
    {
        await server.Fhir.StoreAsync(TerminologySamples.Set("changing", $$"""{"include":[{"system":"{{Animals}}","concept":[{"code":"cat"}]}]}"""));
        Assert.Equal(["cat"], await server.Fhir.IdsAsync($"Observation?code:in={Sets}changing"));
        await server.Fhir.StoreAsync(TerminologySamples.Set("changing", $$"""{"include":[{"system":"{{Animals}}","concept":[{"code":"dodo"}]}]}"""));
        Assert.Equal(["dodo"], await server.Fhir.IdsAsync($"Observation?code:in={Sets}changing"));
        Assert.Equal(204, (await server.Fhir.DeleteAsync("ValueSet/changing")).Status);
        (await server.Fhir.GetAsync($"Observation?code:in={Sets}changing")).Refused(400, "changing");
        (await server.Fhir.GetAsync("Observation?code:in=ValueSet/changing")).Refused(400, "deleted");
    }

    [Fact]
    public async Task An_explanation_says_how_many_codes_are_looked_for()
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(server.Address, $"/admin/search/explain/Observation?code:in={Sets}half&_count=5"));
        var codes = JsonNode.Parse(text)!["codes"]![0]!;
        Assert.Equal(("code:in", 2000), ((string)codes["criterion"]!, (int)codes["count"]!));
    }

    [Fact]
    public async Task A_condition_of_a_write_is_not_decided_by_terminology()
    {
        var patient = Samples.Resource("""{"resourceType":"Patient","gender":"female"}""");
        (await server.Fhir.PostAsync(patient, ("If-None-Exist", "gender:in=http://hl7.org/fhir/ValueSet/administrative-gender"))).Refused(400, "terminology");
    }
}
