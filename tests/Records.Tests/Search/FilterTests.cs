using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary><c>_filter</c> over the resources of <see cref="SearchServer"/>: every operator, on values that repeat, and what is refused.</summary>
public sealed class FilterTests(SearchServer server) : IClassFixture<SearchServer>
{
    [Theory]
    // string: whole, unequal, somewhere, start, end, order; of any name, whatever case and accents
    [InlineData("Patient", "family eq \"muller\"", "p2")]
    [InlineData("Patient", "family eq MULLER", "p2")]
    [InlineData("Patient", "family eq \"müll\"", "")]
    [InlineData("Patient", "given eq jorg", "p1 p2")]
    [InlineData("Patient", "given ne jorg", "p1 p3")]
    [InlineData("Patient", "not (given eq jorg)", "p3 p4")]
    [InlineData("Patient", "given co \"OR\"", "p1 p2")]
    [InlineData("Patient", "given sw \"er\"", "p1")]
    [InlineData("Patient", "family ew \"scheidt\"", "p1")]
    [InlineData("Patient", "family ew \"mull\"", "")]
    [InlineData("Patient", "given ew \"_\\\\\"", "p3")]
    [InlineData("Patient", "given ew \"%\"", "")]
    [InlineData("Patient", "given eq \"100%_\\\\\"", "p3")]
    [InlineData("Patient", "family eq \"o'brien, jr\"", "p3")]
    [InlineData("Patient", "family eq \"O'Brien\\u002c Jr\"", "p3")]
    [InlineData("Patient", "family gt muller", "p1 p3")]
    [InlineData("Patient", "family ge muller", "p1 p2 p3")]
    [InlineData("Patient", "family lt \"muller-\"", "p2")]
    [InlineData("Patient", "family le muller", "p2")]
    [InlineData("Patient", "family pr true", "p1 p2 p3")]
    [InlineData("Patient", "family pr false", "p4")]
    // token
    [InlineData("Patient", "identifier eq http://mrn|A1", "p1")]
    [InlineData("Patient", "identifier eq A1", "p1 p2")]
    [InlineData("Patient", "identifier ne A1", "p1")]
    [InlineData("Patient", "identifier ne http://other|A1", "p1")]
    [InlineData("Patient", "identifier ne http://mrn|", "p1 p2")]
    [InlineData("Patient", "identifier ne |bare", "p1 p2")]
    [InlineData("Patient", "not (identifier eq A1)", "p3 p4")]
    [InlineData("Patient", "gender ne male", "p2 p3")]
    [InlineData("Patient", "gender pr false", "p4")]
    [InlineData("Observation", "code eq loinc|1-1", "v1 v2")]
    [InlineData("Observation", "code eq snomed|1-1", "v3")]
    [InlineData("Observation", "code ne loinc|1-1", "v2 v3")]
    // date: by the precision of both sides
    [InlineData("Patient", "birthdate eq 1970-03", "p1 p2")]
    [InlineData("Patient", "birthdate ne 1970-03-01", "p2 p3")]
    [InlineData("Patient", "birthdate gt 1970-03-01", "p2 p3")]
    [InlineData("Patient", "birthdate ge \"1970-03-01\"", "p1 p2 p3")]
    [InlineData("Patient", "birthdate lt 1970-03-01", "p3")]
    [InlineData("Patient", "birthdate le 1970-03-01", "p1 p3")]
    [InlineData("Patient", "birthdate sa 1970-02", "p1 p2")]
    [InlineData("Patient", "birthdate eb 1970-04", "p1 p2")]
    [InlineData("Patient", "birthdate co 1970-03", "p2 p3")]
    [InlineData("Observation", "code-value-quantity eq loinc|1-1$5.4|ucum|mg/dL", "v1")]
    [InlineData("Observation", "code-value-quantity eq snomed|1-1$gt5", "v3")]
    [InlineData("Patient", "birthdate co 1970-03-01", "p1 p2 p3")]
    [InlineData("Patient", "birthdate po 1970-02", "p3")]
    [InlineData("Encounter", "date po 2020-01-15", "e1 e2")]
    [InlineData("Encounter", "date po 2020-01-10T12:00:00Z", "e1 e3")]
    [InlineData("Encounter", "date co 2020-01-11", "e1 e3")]
    [InlineData("Observation", "date ap 2020-05-01", "v1 v2 v3 v4")]
    [InlineData("Patient", "death-date eq 2020-01-01T10:30:00+02:00", "p4")]
    [InlineData("Patient", "_lastUpdated gt 2001 and _lastUpdated lt 2999 and _id eq p3", "p3")]
    // number and quantity
    [InlineData("RiskAssessment", "probability eq 0.25", "r1 r2")]
    [InlineData("RiskAssessment", "probability eq 0.250", "r1")]
    [InlineData("RiskAssessment", "probability ne 0.25", "r3")]
    [InlineData("RiskAssessment", "probability gt 0.25", "r2 r3")]
    [InlineData("RiskAssessment", "probability le 0.254", "r1 r2")]
    [InlineData("RiskAssessment", "probability ap 0.26", "r1 r2")]
    [InlineData("RiskAssessment", "probability sa 0.254", "r3")]
    [InlineData("RiskAssessment", "probability co 0.2541", "r1 r2")]
    [InlineData("RiskAssessment", "probability co 0.2549", "r1")]
    [InlineData("RiskAssessment", "probability co 1.4", "r3")]
    [InlineData("Observation", "value-quantity eq 5.4|ucum|mg/dL", "v1")]
    [InlineData("Observation", "value-quantity gt 5.39|http://unitsofmeasure.org|", "v1 v2")]
    [InlineData("Observation", "value-quantity lt 0", "v4")]
    [InlineData("Observation", "value-quantity eq -1e2", "v4")]
    [InlineData("Observation", "code-value-quantity eq http://loinc.org|1-1$5.40", "v1 v2")]
    [InlineData("Observation", "not (code-value-quantity eq http://loinc.org|1-1$gt0)", "v3 v4")]
    // reference and uri
    [InlineData("Patient", "organization re Organization/o1", "p1")]
    [InlineData("Patient", "organization re http://elsewhere.org/fhir/Organization/o1", "p3")]
    [InlineData("Patient", "organization pr false", "p4")]
    [InlineData("ValueSet", "url sw http://acme.org/fhir", "s1 s2")]
    [InlineData("ValueSet", "url ne urn:oid:1.2.3", "s1 s2")]
    [InlineData("ValueSet", "url eq \"urn:oid:1.2.3\"", "s3")]
    // logic: from left to right, without precedence
    [InlineData("Patient", "gender eq male and birthdate eq 1970-03-01", "p1")]
    [InlineData("Patient", "gender eq male or gender eq female", "p1 p2")]
    [InlineData("Patient", "_id eq p4 or _id eq p1 and gender eq male", "p1")]
    [InlineData("Patient", "_id eq p4 or (_id eq p1 and gender eq male)", "p1 p4")]
    [InlineData("Patient", "gender eq male and _id eq p1 or _id eq p4", "p1 p4")]
    [InlineData("Patient", "not(gender eq male)and not (gender eq female)", "p3 p4")]
    [InlineData("Patient", "not (gender eq male or gender eq female)", "p3 p4")]
    [InlineData("Patient", "not (not (gender eq male))", "p1")]
    [InlineData("Patient", "((gender eq male))", "p1")]
    [InlineData("Patient", "  name co \"ull\"  and  active eq true ", "p1")]
    [InlineData("Patient", "identifier eq http://mrn|A1 or identifier eq http://other|A1", "p1 p2")]
    // paths
    [InlineData("Patient", "organization.name co irs", "p1")]
    [InlineData("Patient", "organization.name ne First", "p2")]
    [InlineData("Patient", "not (organization.name eq First)", "p2 p3 p4")]
    [InlineData("Patient", "organization.name pr false", "p3 p4")]
    [InlineData("Patient", "organization.partof.name eq First", "p2")]
    [InlineData("Patient", "organization[name eq Second].partof.name eq First", "p2")]
    [InlineData("Patient", "organization[name eq First].partof.name eq First", "")]
    [InlineData("Patient", "organization[name eq Second].partof[name eq First]._id pr true or _id eq p3", null)]
    [InlineData("Patient", "organization[partof pr false].name sw f or _id eq p4", "p1 p4")]
    [InlineData("Encounter", "subject:Patient.family eq muller", "e3 e4")]
    [InlineData("Encounter", "subject:Patient[gender eq male and active eq true].birthdate eq 1970 and status eq finished", "e1")]
    [InlineData("Encounter", "subject.family eq muller or subject:Patient.gender eq male", "e1 e2 e3 e4")]
    [InlineData("Encounter", "not (subject:Patient.gender eq male)", "e3 e4")]
    public async Task Finds_exactly(string type, string filter, string? expected)
    {
        var query = $"{type}?_filter={Uri.EscapeDataString(filter)}";
        if (expected is null)
        {
            (await server.Fhir.GetAsync(query)).Refused(400, "_id");
            return;
        }

        var ids = await server.Fhir.IdsAsync($"{query}&_count=3");
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
        Assert.Equal(ids.Count, (int)(await server.Fhir.SearchAsync($"{query}&_summary=count")).Json["total"]!);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await server.Fhir.IdsAsync($"{query}&_sort=_id&_count=2"));
    }

    [Fact]
    public async Task Value_sets_and_subsumption_ask_terminology()
    {
        await server.Fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"CodeSystem","id":"animals","url":"http://animals.example","name":"Animals","status":"active","content":"complete","hierarchyMeaning":"is-a",
             "concept":[{"code":"animal","concept":[{"code":"dog","concept":[{"code":"puppy"}]},{"code":"cat"}]}]}
            """));
        await server.Fhir.StoreAsync(Samples.Resource(
            """{"resourceType":"ValueSet","id":"dogs","url":"http://dogs.example","name":"Dogs","status":"active","compose":{"include":[{"system":"http://animals.example","concept":[{"code":"dog"},{"code":"puppy"}]}]}}"""));
        foreach (var (id, code) in new[] { ("b1", """{"system":"http://animals.example","code":"dog"}"""), ("b2", """{"code":"x"},{"system":"http://animals.example","code":"puppy"}"""), ("b3", """{"system":"http://animals.example","code":"cat"}""") })
        {
            await server.Fhir.StoreAsync(Samples.Resource($$"""{"resourceType":"Basic","id":"{{id}}","code":{"coding":[{{code}}]} }"""));
        }

        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Basic","id":"b4","code":{"text":"no code"},"subject":{"reference":"Basic/b1"}}"""));
        foreach (var (filter, found) in new[]
        {
            ("code in http://dogs.example", "b1 b2"), ("code ni http://dogs.example", "b3 b4"), ("not (code ni ValueSet/dogs)", "b1 b2"), ("code ss http://animals.example|dog", "b1 b2"),
            ("code sb http://animals.example|dog", "b1"), ("code sb http://animals.example|puppy", "b1 b2"), ("code ss http://animals.example|animal and code ne x", "b1 b2 b3"),
            ("subject:Basic.code in http://dogs.example", "b4"), ("subject:Basic.code ni http://dogs.example", "b1 b2 b3"), ("code in http://dogs.example or code eq http://animals.example|cat", "b1 b2 b3"),
        })
        {
            Assert.Equal(found, string.Join(' ', (await server.Fhir.IdsAsync($"Basic?_filter={Uri.EscapeDataString(filter)}")).Order(StringComparer.Ordinal)));
        }

        (await server.Fhir.GetAsync("Basic?_filter=code eq x and code in http://nowhere.example")).Refused(400, "_filter: position 15:");
        (await server.Fhir.GetAsync("Basic?_filter=code ss dog")).Refused(400, "_filter: position 9:");
    }

    [Fact]
    public async Task Pairs_of_one_element_are_composite_parameters()
    {
        string Group(string id, string first, string second) =>
            $$"""{"resourceType":"Group","id":"{{id}}","type":"person","actual":true,"characteristic":[{{first}},{{second}}]}""";
        string Characteristic(string code, string value) =>
            $$"""{"code":{"coding":[{"code":"{{code}}"}]},"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"{{value}}"}]},"exclude":false}""";
        await server.Fhir.StoreAsync(Samples.Resource(Group("g1", Characteristic("gender", "female"), Characteristic("owner", "a$b"))));
        await server.Fhir.StoreAsync(Samples.Resource(Group("g2", Characteristic("gender", "a$b"), Characteristic("owner", "female"))));
        Assert.Equal(["g1"], await server.Fhir.IdsAsync("Group?_filter=characteristic[code eq gender].value eq female"));
        Assert.Equal(["g1"], await server.Fhir.IdsAsync("Group?_filter=characteristic[code eq owner].value eq a$b"));
        Assert.Equal(["g1"], await server.Fhir.IdsAsync("Group?_filter=characteristic[code eq gender].value eq snomed|female"));
        Assert.Empty(await server.Fhir.IdsAsync("Group?_filter=characteristic[code eq gender].value eq loinc|female"));
        Assert.Equal(["g2"], await server.Fhir.IdsAsync("Group?_filter=not (characteristic[code eq gender].value eq female)"));
        (await server.Fhir.GetAsync("Group?_filter=characteristic[code ne gender].value eq female")).Refused(400, "characteristic[code eq x].value eq y");
        (await server.Fhir.GetAsync("DocumentReference?_filter=relatesTo[code eq replaces].target re DocumentReference/d0")).Refused(400, "relatesTo");
    }

    [Theory]
    [InlineData("Patient", "", "position 1", "test")]
    [InlineData("Patient", "name", "position 5", "operator")]
    [InlineData("Patient", "name is x", "position 6", "eq ne co")]
    [InlineData("Patient", "name eq", "position 8", "value")]
    [InlineData("Patient", "name eq \"x", "position 11", "position 9 has no end")]
    [InlineData("Patient", "name eq \"\\x\"", "position 10", "escape")]
    [InlineData("Patient", "name eq \"\\ud800\"", "position 9", "half a character")]
    [InlineData("Patient", "name eq \"\\u0000\"", "position 9", "NUL")]
    [InlineData("Patient", "name eq \"a\"b", "position 12", "blank")]
    [InlineData("Patient", "name eq a b", "position 11", "and")]
    [InlineData("Patient", "(name eq a", "position 11", "')'")]
    [InlineData("Patient", "name eq a)", "position 10", "and")]
    [InlineData("Patient", "name eq a and", "position 14", "test")]
    [InlineData("Patient", "not name eq a", "position 5", "'('")]
    [InlineData("Patient", "name[use eq official].given eq x", "position 1", "'name' of Patient is a string parameter")]
    [InlineData("Patient", "organization[name eq x] eq x", "position 24", "']'")]
    [InlineData("Patient", "gender eq male and nope eq x", "position 20", "Known are")]
    [InlineData("Patient", "birthdate co ge1970", "position 14", "date")]
    [InlineData("Patient", "birthdate po eq1970", "position 14", "date")]
    [InlineData("RiskAssessment", "probability co gt0.25", "position 16", "number")]
    [InlineData("Patient", "family:exact ne Muller", "position 1", "no modifier")]
    [InlineData("Patient", "_id eq p1 and gender:not eq male", "position 15", "no modifier")]
    [InlineData("Patient", "organization.name:exact eq First", "position 1", "no modifier")]
    [InlineData("Patient", "organization:Organization re Organization/o1", "position 1", "Write 'organization'")]
    [InlineData("Patient", "_id:missing eq true", "position 1", "no modifier")]
    [InlineData("Patient", "gender eq male and birthdate eq yesterday", "position 33", "date")]
    [InlineData("Patient", "birthdate eq ge1970", "position 14", "date")]
    [InlineData("Patient", "gender co ma", "position 1", "eq ne pr ss sb in ni")]
    [InlineData("Patient", "birthdate re x", "position 1", "po")]
    [InlineData("Patient", "family re x", "position 1", "co sw ew")]
    [InlineData("Patient", "family sw (an", "position 11", "in quotes")]
    [InlineData("Patient", "family sw an(b", "position 13", "in quotes")]
    [InlineData("Patient", "family sw a\"n", "position 12", "in quotes")]
    [InlineData("Patient", "family sw \"an", "position 14", "has no end")]
    [InlineData("Patient", "birthdate ge x", "position 14", "_filter: position 14: 'x' is not a value of birthdate")]
    [InlineData("Patient", "family pr maybe", "position 1", "true or false")]
    [InlineData("Patient", "organization ne Organization/o1", "position 1", "re")]
    [InlineData("Patient", "organization.nope eq x", "position 1", "nope")]
    [InlineData("Patient", "gender.name eq x", "position 1", "token")]
    [InlineData("Patient", "organization:Nope.name eq x", "position 1", "Nope")]
    [InlineData("Observation", "related[type eq has-component].target pr true", "position 1", "related")]
    public async Task Says_what_is_wrong_and_where(string type, string filter, string position, string named)
    {
        foreach (var preference in new[] { "strict", "lenient" })
        {
            var answer = await server.Fhir.GetAsync($"{type}?_filter={Uri.EscapeDataString(filter)}", ("Prefer", $"handling={preference}"));
            answer.Refused(400, named);
            Assert.Contains($"_filter: {position}:", answer.Problems, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Depth_and_number_of_tests_are_bounded()
    {
        string Nested(int depth) => new string('(', depth) + "gender eq male" + new string(')', depth);
        string Many(int tests) => string.Join(" or ", Enumerable.Repeat("gender eq male", tests));
        Assert.Equal(["p1"], await server.Fhir.IdsAsync($"Patient?_filter={Nested(31)}"));
        Assert.Equal(["p1"], await server.Fhir.IdsAsync($"Patient?_filter={Many(64)}"));
        (await server.Fhir.GetAsync($"Patient?_filter={Nested(32)}")).Refused(422, "in each other");
        using var deep = new FormUrlEncodedContent([new("_filter", Nested(100_000))]);
        (await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search", deep)).Refused(422, "in each other");
        using var crooked = new FormUrlEncodedContent([new("_filter", string.Concat(Enumerable.Repeat("not (", 20_000)))]);
        (await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search", crooked)).Refused(422, "in each other");
        (await server.Fhir.GetAsync($"Patient?_filter={Many(65)}")).Refused(422, "64 tests");
        (await server.Fhir.GetAsync($"Encounter?_filter={string.Join(".", Enumerable.Repeat("part-of", 9))}.status eq finished")).Refused(422, "references");
        var wide = string.Join(" or ", Enumerable.Repeat("subject.identifier eq x", 40));
        (await server.Fhir.GetAsync($"Observation?_filter={wide}")).Refused(422, "comparisons");
        // Several filters, or a filter and parameters, are bounded together.
        Assert.Equal(["p1"], await server.Fhir.IdsAsync($"Patient?_filter={Many(32)}&_filter={Many(32)}"));
        (await server.Fhir.GetAsync($"Patient?_filter={Many(32)}&_filter={Many(33)}")).Refused(422, "64 parameters");
        (await server.Fhir.GetAsync($"Patient?_filter=not ({Many(64)})&gender=male")).Refused(422, "64 parameters");
    }

    [Fact]
    public async Task It_goes_with_everything_else()
    {
        Assert.Equal(["p2"], await server.Fhir.IdsAsync("Patient?_filter=name co ull&gender=female"));
        Assert.Equal(["p1"], await server.Fhir.IdsAsync("Patient?_filter=name co ull&_filter=gender eq male"));
        using var form = new FormUrlEncodedContent([new("_filter", "given eq jorg and death-date pr false"), new("_sort", "-_id"), new("_count", "1")]);
        var page = await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search", form);
        Assert.Equal(["p2"], page.Ids("match"));
        Assert.Equal(["p1"], (await server.Fhir.SearchAsync(page.Link("next")!)).Ids("match"));
        Assert.Equal(["e1"], await server.Fhir.IdsAsync("Patient/p1/Encounter?_filter=status eq finished or status eq cancelled"));
        Assert.Equal(["o2"], (await server.Fhir.SearchAsync("Patient?_filter=family eq muller&_include=Patient:organization")).Ids("include"));
        (await server.Fhir.GetAsync("Patient?_filter:not=family eq muller")).Refused(400, "modifier");
        (await server.Fhir.DeleteAsync("Patient?_filter=family eq muller")).Refused(400, "_filter");
        Assert.Contains("\"_filter\"", (await server.Fhir.GetAsync("metadata")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_explanation_shows_how_it_was_understood()
    {
        var filter = Uri.EscapeDataString("name co ull or gender eq male and not (subject pr true)".Replace("subject", "organization.partof", StringComparison.Ordinal));
        var explained = (await server.Fhir.GetAsync($"../admin/search/explain/Patient?_filter={filter}")).Json;
        Assert.Equal("costly", (string?)explained["lane"]);
        Assert.Equal(
            ["(name:contains=ull or gender=male)", "not (organization:Organization.(partof:missing=false))"], explained["criteria"]!.AsArray().Select(c => (string)c!));
        Assert.Equal("ordinary", (string?)(await server.Fhir.GetAsync("../admin/search/explain/Patient?_filter=gender eq male and family sw mul")).Json["lane"]);
        Assert.Equal("one plan for all values", (string?)(await server.Fhir.GetAsync("../admin/search/explain/Patient?_filter=identifier eq a or identifier eq b")).Json["statements"]![0]!["planning"]);
        Assert.Equal("planned for these values", (string?)(await server.Fhir.GetAsync("../admin/search/explain/Patient?_filter=not (identifier eq a)")).Json["statements"]![0]!["planning"]);
    }

    /// <summary>Pieces of filters, joined at random: each answer is a search or a refusal, in bounded time, and what is understood is the same with and without more brackets.</summary>
    [Fact]
    public async Task Whatever_is_written_is_answered_or_refused()
    {
        string[] pieces =
        [
            "name", "gender", "birthdate", "organization", ".", "[", "]", "(", ")", " ", " ", " ", "and", "or", "not", "eq", "ne", "co", "ew", "pr", "in", "ge", "\"", "\\", "\"x\"", "male", "1970", "true",
            "name co \"ull\"", "gender eq male", "birthdate ge 1970-03", "organization.name sw f", "organization[name eq First].name pr true", " and ", " or ", "not (", "\u00e9", "\ud83d\ude00", "%", "'", ";--", "\t", "|", ",", "$",
        ];
        var random = new Random(20261121);
        var answered = 0;
        for (var i = 0; i < 2500; i++)
        {
            var filter = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));
            var answer = await server.Fhir.GetAsync($"Patient?_filter={Uri.EscapeDataString(filter)}");
            Assert.True(answer.Status is 200 or 400 or 404 or 422, $"{filter}: {answer}");
            if (answer.Status == 200)
            {
                answered++;
                Assert.Equal(answer.Ids("match"), (await server.Fhir.SearchAsync($"Patient?_filter={Uri.EscapeDataString($"({filter})")}")).Ids("match"));
                var complement = await server.Fhir.SearchAsync($"Patient?_filter={Uri.EscapeDataString($"not ({filter})")}");
                Assert.Equal(["p1", "p2", "p3", "p4"], answer.Ids("match").Concat(complement.Ids("match")).Order(StringComparer.Ordinal));
            }
            else
            {
                Assert.Contains("_filter", answer.Problems, StringComparison.Ordinal);
            }
        }

        Assert.InRange(answered, 20, 2500);
    }
}
