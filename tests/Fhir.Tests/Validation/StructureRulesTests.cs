using Salus.Fhir.Definitions;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation;

/// <summary>Each rule from both sides: what it refuses, with the place, and what it lets pass.</summary>
public sealed class StructureRulesTests
{
    private const string Ok = "";
    private const string Observation = "'resourceType':'Observation','status':'final','code':{'text':'x'}";
    private const string Request = "'resourceType':'MedicationRequest','status':'active','intent':'order','subject':{'reference':'Patient/1'}";

    [Theory]
    [InlineData("{'resourceType':'Patient'}", Ok)]
    [InlineData("{'resourceType':'Patient','nam':[]}", "structure Patient.nam")]
    [InlineData("{'resourceType':'Patient','_nam':[]}", "structure Patient._nam")]
    [InlineData("{'resourceType':'Patient','contact':[{'gendr':'male'}]}", "structure Patient.contact[0].gendr")]
    [InlineData("{'resourceType':'Patient','name':[{'resourceType':'HumanName','family':'x'}]}", "structure Patient.name[0].resourceType")]
    [InlineData("{'resourceType':'Patient','fhir_comments':['x']}", "structure Patient.fhir_comments")]
    [InlineData("{'resourceType':'ExampleScenario','status':'draft','instance':[{'resourceId':'a','resourceType':'Patient'}]}", Ok)]
    public void Unknown_elements_are_refused(string json, string expected) => Assert.Equal(expected, Checks.Found(json));

    [Theory]
    [InlineData("{'resourceType':'Patient','gendre':'male'}", "Did you mean 'gender'?")]
    [InlineData("{'resourceType':'Patient','Gender':'male'}", "Did you mean 'gender'?")]
    [InlineData("{'resourceType':'Patient','brithDate':'1970'}", "Did you mean 'birthDate'?")]
    [InlineData("{'resourceType':'Patient','deceased':true}", "deceasedBoolean, deceasedDateTime")]
    [InlineData("{'resourceType':'Patient','favouriteColour':'red'}", "as an extension")]
    public void An_unknown_element_gets_a_hint(string json, string hint) => Assert.Contains(hint, Assert.Single(Checks.Issues(json)).Message);

    [Theory]
    [InlineData("{'resourceType':'Observation'}", "required Observation.status\nrequired Observation.code")]
    [InlineData("{" + Observation + "}", Ok)]
    [InlineData("{'resourceType':'Observation','_status':{'extension':[{'url':'http://x.org','valueCode':'unknown'}]},'code':{'text':'x'}}", Ok)]
    [InlineData("{" + Request + "}", "required MedicationRequest.medication[x]")]
    [InlineData("{" + Request + ",'medicationReference':{'reference':'Medication/1'}}", Ok)]
    [InlineData("{" + Request + ",'medicationReference':{'reference':'Medication/1'},'medicationCodeableConcept':{'text':'x'}}",
        "structure MedicationRequest.medicationCodeableConcept")]
    [InlineData("{" + Observation + ",'valueString':'a','_valueInteger':{'id':'a'}}", "structure Observation._valueInteger")]
    [InlineData("{" + Observation + ",'valueString':'a','_valueString':{'id':'a'}}", Ok)]
    [InlineData("{'resourceType':'Patient','communication':[{}]}", "structure Patient.communication[0]")]
    [InlineData("{'resourceType':'Patient','communication':[{'preferred':true}]}", "required Patient.communication[0].language")]
    [InlineData("{'resourceType':'Questionnaire','status':'draft','item':[{'linkId':'1','type':'group','item':[{'linkId':'2'}]}]}",
        "required Questionnaire.item[0].item[0].type")]
    public void Cardinality_is_kept(string json, string expected) => Assert.Equal(expected, Checks.Found(json));

