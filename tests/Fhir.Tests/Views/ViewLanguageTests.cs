namespace Salus.Fhir.Tests.Views;

/// <summary>What the specification says beyond the official tests that are here.</summary>
public class ViewLanguageTests
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p1","active":true,"birthDate":"1970-06","name":[{"family":"A","given":["x","y"]},{"family":"B"}],
         "contact":[{"telecom":[{"value":"1"},{"value":"2"}]},{"telecom":[{"value":"3"}]}],
         "generalPractitioner":[{"reference":"Practitioner/d1"},{"reference":"Organization/o1/_history/3"},{"reference":"http://other/fhir/Practitioner/d2"},{"reference":"#c"},{"reference":"urn:uuid:u1"}]}
        """;

    [Fact]
    public void Row_index_counts_the_innermost_iteration()
    {
        var view = Rows.View("Patient", """
            [{"column":[{"name":"top","path":"%rowIndex"}]},
             {"forEach":"contact","column":[{"name":"outer","path":"%rowIndex"}],
              "select":[{"forEach":"telecom","column":[{"name":"inner","path":"%rowIndex"},{"name":"value","path":"value"}]}]}]
            """);
        Assert.Equal(
            ["""{"top":0,"outer":0,"inner":0,"value":"1"}""", """{"top":0,"outer":0,"inner":1,"value":"2"}""", """{"top":0,"outer":1,"inner":0,"value":"3"}"""],
            Rows.Of(view, Patient));
    }

    [Fact]
    public void Row_index_is_0_where_forEachOrNull_finds_nothing_and_goes_on_through_repeat_and_unions()
    {
        Assert.Equal(
            ["""{"i":0,"v":null,"w":null}"""],
            Rows.Of(Rows.View("Patient", """[{"forEachOrNull":"photo","column":[{"name":"i","path":"%rowIndex"},{"name":"v","path":"title"},{"name":"w","path":"'w'"}]}]"""), Patient));
        Assert.Equal(
            ["""{"i":0,"l":"1"}""", """{"i":1,"l":"1.1"}""", """{"i":2,"l":"2"}"""],
            Rows.Of(
                Rows.View("QuestionnaireResponse", """[{"repeat":["item"],"column":[{"name":"i","path":"%rowIndex"},{"name":"l","path":"linkId"}]}]"""),
                """{"resourceType":"QuestionnaireResponse","item":[{"linkId":"1","item":[{"linkId":"1.1"}]},{"linkId":"2"}]}"""));
        Assert.Equal(
            ["""{"i":0}""", """{"i":1}""", """{"i":0}""", """{"i":1}""", """{"i":0}"""],
            Rows.Of(Rows.View("Patient", """[{"unionAll":[{"forEach":"name","column":[{"name":"i","path":"%rowIndex"}]},{"forEach":"contact","column":[{"name":"i","path":"%rowIndex"}]},{"column":[{"name":"i","path":"%rowIndex"}]}]}]"""), Patient));
    }

    [Fact]
    public void Keys_are_ids_of_relative_references_and_of_uuids()
    {
        var view = Rows.View("Patient", """
            [{"column":[{"name":"key","path":"getResourceKey()"},{"name":"all","path":"generalPractitioner.getReferenceKey()","collection":true},
              {"name":"people","path":"generalPractitioner.getReferenceKey(Practitioner)","collection":true},{"name":"text","path":"generalPractitioner.getReferenceKey('Organization')"}],
              "select":[{"forEach":"name","column":[{"name":"again","path":"getResourceKey()"}]}]}]
            """);
        Assert.Equal("""{"key":"p1","all":["d1","o1","u1"],"people":["d1"],"text":"o1","again":"p1"}""", Rows.Of(view, Patient)[0]);
    }

    [Fact]
    public void Boundaries_have_the_precision_of_their_type_and_Period_has_them_too()
    {
        var view = Rows.Columns("Observation", "low: value.ofType(Quantity).value.lowBoundary()", "high: value.ofType(Quantity).value.highBoundary()",
            "from: effective.ofType(Period).lowBoundary()", "to: effective.ofType(Period).highBoundary()");
        Assert.Equal(
            ["""{"low":0.95000000,"high":1.05000000,"from":"2020-01-01T00:00:00.000+14:00","to":"2020-01-31T23:59:59.999-12:00"}"""],
            Rows.Of(view, """{"resourceType":"Observation","valueQuantity":{"value":1.0},"effectivePeriod":{"start":"2020","end":"2020-01"}}"""));
        Assert.Equal(["""{"low":"1970-06-01","high":"1970-06-30"}"""], Rows.Of(Rows.Columns("Patient", "low: birthDate.lowBoundary()", "high: birthDate.highBoundary()"), Patient));
        Assert.Equal(
            ["""{"low":"12:34:00.000","high":"12:34:59.999"}"""],
            Rows.Of(Rows.Columns("Observation", "low: value.ofType(time).lowBoundary()", "high: value.ofType(time).highBoundary()"), """{"resourceType":"Observation","valueTime":"12:34"}"""));
    }

    [Theory]
    [InlineData("""[{"column":[{"name":"a","path":"gender.memberO\u0066('http://example.org/v')"}]}]""", "", true)]
    [InlineData("""[{"column":[{"name":"a","path":"iif(maritalStatus.coding.where(subsumedBy(%c)).exists(), 1, 2)"}]}]""", ""","constant":[{"name":"c","valueCode":"x"}]""", true)]
    [InlineData("""[{"forEach":"contact.relationship.where(memberOf('http://example.org/v'))","column":[{"name":"a","path":"text"}]}]""", "", true)]
    [InlineData("""[{"repeat":["contact.where(gender.memberOf('http://example.org/v'))"],"column":[{"name":"a","path":"id"}]}]""", "", true)]
    [InlineData("""[{"column":[{"name":"a","path":"id"}]}]""", ""","where":[{"path":"gender.subsumes(gender)"}]""", true)]
    [InlineData("""[{"column":[{"name":"memberOf","path":"id"},{"name":"b","path":"name.where(text = 'subsumes').exists()"}]}]""", ""","description":"memberOf"  """, false)]
    public void A_view_asks_terminology_when_a_function_of_its_paths_does(string selects, string more, bool asks) =>
        Assert.Equal(asks, Rows.View("Patient", selects, more).AsksTerminology);

    [Fact]
    public void Types_come_from_declaration_tag_or_path()
    {
        var view = Rows.View("Patient", """
            [{"column":[{"name":"a","path":"active"},{"name":"b","path":"birthDate","type":"http://hl7.org/fhirpath/System.String"},
              {"name":"c","path":"name.count()"},{"name":"d","path":"name.first()"},{"name":"e","path":"'2020-02-29'.toDate()","tag":[{"name":"ansi/type","value":"DATE"}]},
              {"name":"f","path":"meta.lastUpdated","tag":[{"name":"ansi/type","value":"TIMESTAMP WITH TIME ZONE"}]}]}]
            """);
        Assert.Equal("Boolean Text Integer Json Date Timestamp", string.Join(' ', view.Columns.Select(c => c.Kind)));
        Assert.Equal(
            ["""{"a":true,"b":"1970","c":1,"d":{"family":"F","given":["G"]},"e":"2020-02-29","f":"2020-01-01T10:00:00.000000Z"}"""],
            Rows.Of(view, """{"resourceType":"Patient","meta":{"lastUpdated":"2020-01-01T12:00:00+02:00"},"active":true,"birthDate":"1970","name":[{"family":"F","given":["G"]}]}"""));
    }

    [Theory]
    [InlineData("""{"select":[{"column":[{"name":"a","path":"id"}]}]}""", "ViewDefinition.resource: 'resource' is missing")]
    [InlineData("""{"resource":"Pateint","select":[{"column":[{"name":"a","path":"id"}]}]}""", "ViewDefinition.resource: 'Pateint' is not a resource type")]
    [InlineData("""{"resource":"Patient","select":[]}""", "ViewDefinition.select: 'select' is missing or empty")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"nmae"}]}]}""", "ViewDefinition.select[0].column[0].path: 'nmae' cannot be used: Patient has no element 'nmae'; did you mean 'name'? (at position 1)")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a b","path":"id"}]}]}""", "ViewDefinition.select[0].column[0].name: 'a b' cannot be a name")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a\n","path":"id"}]}]}""", "ViewDefinition.select[0].column[0].name")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"id"},{"name":"a","path":"id"}]}]}""", "ViewDefinition.select[0].column[1].name: The column 'a' is defined twice")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"id","type":"strng"}]}]}""", "ViewDefinition.select[0].column[0].type: 'strng' is not a type")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"id","colection":true}]}]}""", "ViewDefinition.select[0].column[0].colection: 'colection' is not an element here")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"%x"}]}]}""", "The constant '%x' is not defined; the view has no constants")]
    [InlineData("""{"resource":"Patient","select":[{"forEach":"name","repeat":["contact"],"column":[{"name":"a","path":"id"}]}]}""", "ViewDefinition.select[0]: A select has at most one of forEach")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"id"}]}],"where":[{"path":"name.family"}]}""", "ViewDefinition.where[0].path: The condition 'name.family' gives string")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"link.other.getReferenceKey(Patiend)"}]}]}""", "which 'Patiend' is not")]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"a","path":"name.getResourceKey()"}]}]}""", "getResourceKey() is asked of the resource itself")]
    [InlineData("""{"resource":"Patient","select":[{"unionAll":[{"column":[{"name":"a","path":"active"}]},{"column":[{"name":"a","path":"gender"}]}]}]}""", "ViewDefinition.select[0].unionAll[1]: Each branch of unionAll has the same columns")]
    [InlineData("""{"resource":"Patient","constant":[{"name":"c","valueDate":"2020-13"}],"select":[{"column":[{"name":"a","path":"id"}]}]}""", "ViewDefinition.constant[0].valueDate: '2020-13' is not a value of the type date")]
    [InlineData("""{"resource":"Patient","resource":"Patient"}""", "not well-formed JSON")]
    [InlineData("[1]", "A ViewDefinition is a JSON object, not an array")]
    public void What_is_wrong_is_named_with_its_place(string json, string expected) =>
        Assert.Contains(Rows.Wrong(json), issue => issue.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("a: name.family", "column[0].path: The column 'a' has one value per row, but 'name.family' gives 2")]
    [InlineData("a: (1 / name.count()).ofType(Integer)", null)]
    public void A_resource_that_does_not_fit_is_named(string column, string? expected)
    {
        var view = Rows.Columns("Patient", column);
        var fits = view.Start().TryAdd(Rows.Read(Patient).Root, Salus.Fhir.Views.RowWriter.Create(Salus.Fhir.Views.RowFormat.Csv, view), out var issue);
        Assert.Equal(expected is null, fits);
        if (expected is not null)
        {
            Assert.Contains(expected, $"{issue!.Path}: {issue.Message}", StringComparison.Ordinal);
            Assert.Contains("Patient/p1", issue.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_never_ends_or_multiplies_too_much_is_stopped()
    {
        Assert.Equal("too-costly", Code(Rows.View("Patient", """[{"repeat":["$this"],"column":[{"name":"a","path":"id"}]}]""")));
        var each = string.Join(',', Enumerable.Range(0, 24).Select(i => $$"""{"forEach":"name","column":[{"name":"c{{i}}","path":"family"}]}"""));
        Assert.Equal("too-costly", Code(Rows.View("Patient", $"[{each}]")));
        Assert.Equal("too-costly", Code(Rows.View("Patient", $$"""[{{each}},{"forEach":"photo","column":[{"name":"z","path":"title"}]}]""")));

        // Each repetition begins at the top again, and all of them are open at once.
        var nested = """{"column":[{"name":"a","path":"linkId"}]}""";
        for (var i = 0; i < 14; i++)
        {
            nested = $$$"""{"forEach":"%resource","select":[{"repeat":["item"],"select":[{{{nested}}}]}]}""";
        }

        var deep = $$"""{"resourceType":"QuestionnaireResponse","item":[{{string.Concat(Enumerable.Repeat("""{"linkId":"1","item":[""", 55))}}{"linkId":"2"}{{string.Concat(Enumerable.Repeat("]}", 55))}}]}""";
        Assert.False(Rows.View("QuestionnaireResponse", $"[{nested}]").Start().TryAdd(Rows.Read(deep).Root, new Dropped(), out var issue));
        Assert.Equal("too-costly", issue!.Code);

        static string Code(Salus.Fhir.Views.View view)
        {
            Assert.False(view.Start().TryAdd(Rows.Read(Patient).Root, new Dropped(), out var issue));
            return issue.Code;
        }
    }

    private sealed class Dropped : Salus.Fhir.Views.IViewRows
    {
        public void Add(ReadOnlySpan<Salus.Fhir.Views.ViewCell> row)
        {
        }
    }
}
