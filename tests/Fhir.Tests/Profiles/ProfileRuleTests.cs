using Salus.Fhir.Definitions;
using Salus.Fhir.Profiles;
using Salus.Fhir.Tests.Validation;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Each thing that a profile can ask for: what meets it, and what does not.</summary>
public sealed class ProfileRuleTests
{
    private const string Url = "http://example.org/p";
    private const string Observation = "'resourceType':'Observation','status':'final','code':{'coding':[{'system':'http://loinc.org','code':'1-1'}]}";

    [Theory]
    [InlineData("{'id':'Patient.name','path':'Patient.name','min':2}", "required Patient.name", "'name':[{'text':'a'}]")]
    [InlineData("{'id':'Patient.name','path':'Patient.name','min':2}", "", "'name':[{'text':'a'},{'text':'b'}]")]
    [InlineData("{'id':'Patient.name','path':'Patient.name','max':'1'}", "structure Patient.name[1]", "'name':[{'text':'a'},{'text':'b'}]")]
    [InlineData("{'id':'Patient.photo','path':'Patient.photo','max':'0'}", "structure Patient.photo[0]", "'photo':[{'title':'a'}]")]
    [InlineData("{'id':'Patient.name.family','path':'Patient.name.family','min':1}", "required Patient.name[1].family", "'name':[{'family':'a'},{'text':'b'}]")]
    [InlineData("{'id':'Patient.deceased[x]','path':'Patient.deceased[x]','type':[{'code':'dateTime'}]}", "structure Patient.deceasedBoolean", "'deceasedBoolean':true")]
    [InlineData("{'id':'Patient.deceased[x]','path':'Patient.deceased[x]','type':[{'code':'dateTime'}]}", "", "'deceasedDateTime':'2020'")]
    [InlineData("{'id':'Patient.gender','path':'Patient.gender','fixedCode':'male'}", "value Patient.gender", "'gender':'female'")]
    [InlineData("{'id':'Patient.gender','path':'Patient.gender','fixedCode':'male'}", "", "'gender':'male'")]
    [InlineData("{'id':'Patient.maritalStatus','path':'Patient.maritalStatus','patternCodeableConcept':{'coding':[{'code':'M'}]}}", "", "'maritalStatus':{'coding':[{'code':'U'},{'code':'M','system':'s:s'}],'text':'a'}")]
    [InlineData("{'id':'Patient.maritalStatus','path':'Patient.maritalStatus','patternCodeableConcept':{'coding':[{'code':'M'}]}}", "value Patient.maritalStatus", "'maritalStatus':{'text':'M'}")]
    [InlineData("{'id':'Patient.maritalStatus','path':'Patient.maritalStatus','fixedCodeableConcept':{'text':'M'}}", "value Patient.maritalStatus", "'maritalStatus':{'text':'M','coding':[{'code':'M'}]}")]
    [InlineData("{'id':'Patient.birthDate','path':'Patient.birthDate','minValueDate':'1900-01-01'}", "value Patient.birthDate", "'birthDate':'1899-12-31'")]
    [InlineData("{'id':'Patient.birthDate','path':'Patient.birthDate','maxValueDate':'2000-01-01'}", "value Patient.birthDate", "'birthDate':'2000-01-02'")]
    [InlineData("{'id':'Patient.multipleBirth[x]','path':'Patient.multipleBirth[x]','maxValueInteger':3}", "value Patient.multipleBirthInteger", "'multipleBirthInteger':4")]
    [InlineData("{'id':'Patient.language','path':'Patient.name.family','maxLength':3}", "too-long Patient.name[0].family", "'name':[{'family':'abcd'}]")]
    [InlineData("{'id':'Patient.name','path':'Patient.name','constraint':[{'key':'x-1','severity':'error','human':'A name has a family name','expression':'family.exists()'}]}", "invariant Patient.name[0]", "'name':[{'text':'abcd'}]")]
    [InlineData("{'id':'Patient','path':'Patient','constraint':[{'key':'x-1','severity':'error','human':'Named','expression':'name.exists()'}]}", "invariant Patient", "'active':true")]
    [InlineData("{'id':'Patient','path':'Patient','constraint':[{'key':'x-1','severity':'warning','human':'Named','expression':'name.exists()'}]}", "", "'active':true")]
    [InlineData("{'id':'Patient.maritalStatus','path':'Patient.maritalStatus','binding':{'strength':'required','valueSet':'http://hl7.org/fhir/ValueSet/administrative-gender'}}", "code-invalid Patient.maritalStatus", "'maritalStatus':{'coding':[{'system':'http://hl7.org/fhir/administrative-gender','code':'M'}]}")]
    [InlineData("{'id':'Patient.maritalStatus','path':'Patient.maritalStatus','binding':{'strength':'required','valueSet':'http://hl7.org/fhir/ValueSet/administrative-gender'}}", "", "'maritalStatus':{'coding':[{'system':'http://hl7.org/fhir/administrative-gender','code':'male'}]}")]
    [InlineData("{'id':'Patient.maritalStatus','path':'Patient.maritalStatus','binding':{'strength':'required','valueSet':'http://example.org/none'}}", "", "'maritalStatus':{'coding':[{'code':'male'}]}")]
    [InlineData("{'id':'Patient.generalPractitioner','path':'Patient.generalPractitioner','type':[{'code':'Reference','targetProfile':['http://hl7.org/fhir/StructureDefinition/Organization']}]}", "structure Patient.generalPractitioner[0]", "'generalPractitioner':[{'reference':'Practitioner/1'}]")]
    [InlineData("{'id':'Patient.generalPractitioner','path':'Patient.generalPractitioner','type':[{'code':'Reference','targetProfile':['http://hl7.org/fhir/StructureDefinition/Organization']}]}", "", "'generalPractitioner':[{'reference':'Organization/1'}]")]
    public void A_constraint_of_a_profile_is_checked(string row, string expected, string content) =>
        Assert.Equal(expected, Guides.Errors(Guides.Set([Guides.Profile("Patient", row)]), "{'resourceType':'Patient'," + content + "}", Url));

