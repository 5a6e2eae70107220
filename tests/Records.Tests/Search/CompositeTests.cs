using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Resources whose parts are each there, but not together.</summary>
public sealed class CompositeServer : StructuralServer, IAsyncLifetime
{
    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var json in Resources)
        {
            await Fhir.StoreAsync(Samples.Resource(json));
        }

        // What an earlier version was found by is gone, and what is deleted.
        await Fhir.StoreAsync(Samples.Resource(BloodPressure("changed", 180, 20)));
        await Fhir.StoreAsync(Samples.Resource(BloodPressure("changed", 90, 50)));
        await Fhir.StoreAsync(Samples.Resource(BloodPressure("deleted", 180, 20)));
        await Fhir.DeleteAsync("Observation/deleted");
    }

    private const string Loinc = "http://loinc.org";

    private static string BloodPressure(string id, int systolic, int diastolic) =>
        $$$"""
        {"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"coding":[{"system":"{{{Loinc}}}","code":"85354-9"}]},"component":[
            {"code":{"coding":[{"system":"{{{Loinc}}}","code":"8480-6"},{"code":"sys"}]},"valueQuantity":{"value":{{{systolic}}},"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
            {"code":{"coding":[{"system":"{{{Loinc}}}","code":"8462-4"}]},"valueQuantity":{"value":{{{diastolic}}},"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}
        """;

    private static readonly string[] Resources =
    [
        BloodPressure("bp1", 140, 90),
        BloodPressure("bp2", 110, 140),
        """{"resourceType":"Observation","id":"w1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"valueQuantity":{"value":70,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}""",
        """{"resourceType":"Observation","id":"w2","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"valueQuantity":{"value":80,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}""",
        """{"resourceType":"Observation","id":"h1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},"valueQuantity":{"value":80,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}}""",
        """{"resourceType":"Observation","id":"c1","status":"final","code":{"coding":[{"code":"smoking"}]},"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"never"}]}}""",
        """{"resourceType":"Observation","id":"c2","status":"final","code":{"coding":[{"code":"panel"}]},"component":[{"code":{"coding":[{"code":"smoking"}]},"valueCodeableConcept":{"coding":[{"code":"daily"}]}},{"code":{"coding":[{"code":"drinking"}]},"valueCodeableConcept":{"coding":[{"code":"never"}]}}]}""",
        """{"resourceType":"Observation","id":"s1","status":"final","code":{"coding":[{"code":"note"}]},"valueString":"costs $5, or so"}""",
        """{"resourceType":"Observation","id":"d1","status":"final","code":{"coding":[{"code":"menarche"}]},"valueDateTime":"2020-05"}""",
        """{"resourceType":"Group","id":"g1","type":"person","actual":true,"characteristic":[{"code":{"coding":[{"code":"gender"}]},"valueCodeableConcept":{"coding":[{"code":"male"}]},"exclude":false},{"code":{"coding":[{"code":"smoker"}]},"valueBoolean":true,"exclude":false}]}""",
        """{"resourceType":"Group","id":"g2","type":"person","actual":true,"characteristic":[{"code":{"coding":[{"code":"smoker"}]},"valueCodeableConcept":{"coding":[{"code":"male"}]},"exclude":false},{"code":{"coding":[{"code":"gender"}]},"valueBoolean":true,"exclude":false}]}""",
        """{"resourceType":"DocumentReference","id":"r1","status":"current","content":[{"attachment":{"url":"http://x"}}],"relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/old"}},{"code":"appends","target":{"reference":"DocumentReference/other"}}]}""",
        """{"resourceType":"ValueSet","id":"v1","status":"active","useContext":[{"code":{"system":"http://uc","code":"age"},"valueRange":{"low":{"value":10},"high":{"value":20}}},{"code":{"system":"http://uc","code":"focus"},"valueCodeableConcept":{"coding":[{"code":"asthma"}]}}]}""",
        """{"resourceType":"MolecularSequence","id":"m1","coordinateSystem":0,"referenceSeq":{"chromosome":{"coding":[{"code":"1"}]},"windowStart":100,"windowEnd":500},"variant":[{"start":120,"end":130},{"start":300,"end":400}]}""",
    ];
}

