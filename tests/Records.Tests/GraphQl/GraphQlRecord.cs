using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>A record with the patient of the specification's examples, and some around him.</summary>
public sealed class GraphQlRecord : RecordServer, IAsyncLifetime
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off")];

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        foreach (var resource in Resources)
        {
            await Fhir.StoreAsync(JsonNode.Parse(resource)!);
        }
    }

    private static readonly string[] Resources =
    [
        """
        {"resourceType":"Patient","id":"example","active":true,"gender":"male","birthDate":"1974-12-25",
         "_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
         "identifier":[{"use":"usual","system":"urn:oid:1.2.36.146.595.217.0.1","value":"12345"}],
         "name":[{"use":"official","family":"Chalmers","given":["Peter","James"]},{"use":"usual","given":["Jim"]},{"use":"maiden","family":"Windsor","given":["Peter","James"],"_given":[null,{"extension":[{"url":"http://example.org/x","valueString":"second"}]}]}],
         "telecom":[{"use":"home","system":"phone","value":"1"},{"use":"work","system":"phone","value":"2"}],
         "contact":[{"name":{"family":"du Marché"},"gender":"female"}],
         "extension":[{"url":"http://myextension.url/details","valueString":"some value"},{"url":"http://other.example","valueInteger":3}],
         "generalPractitioner":[{"reference":"Practitioner/gp"},{"display":"somebody"}],"managingOrganization":{"reference":"Organization/gone"}}
        """,
        """{"resourceType":"Practitioner","id":"gp","name":[{"family":"Doctor"}],"qualification":[{"code":{"text":"MD"}}]}""",
        """{"resourceType":"Patient","id":"second","active":false,"name":[{"family":"Miller, Anna"}],"birthDate":"1980-01-01","link":[{"other":{"reference":"Patient/example"},"type":"seealso"}]}""",
        """{"resourceType":"Group","id":"group","type":"person","actual":true,"name":"A group"}""",
        """{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Asthma"},"subject":{"reference":"Patient/example"},"recordedDate":"2026-01-01"}""",
        """{"resourceType":"Condition","id":"c2","clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"text":"Flu"},"subject":{"reference":"Patient/example"},"recordedDate":"2026-02-01"}""",
        """{"resourceType":"Condition","id":"c3","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Cold"},"subject":{"reference":"Patient/second"},"recordedDate":"2026-03-01"}""",
        """{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/example"},"performer":[{"reference":"Practitioner/gp"},{"reference":"Patient/example"}],"valueQuantity":{"value":185.00,"unit":"lbs","code":"[lb_av]","system":"http://unitsofmeasure.org"}}""",
        """{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"x"},"subject":{"reference":"Group/group"},"valueQuantity":{"value":1.0E+2}}""",
        """
        {"resourceType":"Observation","id":"o3","status":"final","code":{"text":"x"},"contained":[{"resourceType":"Patient","id":"inside","birthDate":"2001-01-01"},{"resourceType":"Medication","id":"pill","code":{"text":"Aspirin"}}],
         "subject":{"reference":"#inside"},"focus":[{"reference":"Patient/example/_history/1"},{"reference":"http://elsewhere.example/Patient/9"}]}
        """,
        """{"resourceType":"List","id":"long","status":"current","mode":"working","entry":[{"item":{"display":"0"}},{"item":{"display":"1"}},{"item":{"display":"2"}},{"item":{"display":"3"}},{"item":{"display":"4"}}]}""",
    ];
}
