using System.Text;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Profiles with slices in slices, and resources, changed at random: they end in issues. What failed is kept in a corpus, and runs again each time.</summary>
public sealed class ProfileFuzzTests
{
    private const string Url = "http://example.org/p";
    private const string Rows = "{'id':'Observation.component','path':'Observation.component','slicing':{'discriminator':[{'type':'pattern','path':'code'},{'type':'type','path':'value'}],'ordered':true,'rules':'open'},'min':1},"
        + "{'id':'Observation.component:a','path':'Observation.component','sliceName':'a','min':1,'max':'1'},"
        + "{'id':'Observation.component:a.code','path':'Observation.component.code','patternCodeableConcept':{'coding':[{'code':'A'}]}},"
        + "{'id':'Observation.component:a.code.coding','path':'Observation.component.code.coding','slicing':{'discriminator':[{'type':'value','path':'system'}],'rules':'closed'}},"
        + "{'id':'Observation.component:a.code.coding:l','path':'Observation.component.code.coding','sliceName':'l','min':1,'max':'1'},"
        + "{'id':'Observation.component:a.code.coding:l.system','path':'Observation.component.code.coding.system','fixedUri':'http://loinc.org'},"
        + "{'id':'Observation.component:a.value[x]','path':'Observation.component.value[x]','slicing':{'discriminator':[{'type':'type','path':'$this'}],'rules':'closed'}},"
        + "{'id':'Observation.component:a.value[x]:valueQuantity','path':'Observation.component.value[x]','sliceName':'valueQuantity','type':[{'code':'Quantity'}],'min':1},"
        + "{'id':'Observation.component:a.value[x]:valueQuantity.code','path':'Observation.component.value[x].code','fixedCode':'mm[Hg]'},"
        + "{'id':'Observation.component:b','path':'Observation.component','sliceName':'b','max':'*'},"
        + "{'id':'Observation.component:b.value[x]','path':'Observation.component.value[x]','type':[{'code':'string'}]},"
        + "{'id':'Observation.hasMember','path':'Observation.hasMember','slicing':{'discriminator':[{'type':'profile','path':'resolve()'}],'rules':'open'}},"
        + "{'id':'Observation.hasMember:s','path':'Observation.hasMember','sliceName':'s','type':[{'code':'Reference','targetProfile':['http://example.org/p']}]}";

    private const string Member = "'contained':[{'resourceType':'Observation','id':'o','status':'final','code':{'text':'y'}}],'hasMember':[{'reference':'#o'}],";
    private const string Observation = "{'resourceType':'Observation','status':'final','code':{'text':'x'}," + Member
        + "'component':[{'code':{'coding':[{'system':'http://loinc.org','code':'A'}]},'valueQuantity':{'value':1,'system':'http://unitsofmeasure.org','code':'mm[Hg]'}},{'code':{'text':'b'},'valueString':'s'}]}";

    private static readonly Corpus Corpus = new("tests/Fhir.Tests/Profiles/Corpus");

    [Fact]
    public void Changed_profiles_and_resources_end_in_issues()
    {
        var random = new Random(Corpus.Seed(5));
        var profile = Encoding.UTF8.GetString(Guides.Profile("Observation", Rows).Utf8.Span);
        Assert.Equal("", Guides.Errors(Guides.Set([Guides.Profile("Observation", Rows)]), Observation.Replace(Member, "", StringComparison.Ordinal), Url));
        var (rounds, found) = (Corpus.Rounds(400), 0);
        for (var round = 0; round < rounds; round++)
        {
            var definition = Mutation.Of(JsonNode.Parse(profile)!, random, 1 + random.Next(8)).ToJsonString();
            var resource = Mutation.Of(JsonNode.Parse(Observation.Replace('\'', '"'))!, random, random.Next(5)).ToJsonString();
            found += Try($"{definition}\n{resource}") > 0 ? 1 : 0;
        }

        Assert.True(found > rounds / 10, $"only {found} of {rounds} had issues: too few to say anything");
    }

    [Fact]
    public void What_failed_once_does_not_fail_again()
    {
        foreach (var (_, text) in Corpus.Kept)
        {
            Try(text);
        }
    }

    // The profile and the resource, a line each. How many issues it ends in; 0 when one of them cannot be read.
    private static int Try(string text)
    {
        var lines = text.Split('\n');
        if (!ResourceReader.TryRead(Encoding.UTF8.GetBytes(lines[0]), FhirDefinitions.R4, out var profile, out _)
            || !ResourceReader.TryRead(Encoding.UTF8.GetBytes(lines[1]), FhirDefinitions.R4, out var resource, out _))
        {
            return 0;
        }

        try
        {
            var set = Guides.Set([profile]);
            return new ResourceValidator(FhirDefinitions.R4, () => set).Validate(resource.Root, new ValidationRequest { Profiles = [Url] }).Count;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"kept as {Corpus.Keep(text)}", e);
        }
    }
}
