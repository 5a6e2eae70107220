using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Tests.Search;

namespace Salus.Fhir.Tests.Paths;

public class PathEvaluationTests
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p","active":true,"birthDate":"1974-12","_birthDate":{"extension":[{"url":"urn:t","valueString":"noon"}]},
         "name":[{"use":"official","family":"A","given":["B","C"]},{"use":"usual","given":["B"]}],
         "contained":[{"resourceType":"Organization","id":"o","name":"Org"}],"managingOrganization":{"reference":"#o"},
         "generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"http://e.org/Organization/2"}]}
        """;

    private const string Observation = """
        {"resourceType":"Observation","status":"final","valueQuantity":{"value":2.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},
         "subject":{"reference":"urn:uuid:1","type":"Patient"}}
        """;

    [Theory]
    [InlineData("Patient.name.given", "B, C, B")]
    [InlineData("name.given | name.family", "B, C, A")]
    [InlineData("Resource.id | DomainResource.id", "p")]
    [InlineData("name.where(use = 'official').given[1]", "C")]
    [InlineData("name.select(given.first())", "B, B")]
    [InlineData("name.given.count()", "3")]
    [InlineData("name.all(given.exists())", "true")]
    [InlineData("name.exists(family.empty())", "true")]
    [InlineData("birthDate.extension('urn:t').value", "noon")]
    [InlineData("birthDate < @1975", "true")]
    [InlineData("birthDate < @1974-12-25", "")]
    [InlineData("generalPractitioner.where(resolve() is Practitioner).reference", "Practitioner/1")]
    [InlineData("generalPractitioner.where(resolve() is Organization).reference", "http://e.org/Organization/2")]
    [InlineData("managingOrganization.resolve() is Organization", "true")]
    [InlineData("contained.ofType(Organization).name", "Org")]
    [InlineData("contained.name", "Org")]
    [InlineData("contained.select(%resource.id)", "p")]
    [InlineData("active and {}", "")]
    [InlineData("active.not() implies {}", "true")]
    [InlineData("iif(active, 'yes', 'no')", "yes")]
    [InlineData("name.given.where($index = 1)", "C")]
    [InlineData("name.given.aggregate($total & $this, '')", "BCB")]
    [InlineData("Patient is DomainResource", "true")]
    [InlineData("name.given.distinct().join('-')", "B-C")]
    [InlineData("'abc'.matches('^a.c$')", "true")]
    public void A_path_on_a_patient(string text, string expected) => Assert.Equal(expected, Evaluate(text, Patient, "Patient"));

    [Theory]
    [InlineData("value as Quantity", "Observation.valueQuantity")]
    [InlineData("value.ofType(string)", "")]
    [InlineData("(Observation.value as Quantity).value", "2.50")]
    [InlineData("value = 2.5 'mg'", "true")]
    [InlineData("value > 2 'mg'", "true")]
    [InlineData("subject.resolve() is Patient", "true")]
    [InlineData("status as string", "")]
    [InlineData("status is string", "true")]
    public void A_path_on_an_observation(string text, string expected) => Assert.Equal(expected, Evaluate(text, Observation, "Observation"));

    [Theory]
    [InlineData("Patient.nam", "Patient has no element 'nam'; did you mean 'name'?", 8)]
    [InlineData("name.where(gven = 'x')", "HumanName has no element 'gven'; did you mean 'given'?", 11)]
    [InlineData("deceasedBoolean", "Patient has no element 'deceasedBoolean'; did you mean 'deceased.ofType(boolean)'?", 0)]
    [InlineData("deceased.foo", "boolean and dateTime have no element 'foo'", 9)]
    [InlineData("contact.descendants().foo", "No type has an element 'foo'", 22)]
    [InlineData("extension.value.foo", "types that it can be has an element 'foo'", 16)]
    [InlineData("name.given.foo()", "There is no function foo()", 11)]
    [InlineData("Observation.value", "starts with Observation", 0)]
    [InlineData("name.startsWith('A')", "startsWith() is not defined for a HumanName", 5)]
    [InlineData("birthDate + 1", "'+' is not defined for a date and a System.Integer", 10)]
    [InlineData("'a' & 1", "'&' is not defined for a System.String and a System.Integer", 4)]
    [InlineData("children().first()", "no meaning on items without order", 11)]
    [InlineData("iif('yes', 1, 2)", "not a Boolean", 4)]
    [InlineData("(1 | 2) + 1", "there are several", 3)]
    [InlineData("type().surname", "A type has no 'surname'", 7)]
    [InlineData("defineVariable('sct', 1)", "There is a '%sct' already", 15)]
    [InlineData("select(defineVariable('x', 1)).select(%x)", "'%x' is not known", 38)]
    [InlineData("name as Unknown", "The type 'Unknown' is not known", 5)]
    [InlineData("name.first(1)", "first() takes 0 arguments", 5)]
    [InlineData("%unknown", "'%unknown' is not known", 0)]
    public void What_has_no_meaning_is_refused_when_compiling(string text, string message, int position)
    {
        Assert.False(FhirPath.TryCompile(text, FhirDefinitions.R4, FhirDefinitions.R4.Type("Patient"), out _, out var error));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Theory]
    [InlineData("name.given + 'x'", 11)]
    [InlineData("name.single()", 5)]
    [InlineData("name.as(HumanName).use", 5)]
    [InlineData("1.repeat($this + 1)", 2)]
    public void What_does_not_fit_the_data_is_an_error_with_its_position(string text, int position)
    {
        var document = Extraction.Read(Patient);
        Assert.True(FhirPath.TryCompile(text, FhirDefinitions.R4, document.Type, out var path, out _));
        var values = new PathCollection();
        Assert.False(path.TryEvaluate(document.Root, values, out var error));
        Assert.Equal(position, error.Position);
        Assert.Empty(values);
    }

    [Theory]
    [InlineData("name.given", "B, C, B")]
    [InlineData("Patient.name.family", "A")]
    [InlineData("Observation.status", "")]
    public void An_expression_compiled_without_a_type_works_on_any(string text, string expected) => Assert.Equal(expected, Evaluate(text, Patient, null));

    private static string Evaluate(string text, string json, string? type)
    {
        var document = Extraction.Read(json);
        Assert.True(FhirPath.TryCompile(text, FhirDefinitions.R4, type is null ? null : FhirDefinitions.R4.Type(type), out var path, out var error), error?.ToString());
        var values = new PathCollection();
        Assert.True(path.TryEvaluate(document.Root, values, out error), error?.ToString());
        return string.Join(", ", values);
    }
}
