using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation.Invariants;

public sealed class InvariantTests
{
    private static readonly ResourceValidator Validator = new(FhirDefinitions.R4);
    private static readonly ValidationRequest Request = new() { Depth = ValidationDepth.Invariants };

    [Fact]
    public void Every_invariant_of_R4_is_evaluated()
    {
        var lost = new List<string>();
        foreach (var invariant in FhirDefinitions.R4.Invariants)
        {
            var options = PathOptions.Default with { Rules = PathRules.Definitions };
            if (!FhirPath.TryCompile(invariant.Expression, FhirDefinitions.R4, invariant.Type, out _, out var error, options))
            {
                lost.Add($"{invariant.Type.Name} {invariant.Key}: {error}");
            }
        }

        // probability[x] may be a decimal, which has no low and high.
        Assert.Equal("decimal ras-1", Assert.Single(lost).Split(':')[0]);
        Assert.True(FhirDefinitions.R4.Invariants.Count is > 230 and < 260, $"{FhirDefinitions.R4.Invariants.Count} invariants");
    }

    [Theory]
    [InlineData("per-1 Patient.name[0].period", "{'resourceType':'Patient','name':[{'text':'a','period':{'start':'2020-02','end':'2019'}}]}")]
    [InlineData("pat-1 Patient.contact[0]", "{'resourceType':'Patient','contact':[{'gender':'male'}]}")]
    [InlineData("qty-3 Observation.valueQuantity", "{'resourceType':'Observation','status':'final','code':{'text':'a'},'valueQuantity':{'value':1,'code':'mg'}}")]
    [InlineData("obs-6 Observation", "{'resourceType':'Observation','status':'final','code':{'text':'a'},'valueInteger':1,'dataAbsentReason':{'text':'b'}}")]
    [InlineData("ait-1 AllergyIntolerance", "{'resourceType':'AllergyIntolerance','patient':{'reference':'Patient/1'}}")]
    [InlineData("org-2 Organization.address[1]", "{'resourceType':'Organization','name':'a','address':[{'text':'b'},{'use':'home','text':'c'}]}")]
    [InlineData("org-1 Organization", "{'resourceType':'Organization','active':true}")]
    [InlineData("dom-3 Patient.contained[1]", "{'resourceType':'Patient','generalPractitioner':[{'reference':'#a'}],'contained':[{'resourceType':'Practitioner','id':'a'},{'resourceType':'Practitioner','id':'b'}]}")]
    [InlineData("dom-4 Patient", "{'resourceType':'Patient','generalPractitioner':[{'reference':'#a'}],'contained':[{'resourceType':'Practitioner','id':'a','meta':{'versionId':'1'}}]}")]
    [InlineData("bdl-7 Bundle.entry[1]", "{'resourceType':'Bundle','type':'collection','entry':[{'fullUrl':'urn:uuid:2d3b1c2e-0000-4000-8000-000000000000','resource':{'resourceType':'Basic','code':{'text':'a'}}},{'fullUrl':'urn:uuid:2d3b1c2e-0000-4000-8000-000000000000','resource':{'resourceType':'Basic','code':{'text':'a'}}}]}")]
    [InlineData("bdl-1 Bundle", "{'resourceType':'Bundle','type':'collection','total':1}")]
    [InlineData("age-1 Condition.onsetAge", "{'resourceType':'Condition','clinicalStatus':{'text':'a'},'subject':{'reference':'Patient/1'},'onsetAge':{'value':0,'code':'a','system':'http://unitsofmeasure.org'}}")]
    [InlineData("ras-1 RiskAssessment.prediction[0].probabilityRange", "{'resourceType':'RiskAssessment','status':'final','subject':{'reference':'Patient/1'},'prediction':[{'probabilityRange':{'low':{'value':1,'code':'x','system':'http://unitsofmeasure.org'}}}]}")]
    [InlineData("pat-1 Bundle.entry[0].resource.contact[0]", "{'resourceType':'Bundle','type':'collection','entry':[{'resource':{'resourceType':'Patient','contact':[{'gender':'male'}]}}]}")]
    [InlineData("pat-1 Basic.contained[0].contact[0]", "{'resourceType':'Basic','code':{'text':'a'},'subject':{'reference':'#p'},'contained':[{'resourceType':'Patient','id':'p','contact':[{'gender':'male'}]}]}")]
    public void A_broken_invariant_is_named_with_its_place(string expected, string json) => Assert.Equal(expected, Errors(json));

