using System.Text;
using Salus.Fhir.Definitions;
using Salus.Records.Patch;
using Salus.Records.Patch.FhirPath;

namespace Salus.Records.Tests.Patch;

/// <summary>FHIRPath Patch on resources as text. An operation is written as its parts: <c>type path name value ...</c>.</summary>
public sealed class FhirPathPatchTests
{
    [Theory]
    // primitives
    [InlineData("""{"resourceType":"Patient","birthDate":"1920-01-01"}""", """replace|Patient.birthDate||"valueDate":"1930-01-01" """, """{"resourceType":"Patient","birthDate":"1930-01-01"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1920-01-01","active":true}""", "delete|Patient.birthDate||", """{"resourceType":"Patient","active":true}""")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|birthDate|"valueDate":"1930-01-01" """, """{"resourceType":"Patient","birthDate":"1930-01-01"}""")]
    [InlineData("""{"resourceType":"Patient"}""", "delete|Patient.birthDate||", """{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1920","_birthDate":{"id":"b"}}""", "delete|Patient.birthDate||", """{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","_birthDate":{"id":"b"}}""", "delete|Patient.birthDate||", """{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1920"}""", """replace|Patient.birthDate||"valueDate":"1930","_valueDate":{"id":"c"}""", """{"resourceType":"Patient","birthDate":"1930","_birthDate":{"id":"c"}}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1920"}""", """add|Patient.birthDate|extension|"valueExtension":{"url":"http://x","valueString":"y"}""", """{"resourceType":"Patient","birthDate":"1920","_birthDate":{"extension":[{"url":"http://x","valueString":"y"}]}}""")]
    // nested
    [InlineData("""{"resourceType":"Patient","contact":[{"name":{"text":"a"},"gender":"male"}]}""", """replace|Patient.contact[0].gender||"valueCode":"female" """, """{"resourceType":"Patient","contact":[{"name":{"text":"a"},"gender":"female"}]}""")]
    [InlineData("""{"resourceType":"Patient","contact":[{"name":{"text":"a"},"gender":"male"}]}""", "delete|Patient.contact[0].gender||", """{"resourceType":"Patient","contact":[{"name":{"text":"a"}}]}""")]
    [InlineData("""{"resourceType":"Patient","contact":[{"name":{"text":"a"}}]}""", """add|Patient.contact[0]|gender|"valueCode":"male" """, """{"resourceType":"Patient","contact":[{"name":{"text":"a"},"gender":"male"}]}""")]
    [InlineData("""{"resourceType":"Patient","contact":[{"gender":"male"}],"active":true}""", "delete|Patient.contact[0].gender||", """{"resourceType":"Patient","active":true}""")]
    [InlineData("""{"resourceType":"Patient","contact":[{"name":{"text":"a"}},{"gender":"male"}]}""", "delete|Patient.contact.where(gender = 'male')||", """{"resourceType":"Patient","contact":[{"name":{"text":"a"}}]}""")]
    // complex
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|maritalStatus|"valueCodeableConcept":{"text":"married"}""", """{"resourceType":"Patient","maritalStatus":{"text":"married"}}""")]
    [InlineData("""{"resourceType":"Patient","maritalStatus":{"text":"not"},"active":true}""", """replace|Patient.maritalStatus||"valueCodeableConcept":{"text":"married"}""", """{"resourceType":"Patient","maritalStatus":{"text":"married"},"active":true}""")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|contact|"part":[{"name":"name","valueHumanName":{"text":"a name"}},{"name":"telecom","valueContactPoint":{"value":"1"}},{"name":"telecom","valueContactPoint":{"value":"2"}}]""", """{"resourceType":"Patient","contact":[{"name":{"text":"a name"},"telecom":[{"value":"1"},{"value":"2"}]}]}""")]
    [InlineData("""{"resourceType":"Patient","contact":[{"name":{"text":"a"}}],"active":true}""", "delete|Patient.contact[0]||", """{"resourceType":"Patient","active":true}""")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|contained|"resource":{"resourceType":"Organization","id":"o"}""", """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}]}""")]
    // choices
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|deceased|"valueBoolean":true""", """{"resourceType":"Patient","deceasedBoolean":true}""")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":true}""", """replace|Patient.deceased||"valueDateTime":"2020-01-01" """, """{"resourceType":"Patient","deceasedDateTime":"2020-01-01"}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50}}""", """replace|Observation.value||"valueQuantity":{"value":2.500}""", """{"resourceType":"Observation","status":"final","valueQuantity":{"value":2.500}}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50}}""", """replace|Observation.value.ofType(Quantity).value||"valueDecimal":3.00""", """{"resourceType":"Observation","status":"final","valueQuantity":{"value":3.00}}""")]
    // lists
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", """add|Patient|identifier|"valueIdentifier":{"value":"3"}""", """{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", """insert|Patient.identifier|#0|"valueIdentifier":{"value":"3"}""", """{"resourceType":"Patient","identifier":[{"value":"3"},{"value":"1"},{"value":"2"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", """insert|Patient.identifier|#2|"valueIdentifier":{"value":"3"}""", """{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""")]
    [InlineData("""{"resourceType":"Patient"}""", """insert|Patient.identifier|#0|"valueIdentifier":{"value":"3"}""", """{"resourceType":"Patient","identifier":[{"value":"3"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", "delete|Patient.identifier[0]||", """{"resourceType":"Patient","identifier":[{"value":"2"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", """replace|Patient.identifier[1]||"valueIdentifier":{"value":"3"}""", """{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"3"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""", "move|Patient.identifier|3>1|", """{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""", "3 items")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""", "move|Patient.identifier|2>0|", """{"resourceType":"Patient","identifier":[{"value":"3"},{"value":"1"},{"value":"2"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]}""", "move|Patient.identifier|0>2|", """{"resourceType":"Patient","identifier":[{"value":"2"},{"value":"3"},{"value":"1"}]}""")]
    // lists of primitives whose extensions stand beside them
    [InlineData("""{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"id":"b"}]}]}""", """insert|Patient.name[0].given|#1|"valueString":"c" """, """{"resourceType":"Patient","name":[{"given":["a","c","b"],"_given":[null,null,{"id":"b"}]}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"id":"b"}]}]}""", "move|Patient.name.given|0>1|", """{"resourceType":"Patient","name":[{"given":["b","a"],"_given":[{"id":"b"},null]}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"id":"b"}]}]}""", "delete|Patient.name.given[1]||", """{"resourceType":"Patient","name":[{"given":["a"]}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["a"]}]}""", """add|Patient.name|given|"valueString":"b","_valueString":{"id":"x"}""", """{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"id":"x"}]}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["a"]}]}""", """replace|Patient.name.given||"valueString":"b","_valueString":{"id":"x"}""", """{"resourceType":"Patient","name":[{"given":["b"],"_given":[{"id":"x"}]}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"_given":[{"id":"x"}]}],"active":true}""", "delete|Patient.name.given||", """{"resourceType":"Patient","active":true}""")]
    // what cannot be done
    [InlineData("""{"resourceType":"Patient","birthDate":"1920"}""", """add|Patient|birthDate|"valueDate":"1930" """, "", "use replace")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":true}""", """add|Patient|deceased|"valueDateTime":"1930" """, "", "Patient.deceasedBoolean is there")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|nonsense|"valueDate":"1930" """, "", "no element 'nonsense'")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|deceased|"valueString":"x" """, "", "takes a String")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient.contact|gender|"valueCode":"male" """, "", "selects 0 elements")]
    [InlineData("""{"resourceType":"Patient"}""", """add|Patient|contact|"part":[{"name":"nonsense","valueString":"x"}]""", "", "Patient.contact.nonsense")]
    [InlineData("""{"resourceType":"Patient"}""", """replace|Patient.birthDate||"valueDate":"1930" """, "", "selects 0 elements")]
    [InlineData("""{"resourceType":"Patient"}""", """replace|Patient||"valueDate":"1930" """, "", "PUT")]
    [InlineData("""{"resourceType":"Patient"}""", "delete|Patient||", "", "send DELETE")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", "delete|Patient.identifier||", "", "selects 2 elements")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"}]}""", """insert|Patient.identifier|#2|"valueIdentifier":{"value":"3"}""", "", "1 items")]
    [InlineData("""{"resourceType":"Patient"}""", """insert|Patient.identifier|#1|"valueIdentifier":{"value":"3"}""", "", "empty")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1920"}""", "move|Patient.birthDate|0>0|", "", "list")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1920"}""", """replace|Patient.birthDate.toString()||"valueDate":"1930" """, "", "gives values")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"}]}""", "delete|Patient.identifier.single()||", "", "cannot be evaluated")]
    public void An_operation_does_what_the_specification_says(string before, string operation, string after, string? problem = null)
    {
        var outcome = Parse(Parameters(operation)).Apply(Encoding.UTF8.GetBytes(before), FhirDefinitions.R4);
        if (problem is null)
        {
            Assert.Equal(after, outcome.Failure is null ? Encoding.UTF8.GetString(outcome.Value.Span) : outcome.Failure.ToString());
        }
        else
        {
            Assert.Equal(Kernel.FailureKind.Unprocessable, outcome.Failure?.Kind);
            Assert.Contains(problem, outcome.Failure!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Operations_see_what_those_before_them_made()
    {
        var patch = Parse(Parameters(
            """add|Patient|name|"valueHumanName":{"family":"A"}""", """add|Patient.name[0]|given|"valueString":"x" """, """insert|Patient.name.given|#0|"valueString":"y" """, "delete|Patient.name.family||"));
        Assert.Equal("""{"resourceType":"Patient","name":[{"given":["y","x"]}]}""", Encoding.UTF8.GetString(patch.Apply("""{"resourceType":"Patient"}"""u8.ToArray(), FhirDefinitions.R4).Value.Span));
    }

    [Theory]
    [InlineData("""{"name":"operations","part":[]}""", "Parameters.parameter[0]")]
    [InlineData("""{"name":"operation"}""", "type")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"remove"},{"name":"path","valueString":"Patient"}]}""", "'remove'")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"delete"}]}""", "path")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"type","valueCode":"delete"}]}""", "twice")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"x"}]}""", "value")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"move"},{"name":"path","valueString":"Patient.name"},{"name":"source","valueInteger":-1},{"name":"destination","valueInteger":0}]}""", "source")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.name"},{"name":"index","valueString":"0"},{"name":"value","valueString":"x"}]}""", "index")]
    public void What_is_no_operation_is_refused_as_invalid(string parameter, string message)
    {
        var failure = FhirPathPatch.Parse(Encoding.UTF8.GetBytes($$"""{"resourceType":"Parameters","parameter":[{{parameter}}]}"""), 10_000).Failure;
        Assert.Equal(Kernel.FailureKind.Invalid, failure!.Kind);
        Assert.Contains(message, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_patch_and_a_path_that_is_none_are_refused()
    {
        Assert.NotNull(FhirPathPatch.Parse("""{"resourceType":"Parameters"}"""u8.ToArray(), 10_000).Failure);
        Assert.Equal(Kernel.FailureKind.Invalid, Parse(Parameters("delete|Patient..||")).Apply("""{"resourceType":"Patient"}"""u8.ToArray(), FhirDefinitions.R4).Failure?.Kind);
        Assert.Equal(Kernel.FailureKind.Invalid, Parse(Parameters("delete|Patient.nonsense||")).Apply("""{"resourceType":"Patient"}"""u8.ToArray(), FhirDefinitions.R4).Failure?.Kind);
    }

    private static PatchDocument Parse(string parameters) => FhirPathPatch.Parse(Encoding.UTF8.GetBytes(parameters), 10_000_000).Value;

    internal static string Parameters(params string[] operations) => $$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', operations.Select(Operation))}}]}""";

    // type|path|name, #index or source>destination|value
    private static string Operation(string text)
    {
        var parts = text.Split('|', 4);
        var json = new List<string> { $$"""{"name":"type","valueCode":"{{parts[0]}}"}""", $$"""{"name":"path","valueString":"{{parts[1]}}"}""" };
        if (parts[2].StartsWith('#'))
        {
            json.Add($$"""{"name":"index","valueInteger":{{parts[2][1..]}}}""");
        }
        else if (parts[2].Contains('>', StringComparison.Ordinal))
        {
            json.Add($$"""{"name":"source","valueInteger":{{parts[2].Split('>')[0]}}}""");
            json.Add($$"""{"name":"destination","valueInteger":{{parts[2].Split('>')[1]}}}""");
        }
        else if (parts[2].Length > 0)
        {
            json.Add($$"""{"name":"name","valueString":"{{parts[2]}}"}""");
        }

        if (parts[3].Length > 0)
        {
            json.Add($$"""{"name":"value",{{parts[3]}}}""");
        }

        return $$"""{"name":"operation","part":[{{string.Join(',', json)}}]}""";
    }
}
