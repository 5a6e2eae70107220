using Salus.Fhir.Definitions;
using Salus.Fhir.Search;

namespace Salus.Fhir.Tests.Search;

/// <summary>Composites, typed identifiers and places, and parameters that are added.</summary>
public sealed class CompositeValueTests
{
    [Fact]
    public void Parts_come_from_the_same_element()
    {
        var values = Extraction.Values(
            """
            {"resourceType":"Observation","status":"final","code":{"coding":[{"code":"panel"}]},"valueQuantity":{"value":1},"component":[
              {"code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":2,"unit":"mg"}}, {"code":{"coding":[{"code":"c"}]}}, {"code":{"text":"d"},"valueQuantity":{"value":3}}]}
            """);
        var composite = Assert.Single(values.Composites);
        Assert.Equal("component-code-value-quantity", composite.Parameter.Code);
        Assert.Equal(["a", "b"], composite.Parts[0].Tokens.Select(t => t.Code));
        Assert.Equal([2m], composite.Parts[1].Quantities.Select(q => q.Low));
    }

    [Fact]
    public void A_part_may_be_of_the_resource_around()
    {
        var values = Extraction.Values("""{"resourceType":"MolecularSequence","coordinateSystem":0,"referenceSeq":{"chromosome":{"coding":[{"code":"7"}]}},"variant":[{"start":1,"end":2}]}""");
        var composite = Assert.Single(values.Composites);
        Assert.Equal(("chromosome-variant-coordinate", "7"), (composite.Parameter.Code, composite.Parts[0].Tokens.Single().Code));
        Assert.Equal((1m, 2m), (composite.Parts[1].Numbers.Single().Low, composite.Parts[2].Numbers.Single().High));
    }

    [Theory]
    [InlineData("Observation", "code-value-quantity", CompositeKind.Whole)]
    [InlineData("Observation", "component-code-value-quantity", CompositeKind.Occurrence)]
    [InlineData("Observation", "combo-code-value-concept", CompositeKind.Either)]
    [InlineData("ValueSet", "context-type-value", CompositeKind.Occurrence)]
    [InlineData("Observation", "code", CompositeKind.None)]
    public void Kinds_of_composites_are_told_apart(string type, string code, CompositeKind kind) =>
        Assert.Equal(kind, new SearchParameterSet(FhirDefinitions.R4).Find(type, code)!.Kind());

    [Fact]
    public void Every_composite_of_R4_can_be_extracted()
    {
        var set = new SearchParameterSet(FhirDefinitions.R4);
        var composites = set.All.Where(p => p.Type == SearchType.Composite).ToList();
        Assert.True(composites.Count > 50);
        Assert.All(composites.Where(p => p.Kind() == CompositeKind.Occurrence), p => Assert.Null(SearchParameterCheck.Check(p.Definition, set.Current)));
    }

    [Fact]
    public void A_place_that_is_none_has_no_value()
    {
        Assert.Equal((-10m, 20.5m), Extraction.Values("""{"resourceType":"Location","position":{"latitude":-10,"longitude":20.5}}""").Positions.Select(p => (p.Latitude, p.Longitude)).Single());
        Assert.Empty(Extraction.Values("""{"resourceType":"Location","position":{"latitude":91,"longitude":20.5}}""").Positions);
    }

    [Fact]
    public void An_identifier_is_found_by_each_code_of_its_type()
    {
        var values = Extraction.Values("""{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"s","code":"MR"},{"code":"x"}]},"value":"1"},{"value":"2"},{"type":{"coding":[{"code":"y"}]}}]}""");
        Assert.Equal([("s", "MR", "1"), (null, "x", "1")], values.TypedIdentifiers.Select(i => (i.TypeSystem, i.TypeCode, i.Value)));
    }

    [Fact]
    public void A_snapshot_keeps_what_it_has_and_the_extractor_follows_it()
    {
        var set = new SearchParameterSet(FhirDefinitions.R4);
        var extractor = new SearchValueExtractor(set);
        var document = Extraction.Read("""{"resourceType":"Patient","name":[{"given":["Ada"]}]}""");
        Assert.Empty(Tokens());
        var given = new SearchParameter("http://x", "given-token", SearchType.Token, ["Patient"], "Patient.name.given", [], [], "");
        var gender = new SearchParameter("http://y", "gender", SearchType.Token, ["Patient"], "Patient.name.family", [], [], "");
        set.Swap(set.Current.With([given, gender], 5));
        var parameter = set.Find("Patient", "given-token")!;
        Assert.Equal(["Ada"], Tokens());
        Assert.True(set.Current.IsAdded(parameter));
        Assert.False(set.Current.IsAdded(set.Find("Patient", "gender")!));
        Assert.Equal(5, set.Current.Version);

        set.Swap(set.Current.With([given], 6));
        Assert.Same(parameter, set.Find("Patient", "given-token"));
        set.Swap(set.Current.With([], 7));
        Assert.Null(set.Find("Patient", "given-token"));
        Assert.Empty(Tokens());
        set.Swap(set.Current.With([given], 8));
        Assert.True(set.Find("Patient", "given-token")!.Index > parameter.Index, "an index must not be used twice");

        IEnumerable<string> Tokens()
        {
            var values = new SearchValues();
            extractor.Extract(document.Root, values);
            return values.Tokens.Where(t => t.Parameter.Code != "deceased").Select(t => t.Code);
        }
    }
}