    [Fact]
    public void A_profile_that_is_compiled_is_found_without_making_anything()
    {
        var set = Guides.Set([Guides.Profile("Patient", "{'id':'Patient.name','path':'Patient.name','min':1}")]);
        Assert.NotNull(set.Plan(Url));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            set.Plan(Url);
        }

        // What the runtime itself makes meanwhile is less than one object each.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private const string Slicing = "{'id':'Observation.category','path':'Observation.category','slicing':{'discriminator':[{'type':'value','path':'coding.code'}],'rules':'RULES'},'min':0},"
        + "{'id':'Observation.category:a','path':'Observation.category','sliceName':'a','min':1,'max':'1'},{'id':'Observation.category:a.coding.code','path':'Observation.category.coding.code','fixedCode':'A'},"
        + "{'id':'Observation.category:a.text','path':'Observation.category.text','min':1},"
        + "{'id':'Observation.category:b','path':'Observation.category','sliceName':'b','min':0,'max':'1','patternCodeableConcept':{'coding':[{'code':'B'}]}}";

    [Theory]
    [InlineData("open", "", "{'coding':[{'code':'A'}],'text':'t'},{'coding':[{'code':'C'}]},{'coding':[{'code':'B'}]}")]
    [InlineData("open", "required Observation.category", "{'coding':[{'code':'B'}]}")]
    [InlineData("open", "structure Observation.category[2]", "{'coding':[{'code':'A'}],'text':'t'},{'coding':[{'code':'B'}]},{'coding':[{'code':'B'}]}")]
    [InlineData("open", "required Observation.category[0].text", "{'coding':[{'code':'A'}]}")]
    [InlineData("closed", "structure Observation.category[1]", "{'coding':[{'code':'A'}],'text':'t'},{'coding':[{'code':'C'}]}")]
    [InlineData("openAtEnd", "structure Observation.category[1]", "{'coding':[{'code':'C'}]},{'coding':[{'code':'A'}],'text':'t'}")]
    [InlineData("openAtEnd", "", "{'coding':[{'code':'A'}],'text':'t'},{'coding':[{'code':'C'}]}")]
    [InlineData("open','ordered':true,'x", "structure Observation.category[1]", "{'coding':[{'code':'B'}]},{'coding':[{'code':'A'}],'text':'t'}")]
    public void Slices_by_value_are_told_apart(string rules, string expected, string items)
    {
        var rows = Slicing.Replace("RULES'", rules.Contains("ordered", StringComparison.Ordinal) ? "open','ordered':true" : rules + "'", StringComparison.Ordinal);
        Assert.Equal(expected, Guides.Errors(Guides.Set([Guides.Profile("Observation", rows)]), "{" + Observation + ",'category':[" + items + "]}", Url));
    }