    [Theory]
    [InlineData("{'resourceType':'Patient','name':[{'text':'a','period':{'start':'2020-02','end':'2020'}}]}")]
    [InlineData("{'resourceType':'Patient','managingOrganization':{'reference':'#o'},'contained':[{'resourceType':'Organization','id':'o','name':'a'}]}")]
    [InlineData("{'resourceType':'Patient','contained':[{'resourceType':'Provenance','id':'o','target':[{'reference':'#'}],'recorded':'2020-01-01T00:00:00Z','agent':[{'who':{'display':'a'}}]}]}")]
    public void What_meets_its_invariants_has_no_error(string json) => Assert.Equal("", Errors(json));

    [Theory]
    [InlineData("txt-1", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a<script>alert(1)</script></div>")]
    [InlineData("txt-1", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p onclick=\\\"x()\\\">a</p></div>")]
    [InlineData("txt-1", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><a href=\\\"javascript:x()\\\">a</a></div>")]
    [InlineData("txt-1", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><iframe src=\\\"a\\\"/>a</div>")]
    [InlineData("txt-1", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><form>a</form></div>")]
    [InlineData("txt-1", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a<b></div>")]
    [InlineData("", "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p style=\\\"color: red\\\">a&nbsp;b &amp; c &#160; &eacute;<br/><img src=\\\"#a\\\" alt=\\\"x\\\"/></p></div>")]
    public void A_narrative_is_basic_HTML_with_some_content(string key, string div)
    {
        var json = "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"" + div + "\"}}";
        Assert.Equal(key.Length == 0 ? "" : $"{key} Patient.text.div", Errors(json));
    }

    [Fact]
    public void A_narrative_without_content_is_a_warning()
    {
        var json = "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"> <b> </b></div>\"}}";
        var issue = Assert.Single(Validator.Validate(Checks.Read(System.Text.Encoding.UTF8.GetBytes(json)).Root, Request));
        Assert.Equal((IssueSeverity.Warning, "Patient.text.div"), (issue.Severity, issue.Path));
        Assert.StartsWith("txt-2:", issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_are_found_when_they_are_asked_for()
    {
        var issues = Validate("{'resourceType':'Patient','active':true}", Request);
        var issue = Assert.Single(issues);
        Assert.Equal((IssueSeverity.Warning, "invariant", "Patient"), (issue.Severity, issue.Code, issue.Path));
        Assert.StartsWith("dom-6:", issue.Message, StringComparison.Ordinal);
        Assert.Empty(Validate("{'resourceType':'Patient','active':true}", Request with { Least = IssueSeverity.Error }));
    }

    [Fact]
    public void Broken_structure_does_not_hide_broken_invariants()
    {
        var issues = Validate("{'resourceType':'Patient','gender':'x','contact':[{'gender':'male'}]}", Request);
        Assert.Equal(["code-invalid", "invariant"], issues.Where(i => i.Severity == IssueSeverity.Error).Select(i => i.Code));
    }

    private static IReadOnlyList<Issue> Validate(string json, ValidationRequest request) => Validator.Validate(Checks.Read(json).Root, request);

    private static string Errors(string json) => string.Join(
        '\n', Validator.Validate((json.Contains('\\', StringComparison.Ordinal) ? Checks.Read(System.Text.Encoding.UTF8.GetBytes(json)) : Checks.Read(json)).Root, Request)
            .Where(i => i.Severity >= IssueSeverity.Error).Select(i => $"{i.Message.Split(':')[0]} {i.Path}"));
}