public sealed class CompositeTests(CompositeServer server) : IClassFixture<CompositeServer>
{
    [Theory]
    // of the whole resource: the parts are ordinary parameters; pairs by comma stay pairs
    [InlineData("Observation?code-value-quantity=29463-7$70", "w1")]
    [InlineData("Observation?code-value-quantity=http://loinc.org|29463-7$gt75", "w2")]
    [InlineData("Observation?code-value-quantity=29463-7$80,8302-2$70", "w2")]
    [InlineData("Observation?code-value-quantity=29463-7$70,8302-2$80", "h1 w1")]
    [InlineData("Observation?code-value-quantity=29463-7$80|http://unitsofmeasure.org|kg", "w2")]
    [InlineData("Observation?code-value-quantity=29463-7$80|http://unitsofmeasure.org|g", "")]
    [InlineData("Observation?code-value-quantity=29463-7$80000|http://unitsofmeasure.org|g", "w2")]
    [InlineData("Observation?code-value-quantity=8480-6$140", "")]
    [InlineData("Observation?code-value-concept=smoking$never", "c1")]
    [InlineData("Observation?code-value-concept=smoking$http://snomed.info/sct|never", "c1")]
    [InlineData("Observation?code-value-string=note$costs \\$5\\, or", "s1")]
    [InlineData("Observation?code-value-date=menarche$2020-05", "d1")]
    [InlineData("Observation?code-value-date=menarche$lt2020", "")]
    [InlineData("Observation?code-value-date=menarche$ge2020-05-01", "d1")]
    [InlineData("Observation?code-value-quantity:missing=false", "h1 w1 w2")]
    [InlineData("Observation?code-value-quantity:missing=true&status=final", "bp1 bp2 c1 c2 changed d1 s1")]
    // of one component
    [InlineData("Observation?component-code-value-quantity=8480-6$140", "bp1")]
    [InlineData("Observation?component-code-value-quantity=8480-6$gt100", "bp1 bp2")]
    [InlineData("Observation?component-code-value-quantity=8480-6$lt100", "changed")]
    [InlineData("Observation?component-code-value-quantity=8480-6$180", "")]
    [InlineData("Observation?component-code-value-quantity=8462-4$140", "bp2")]
    [InlineData("Observation?component-code-value-quantity=sys$140", "bp1")]
    [InlineData("Observation?component-code-value-quantity=|sys$140", "bp1")]
    [InlineData("Observation?component-code-value-quantity=http://loinc.org|sys$140", "")]
    [InlineData("Observation?component-code-value-quantity=http://loinc.org|$140", "bp1 bp2")]
    [InlineData("Observation?component-code-value-quantity=http://loinc.org|8462-4$140||mmHg", "bp2")]
    [InlineData("Observation?component-code-value-quantity=8462-4$140|http://unitsofmeasure.org|kPa", "")]
    [InlineData("Observation?component-code-value-quantity=8480-6$18.7|http://unitsofmeasure.org|kPa", "bp1")]
    [InlineData("Observation?component-code-value-quantity=8480-6$110,8462-4$90", "bp1 bp2")]
    [InlineData("Observation?component-code-value-quantity=8480-6$gt100&component-code-value-quantity=8462-4$lt100", "bp1")]
    [InlineData("Observation?component-code-value-quantity=8480$140", "")]
    [InlineData("Observation?component-code-value-quantity:missing=false", "bp1 bp2 changed")]
    [InlineData("Observation?component-code-value-concept=smoking$never", "")]
    [InlineData("Observation?component-code-value-concept=drinking$never", "c2")]
    // either
    [InlineData("Observation?combo-code-value-quantity=8480-6$140,29463-7$70", "bp1 w1")]
    [InlineData("Observation?combo-code-value-concept=smoking$never", "c1")]
    [InlineData("Observation?combo-code-value-concept=smoking$never,smoking$daily", "c1 c2")]
    [InlineData("Observation?combo-code-value-quantity:missing=false", "bp1 bp2 changed h1 w1 w2")]
    [InlineData("Observation?combo-code-value-quantity:missing=true", "c1 c2 d1 s1")]
    // other kinds of parts
    [InlineData("Group?characteristic-value=gender$male", "g1")]
    [InlineData("Group?characteristic-value=smoker$true", "g1")]
    [InlineData("Group?characteristic-value=gender$true", "g2")]
    [InlineData("DocumentReference?relationship=DocumentReference/old$replaces", "")]
    [InlineData("DocumentReference?relationship=replaces$DocumentReference/old", "r1")]
    [InlineData("DocumentReference?relationship=replaces$old", "r1")]
    [InlineData("DocumentReference?relationship=replaces$DocumentReference/other", "")]
    [InlineData("ValueSet?context-type-quantity=http://uc|age$ge15", "v1")]
    [InlineData("ValueSet?context-type-quantity=focus$ge15", "")]
    [InlineData("ValueSet?context-type-value=focus$asthma", "v1")]
    [InlineData("ValueSet?context-type-value=age$asthma", "")]
    [InlineData("MolecularSequence?chromosome-variant-coordinate=1$lt200$lt200", "m1")]
    [InlineData("MolecularSequence?chromosome-variant-coordinate=1$120$400", "")]
    [InlineData("MolecularSequence?chromosome-variant-coordinate=1$gt200$gt350", "m1")]
    [InlineData("MolecularSequence?chromosome-variant-coordinate=2$gt200$gt350", "")]
    [InlineData("MolecularSequence?chromosome-window-coordinate=1$le100$ge500", "m1")]
    // at the end of a link
    [InlineData("Observation?combo-code-value-quantity=8480-6$140&_id=bp1,w1", "bp1")]
    public async Task Finds_what_holds_together(string query, string expected)
    {
        var ids = await server.Fhir.IdsAsync(query.Replace(" ", "%20", StringComparison.Ordinal).Replace("\\", "%5C", StringComparison.Ordinal) + "&_count=3");
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("Observation?code-value-quantity=29463-7", "code-value-quantity")]
    [InlineData("Observation?code-value-quantity=29463-7$1$2", "$")]
    [InlineData("Observation?code-value-quantity=$5", "$")]
    [InlineData("Observation?code-value-quantity=29463-7$abc", "number")]
    [InlineData("Observation?component-code-value-quantity=8480-6", "$")]
    [InlineData("Observation?component-code-value-quantity=8480-6$abc", "number")]
    [InlineData("Observation?component-code-value-quantity:exact=8480-6$1", ":exact")]
    [InlineData("Observation?code-value-quantity:missing=maybe", "true or false")]
    [InlineData("Observation?_sort=code-value-quantity", "Sorting")]
    public async Task Says_what_is_wrong_with_a_value(string query, string named) => (await server.Fhir.GetAsync(query)).Refused(400, named);

    [Fact]
    public async Task Resources_without_such_elements_have_no_rows()
    {
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from records.index_composite x join records.current c using (key) where c.id in ('w1', 'w2', 'h1', 'deleted')"));
        Assert.Equal(3, await server.ScalarAsync<long>("select count(*) from records.index_composite x join records.current c using (key) where c.id = 'bp1'"));
    }
}
