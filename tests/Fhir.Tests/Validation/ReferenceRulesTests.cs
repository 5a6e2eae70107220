using Salus.Fhir.Definitions;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation;

/// <summary>References as http://hl7.org/fhir/R4/references.html writes them.</summary>
public sealed class ReferenceRulesTests
{
    private const string Value = "value Patient.managingOrganization.reference";
    private const string Target = "value Patient.managingOrganization";

    [Theory]
    [InlineData("'reference':'Organization/1'", "")]
    [InlineData("'reference':'Organization/1/_history/2'", "")]
    [InlineData("'reference':'https://x.org/fhir/Organization/1'", "")]
    [InlineData("'reference':'https://x.org/fhir/Organization/1/_history/3'", "")]
    [InlineData("'reference':'https://x.org/anything'", "")]
    [InlineData("'reference':'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'", "")]
    [InlineData("'reference':'urn:uuid:C757873D-EC9A-4326-A141-556F43239520'", "")]
    [InlineData("'reference':'urn:oid:1.2.3'", "")]
    [InlineData("'identifier':{'value':'x'}", "")]
    [InlineData("'display':'x'", "")]
    [InlineData("'reference':'#o'", "")]
    [InlineData("'reference':'#p'", Target)]
    [InlineData("'reference':'#q'", "not-found Patient.managingOrganization.reference")]
    [InlineData("'reference':'Patient/1'", Target)]
    [InlineData("'reference':'https://x.org/fhir/Patient/1'", Target)]
    [InlineData("'type':'Patient','identifier':{'value':'x'}", Target)]
    [InlineData("'type':'Organization','identifier':{'value':'x'}", "")]
    [InlineData("'reference':'Organization'", Value)]
    [InlineData("'reference':'Organization/'", Value)]
    [InlineData("'reference':'Organisation/1'", Value)]
    [InlineData("'reference':'Organization/a_b'", Value)]
    [InlineData("'reference':'Organization/1/2'", Value)]
    [InlineData("'reference':'Organization/1/_history/'", Value)]
    [InlineData("'reference':'Organization/1 2'", Value)]
    [InlineData("'reference':'/Organization/1'", Value)]
    [InlineData("'reference':'1'", Value)]
    [InlineData("'reference':'urn:uuid:1'", Value)]
    [InlineData("'reference':'urn:oid:x'", Value)]
    [InlineData("'reference':''", Value)]
    [InlineData("'reference':'Organization?identifier=x|y'", Value)]
    public void A_reference_has_one_of_the_forms_and_an_allowed_target(string reference, string expected) => Assert.Equal(expected, Checks.Found(Patient(reference)));

    [Fact]
    public void Conditional_references_pass_when_the_caller_allows_them()
    {
        var lenient = new StructureValidator(FhirDefinitions.R4, new() { ConditionalReferences = true });
        Assert.Equal("", Checks.Found(Patient("'reference':'Organization?identifier=x|y'"), lenient));
        Assert.Equal(Target, Checks.Found(Patient("'reference':'Practitioner?identifier=x|y'"), lenient));
        Assert.Equal(Value, Checks.Found(Patient("'reference':'Organisation?identifier=x|y'"), lenient));
    }

    [Fact]
    public void A_contained_resource_refers_to_the_one_around_it_with_a_lone_hash() => Assert.Equal(
        "",
        Checks.Found("{'resourceType':'Patient','contained':[{'resourceType':'Observation','id':'o','status':'final','code':{'text':'x'},'subject':{'reference':'#'}}]}"));

    [Fact]
    public void Many_references_to_contained_resources_are_all_checked()
    {
        var contained = string.Join(',', Enumerable.Range(0, 40).Select(i => $"{{'resourceType':'Practitioner','id':'p{i}'}}"));
        var references = string.Join(',', Enumerable.Range(0, 41).Select(i => $"{{'reference':'#p{i}'}}"));
        Assert.Equal(
            "not-found Patient.generalPractitioner[40].reference",
            Checks.Found("{'resourceType':'Patient','contained':[" + contained + "],'generalPractitioner':[" + references + "]}"));
    }

    [Fact]
    public void Any_resource_may_be_the_target_where_the_definition_says_so() => Assert.Equal(
        "",
        Checks.Found("{'resourceType':'Basic','code':{'text':'x'},'subject':{'reference':'SubstancePolymer/1'}}"));

    private static string Patient(string reference) =>
        "{'resourceType':'Patient','contained':[{'resourceType':'Organization','id':'o'},{'resourceType':'Patient','id':'p'}],'managingOrganization':{" + reference + "}}";
}