    [Theory]
    [InlineData("{'resourceType':'Patient','name':{'family':'x'}}", "structure Patient.name")]
    [InlineData("{'resourceType':'Patient','name':['x']}", "structure Patient.name[0]")]
    [InlineData("{'resourceType':'Patient','name':[[{'family':'x'}]]}", "structure Patient.name[0]")]
    [InlineData("{'resourceType':'Patient','name':[null]}", "structure Patient.name[0]")]
    [InlineData("{'resourceType':'Patient','name':[]}", "structure Patient.name")]
    [InlineData("{'resourceType':'Patient','name':[{}]}", "structure Patient.name[0]")]
    [InlineData("{'resourceType':'Patient','name':null}", "structure Patient.name")]
    [InlineData("{'resourceType':'Patient','gender':['male']}", "structure Patient.gender")]
    [InlineData("{'resourceType':'Patient','gender':{'value':'male'}}", "structure Patient.gender")]
    [InlineData("{'resourceType':'Patient','gender':null}", "structure Patient.gender")]
    [InlineData("{'resourceType':'Patient','maritalStatus':'M'}", "structure Patient.maritalStatus")]
    [InlineData("{'resourceType':'Patient','maritalStatus':[{'text':'M'}]}", "structure Patient.maritalStatus")]
    [InlineData("{'resourceType':'Patient','name':[{'given':'x'}]}", "structure Patient.name[0].given")]
    [InlineData("{'resourceType':'Patient','name':[{'given':[['x']]}]}", "structure Patient.name[0].given[0]")]
    [InlineData("{'resourceType':'Patient','name':[{'given':['x','y']}]}", Ok)]
    public void The_shape_of_JSON_is_kept(string json, string expected) => Assert.Equal(expected, Checks.Found(json));

    [Theory]
    [InlineData("'given':['x',null],'_given':[null,{'id':'a'}]", Ok)]
    [InlineData("'given':['x',null],'_given':[{'id':'a'},{'id':'b'}]", Ok)]
    [InlineData("'given':['x'],'_given':[null,{'id':'a'}]", Ok)]
    [InlineData("'given':['x','y'],'_given':[{'id':'a'}]", Ok)]
    [InlineData("'_given':[{'id':'a'}]", Ok)]
    [InlineData("'given':['x',null]", "structure Patient.name[0].given[1]")]
    [InlineData("'given':['x',null],'_given':[{'id':'a'}]", "structure Patient.name[0].given[1]")]
    [InlineData("'given':['x',null],'_given':[{'id':'a'},null]", "structure Patient.name[0].given[1]")]
    [InlineData("'_given':[{'id':'a'},null]", "structure Patient.name[0]._given[1]")]
    [InlineData("'given':['x'],'_given':[{'id':'a'},null]", "structure Patient.name[0]._given[1]")]
    [InlineData("'given':['x'],'_given':[]", "structure Patient.name[0]._given")]
    [InlineData("'given':['x'],'_given':{'id':'a'}", "structure Patient.name[0]._given")]
    [InlineData("'given':['x'],'_given':['a']", "structure Patient.name[0]._given[0]")]
    [InlineData("'family':'x','_family':{'id':'a'}", Ok)]
    [InlineData("'family':'x','_family':[{'id':'a'}]", "structure Patient.name[0]._family")]
    [InlineData("'family':'x','_family':{}", "structure Patient.name[0]._family")]
    [InlineData("'family':'x','_family':null", "structure Patient.name[0]._family")]
    [InlineData("'family':'x','_family':{'value':'y'}", "structure Patient.name[0]._family.value")]
    [InlineData("'family':'x','_period':{'id':'a'}", "structure Patient.name[0]._period")]
    public void Partners_with_an_underscore_match_their_values(string name, string expected) =>
        Assert.Equal(expected, Checks.Found("{'resourceType':'Patient','name':[{" + name + "}]}"));

    [Theory]
    [InlineData("'gender':'female'", Ok)]
    [InlineData("'gender':'Female'", "code-invalid Patient.gender")]
    [InlineData("'gender':'\\u0066emale'", Ok)]
    [InlineData("'maritalStatus':{'coding':[{'code':'whatever'}]}", Ok)]
    public void A_required_code_is_from_its_value_set(string element, string expected) =>
        Assert.Equal(expected, Checks.Found("{'resourceType':'Patient'," + element + "}"));

    [Theory]
    [InlineData("{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/condition-clinical','code':'active'}]}", Ok)]
    [InlineData("{'coding':[{'system':'http://x.org','code':'y'},{'system':'http://terminology.hl7.org/CodeSystem/condition-clinical','code':'relapse'}]}", Ok)]
    [InlineData("{'coding':[{'code':'active'}]}", Ok)]
    [InlineData("{'text':'active'}", Ok)]
    [InlineData("{'coding':[{'display':'active'}]}", Ok)]
    [InlineData("{'coding':[{'system':'http://x.org','code':'active'}]}", "code-invalid Condition.clinicalStatus")]
    [InlineData("{'coding':[{'code':'acute'}]}", "code-invalid Condition.clinicalStatus")]
    public void A_required_concept_has_one_coding_from_its_value_set(string concept, string expected) =>
        Assert.Equal(expected, Checks.Found("{'resourceType':'Condition','subject':{'reference':'Patient/1'},'clinicalStatus':" + concept + "}"));