    [Theory]
    [InlineData("required Observation.value\nstructure Observation.valueString\nstructure Observation.valueString", "'valueString':'a'")]
    [InlineData("required Observation.valueQuantity.code", "'valueQuantity':{'value':1}")]
    [InlineData("", "'valueQuantity':{'value':1,'code':'a','system':'s:s'}")]
    public void The_slice_for_one_type_of_a_choice_may_be_named_by_its_type(string expected, string value)
    {
        var rows = "{'id':'Observation.valueQuantity','path':'Observation.valueQuantity','min':1},{'id':'Observation.valueQuantity.code','path':'Observation.valueQuantity.code','min':1}";
        Assert.Equal(expected, string.Join('\n', Guides.Errors(Guides.Set([Guides.Profile("Observation", rows)]), "{" + Observation + "," + value + "}", Url).Split('\n').Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("type", "$this.resolve()", "'type':[{'code':'Reference','targetProfile':['http://hl7.org/fhir/StructureDefinition/Organization']}]", "{'reference':'Organization/1'}", "{'reference':'Practitioner/1'}")]
    [InlineData("exists", "display", "", "{'display':'a'}", "{'reference':'Practitioner/1'}")]
    public void Slices_by_type_and_by_existence_are_told_apart(string kind, string path, string facts, string inside, string outside)
    {
        var more = kind == "exists" ? ",{'id':'Patient.generalPractitioner:a.display','path':'Patient.generalPractitioner.display','min':1}" : "";
        var rows = "{'id':'Patient.generalPractitioner','path':'Patient.generalPractitioner','slicing':{'discriminator':[{'type':'" + kind + "','path':'" + path + "'}],'rules':'closed'}},"
            + "{'id':'Patient.generalPractitioner:a','path':'Patient.generalPractitioner','sliceName':'a','min':0,'max':'1'" + (facts.Length > 0 ? "," + facts : "") + "}" + more;
        var set = Guides.Set([Guides.Profile("Patient", rows)]);
        Assert.Equal("", Guides.Errors(set, "{'resourceType':'Patient','generalPractitioner':[" + inside + "]}", Url));
        Assert.Equal("structure Patient.generalPractitioner[0]", Guides.Errors(set, "{'resourceType':'Patient','generalPractitioner':[" + outside + "]}", Url));
    }

    [Fact]
    public void Extensions_are_checked_by_their_definitions()
    {
        var extension = Guides.Profile(
            "Extension", "{'id':'Extension.url','path':'Extension.url','fixedUri':'http://example.org/e'},{'id':'Extension.value[x]','path':'Extension.value[x]','min':1,'type':[{'code':'code'}]}", "http://example.org/e");
        var profile = Guides.Profile(
            "Patient", "{'id':'Patient.extension','path':'Patient.extension','slicing':{'discriminator':[{'type':'value','path':'url'}],'rules':'open'}},"
            + "{'id':'Patient.extension:e','path':'Patient.extension','sliceName':'e','min':1,'max':'1','type':[{'code':'Extension','profile':['http://example.org/e']}]}");
        var set = Guides.Set([extension, profile]);
        Assert.Equal("", Guides.Errors(set, "{'resourceType':'Patient','extension':[{'url':'http://example.org/e','valueCode':'a'},{'url':'http://example.org/other','valueCode':'a'}]}", Url));
        Assert.Equal("required Patient.extension", Guides.Errors(set, "{'resourceType':'Patient','extension':[{'url':'http://example.org/other','valueCode':'a'}]}", Url));
        Assert.Equal("structure Patient.extension[0].valueString", Guides.Errors(set, "{'resourceType':'Patient','extension':[{'url':'http://example.org/e','valueString':'a'}]}"));
        Assert.Equal("structure Patient.birthDate.extension[0].valueString", Guides.Errors(set, "{'resourceType':'Patient','_birthDate':{'extension':[{'url':'http://example.org/e','valueString':'a'}]}}").Replace("_birthDate", "birthDate", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_known_is_said_and_is_no_error()
    {
        var set = Guides.Set([]);
        var issues = Guides.Issues(
            set, "{'resourceType':'Patient','meta':{'profile':['http://example.org/none']},'extension':[{'url':'http://example.org/e','valueCode':'a'}],'modifierExtension':[{'url':'http://example.org/m','valueCode':'a'}]}");
        Assert.Equal(
            [(IssueSeverity.Warning, "Patient.meta.profile"), (IssueSeverity.Information, "Patient.extension[0]"), (IssueSeverity.Warning, "Patient.modifierExtension[0]")],
            issues.Where(i => i.Code is "not-found" or "extension").Select(i => (i.Severity, i.Path)));
        Assert.Equal("not-found Patient", Guides.Errors(set, "{'resourceType':'Patient','active':true}", "http://example.org/none"));
    }

    [Fact]
    public void A_profile_builds_on_another_and_the_slices_of_that_one()
    {
        var first = Guides.Profile("Observation", Slicing.Replace("RULES", "open", StringComparison.Ordinal), "http://example.org/first");
        var second = Guides.Profile("Observation", "{'id':'Observation.category:b','path':'Observation.category','sliceName':'b','min':1},{'id':'Observation.issued','path':'Observation.issued','min':1}", baseUrl: "http://example.org/first");
        var found = Guides.Errors(Guides.Set([first, second]), "{" + Observation + "}", Url);
        Assert.Equal("required Observation.category\nrequired Observation.category\nrequired Observation.issued", string.Join('\n', found.Split('\n').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Contained_resources_and_entries_are_checked_as_targets()
    {
        var organization = Guides.Profile("Organization", "{'id':'Organization.name','path':'Organization.name','min':1}", "http://example.org/org");
        var profile = Guides.Profile(
            "Patient", "{'id':'Patient.managingOrganization','path':'Patient.managingOrganization','type':[{'code':'Reference','targetProfile':['http://example.org/org']}]}");
        var set = Guides.Set([organization, profile]);
        const string Contained = "{'resourceType':'Patient','managingOrganization':{'reference':'#o'},'contained':[{'resourceType':'Organization','id':'o',NAME}]}";
        Assert.Equal("", Guides.Errors(set, Contained.Replace("NAME", "'name':'a'", StringComparison.Ordinal), Url));
        Assert.Equal("structure Patient.managingOrganization", Guides.Errors(set, Contained.Replace("NAME", "'identifier':[{'value':'a'}]", StringComparison.Ordinal), Url));
        const string Bundle = "{'resourceType':'Bundle','type':'collection','entry':[{'fullUrl':'http://a.b/Patient/1','resource':{'resourceType':'Patient','id':'1','meta':{'profile':['http://example.org/p']},"
            + "'managingOrganization':{'reference':'Organization/2'}}},{'fullUrl':'http://a.b/Organization/2','resource':{'resourceType':'Organization','id':'2','identifier':[{'value':'a'}]}}]}";
        Assert.Equal("structure Bundle.entry[0].resource.managingOrganization", Guides.Errors(set, Bundle));
    }

    [Fact]
    public void R4s_own_vital_signs_profile_is_there()
    {
        var set = Guides.Set([]);
        const string Claim = "'meta':{'profile':['http://hl7.org/fhir/StructureDefinition/bodyheight']},";
        const string Height = "{'resourceType':'Observation'," + Claim + "'status':'final','category':[{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/observation-category','code':'vital-signs'}]}],"
            + "'code':{'coding':[{'system':'http://loinc.org','code':'8302-2'}]},'subject':{'reference':'Patient/1'},'effectiveDateTime':'2020-01-01','valueQuantity':{'value':180,'unit':'cm','system':'http://unitsofmeasure.org','code':'UNIT'}}";
        Assert.Equal("", Guides.Errors(set, Height.Replace("UNIT", "cm", StringComparison.Ordinal)));
        Assert.Equal("code-invalid Observation.valueQuantity.code", Guides.Errors(set, Height.Replace("UNIT", "kg", StringComparison.Ordinal)));
        Assert.Contains("required Observation.category", Guides.Errors(set, Height.Replace("UNIT", "cm", StringComparison.Ordinal).Replace("'code':'vital-signs'", "'code':'exam'", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.True(FhirDefinitions.R4.Type("Observation") == set.Profiles.Single(p => p.Url.EndsWith("/bodyheight", StringComparison.Ordinal)).Type);
    }
}