    [Theory]
    [InlineData("{'url':'http://x.org','valueString':'y'}", Ok)]
    [InlineData("{'url':'http://x.org','_valueString':{'id':'y'}}", Ok)]
    [InlineData("{'url':'http://x.org','extension':[{'url':'a','valueBoolean':true}]}", Ok)]
    [InlineData("{'url':'http://x.org'}", "invariant Patient.extension[0]")]
    [InlineData("{'url':'http://x.org','valueString':'y','extension':[{'url':'a','valueBoolean':true}]}", "invariant Patient.extension[0]")]
    [InlineData("{'valueString':'y'}", "required Patient.extension[0].url")]
    [InlineData("{'url':'http://x.org','valueString':'y','valueInteger':1}", "structure Patient.extension[0].valueInteger")]
    [InlineData("{'url':'http://x.org','valueNarrative':{}}", "structure Patient.extension[0].valueNarrative\ninvariant Patient.extension[0]")]
    public void An_extension_has_a_url_and_a_value_or_extensions(string extension, string expected) =>
        Assert.Equal(expected, Checks.Found("{'resourceType':'Patient','extension':[" + extension + "]}"));

    [Theory]
    [InlineData("{'resourceType':'Organization','id':'o','name':'x'}", Ok)]
    [InlineData("{'resourceType':'Organization','name':'x'}", "required Patient.contained[0].id")]
    [InlineData("{'resourceType':'Organization','id':'o','nme':'x'}", "structure Patient.contained[0].nme")]
    [InlineData("{'resourceType':'Organization','id':'o','contained':[{'resourceType':'Patient','id':'p'}]}", "structure Patient.contained[0].contained")]
    public void Contained_resources_have_an_id_and_contain_none(string contained, string expected) =>
        Assert.Equal(expected, Checks.Found("{'resourceType':'Patient','contained':[" + contained + "]}"));

    [Fact]
    public void Resources_in_bundles_and_parameters_are_checked_as_their_own()
    {
        Assert.Equal(
            "structure Bundle.entry[1].resource.gendr\nnot-found Bundle.entry[1].resource.managingOrganization.reference",
            Checks.Found("{'resourceType':'Bundle','type':'collection','entry':["
                + "{'resource':{'resourceType':'Patient','contained':[{'resourceType':'Organization','id':'o'}],'managingOrganization':{'reference':'#o'}}},"
                + "{'resource':{'resourceType':'Patient','gendr':'x','managingOrganization':{'reference':'#o'}}}]}"));
        Assert.Equal(
            "required Parameters.parameter[0].part[0].resource.status\nrequired Parameters.parameter[0].part[0].resource.code",
            Checks.Found("{'resourceType':'Parameters','parameter':[{'name':'a','part':[{'name':'b','resource':{'resourceType':'Observation'}}]}]}"));
    }

    [Fact]
    public void The_number_of_issues_is_bounded_and_the_end_is_said()
    {
        var issues = Checks.Issues("{'resourceType':'Patient','name':[" + string.Join(',', Enumerable.Repeat("{'a':1,'b':2}", 500)) + "]}");
        Assert.Equal(101, issues.Count);
        Assert.Equal((IssueSeverity.Information, "informational"), (issues[^1].Severity, issues[^1].Code));
        Assert.Equal(4, Checks.Issues("{'resourceType':'Patient','a':1,'b':1,'c':1,'d':1}", new StructureValidator(FhirDefinitions.R4, new() { MostIssues = 3 })).Count);
    }

    [Fact]
    public void Every_message_names_a_way_out()
    {
        var message = Assert.Single(Checks.Issues("{'resourceType':'Patient','gender':'f'}")).Message;
        Assert.Contains("female, male, other, unknown", message);
        Assert.Contains("[ ... ]", Assert.Single(Checks.Issues("{'resourceType':'Patient','name':{'family':'x'}}")).Message);
    }
}
