namespace Salus.Records.Tests.BadInput;

/// <summary>One kind of request that is fuzzed, with valid texts to begin from.</summary>
/// <param name="Name">Also the name of its folder in the corpus.</param>
/// <param name="Method">How each text is sent.</param>
/// <param name="Path">Below <c>/fhir</c>.</param>
/// <param name="ContentType">Of the text; null for texts that are the path themselves.</param>
internal sealed record FuzzKind(string Name, HttpMethod Method, string Path, string? ContentType, params string[] Seeds);

internal static class FuzzSeeds
{
    private const string Json = "application/fhir+json";

    /// <summary>What the requests of all kinds are about.</summary>
    public static readonly string[] Resources =
    [
        """{"resourceType":"Organization","id":"f","name":"Fuzz"}""",
        """{"resourceType":"Patient","id":"f","identifier":[{"system":"http://mrn","value":"1"}],"name":[{"family":"Fuzz","given":["A","B"],"_given":[null,{"id":"x"}]}],"birthDate":"1980-01-01","contact":[{"telecom":[{"system":"phone","value":"1"}]}],"managingOrganization":{"reference":"Organization/f"}}""",
        """{"resourceType":"Observation","id":"f","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/f"},"effectiveDateTime":"2026-01-01","valueQuantity":{"value":61,"code":"/min","system":"http://unitsofmeasure.org"}}""",
        """{"resourceType":"CodeSystem","id":"f","url":"http://example.org/fuzz","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"a","display":"Alpha","concept":[{"code":"b","display":"Beta","property":[{"code":"parent","valueCode":"a"}]}]},{"code":"c"}]}""",
        """{"resourceType":"ValueSet","id":"f","url":"http://example.org/fuzz-set","status":"active","compose":{"include":[{"system":"http://example.org/fuzz"}]}}""",
    ];

    public static readonly FuzzKind[] Kinds =
    [
        new("json-patch", HttpMethod.Patch, "Patient/f", "application/json-patch+json",
            """[{"op":"test","path":"/name/0/family","value":"Fuzz"},{"op":"replace","path":"/birthDate","value":"1981"},{"op":"add","path":"/name/0/given/-","value":"C"},{"op":"remove","path":"/name/0/given/2"}]""",
            """[{"op":"copy","from":"/name/0","path":"/name/1"},{"op":"move","from":"/contact/0","path":"/contact/-"},{"op":"remove","path":"/name/1"},{"op":"add","path":"/active","value":true}]"""),
        new("fhirpath-patch", HttpMethod.Patch, "Patient/f", Json,
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.birthDate"},{"name":"value","valueDate":"1982-02-02"}]},{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient.name[0]"},{"name":"name","valueString":"text"},{"name":"value","valueString":"x"}]},{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Patient.name[0].text"}]}]}""",
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.name.given"},{"name":"index","valueInteger":0},{"name":"value","valueString":"Z"}]},{"name":"operation","part":[{"name":"type","valueCode":"move"},{"name":"path","valueString":"Patient.name.given"},{"name":"source","valueInteger":0},{"name":"destination","valueInteger":1}]},{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"name","valueHumanName":{"text":"c"}}]}]}]}"""),
        new("bundle", HttpMethod.Post, "", Json,
            """{"resourceType":"Bundle","type":"transaction","link":[{"relation":"self","url":"http://example.org"}],"entry":[{"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a","resource":{"resourceType":"Patient","identifier":[{"system":"http://mrn","value":"2"}],"link":[{"other":{"reference":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0b"},"type":"seealso"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=http://mrn|2"}},{"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0b","resource":{"resourceType":"Patient","link":[{"other":{"reference":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"},"type":"seealso"}],"managingOrganization":{"reference":"Organization?name=Fuzz"}},"request":{"method":"PUT","url":"Patient?identifier=http://mrn|3"}},{"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W3sib3AiOiJhZGQiLCJwYXRoIjoiL2FjdGl2ZSIsInZhbHVlIjp0cnVlfV0="},"request":{"method":"PATCH","url":"Patient/f"}},{"request":{"method":"DELETE","url":"Patient?identifier=http://mrn|4"}},{"request":{"method":"GET","url":"Patient?_id=f&_include=Patient:organization&_revinclude=Observation:subject"}}]}""",
            """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation?subject:Patient.organization.name=Fuzz&_sort=-date&_count=2","ifNoneMatch":"W/\"1\"","ifModifiedSince":"2026-01-01T00:00:00Z"}},{"request":{"method":"GET","url":"Patient/f/$everything?_count=1"}},{"request":{"method":"HEAD","url":"metadata"}},{"resource":{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient","id":"1"}}]},"request":{"method":"POST","url":"Bundle"}},{"request":{"method":"GET","url":"Patient?_has:Observation:subject:code=8867-4"}}]}"""),
        new("xml", HttpMethod.Put, "Patient/x", "application/fhir+xml",
            """<Patient xmlns="http://hl7.org/fhir"><id value="x"/><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div></text><contained><Organization><id value="o"/><name value="&lt;o>"/></Organization></contained><extension url="http://e"><valueQuantity><value value="1.50"/></valueQuantity></extension><name id="n"><family value="F"/><given value="A"/><given><extension url="http://u"><valueBoolean value="true"/></extension></given></name><birthDate value="1980-01-01"/><managingOrganization><reference value="#o"/></managingOrganization></Patient>""",
            """<?xml version="1.0" encoding="UTF-8"?><!-- a --><f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="x"/><f:active value="true"/><f:deceasedDateTime value="2020-01-01T00:00:00Z"/><f:contact><f:telecom><f:system value="phone"/><f:value value="&#x31;"/></f:telecom></f:contact></f:Patient>"""),
        new("expand", HttpMethod.Post, "ValueSet/$expand", Json,
            """{"resourceType":"Parameters","parameter":[{"name":"filter","valueString":"a"},{"name":"count","valueInteger":2},{"name":"offset","valueInteger":0},{"name":"valueSet","resource":{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"http://example.org/fuzz","filter":[{"property":"concept","op":"is-a","value":"a"}]},{"system":"http://example.org/fuzz","concept":[{"code":"c","display":"Gamma"}]},{"valueSet":["http://example.org/fuzz-set"]}],"exclude":[{"system":"http://example.org/fuzz","filter":[{"property":"display","op":"regex","value":"B.*"}]}]}}}]}""",
            """{"resourceType":"Parameters","parameter":[{"name":"activeOnly","valueBoolean":true},{"name":"valueSet","resource":{"resourceType":"ValueSet","url":"http://example.org/self","status":"active","compose":{"inactive":false,"include":[{"valueSet":["http://example.org/fuzz-set"]},{"system":"http://hl7.org/fhir/administrative-gender","filter":[{"property":"concept","op":"in","value":"male,female"}]}]}}}]}"""),
        new("profile", HttpMethod.Post, "StructureDefinition", Json,
            """{"resourceType":"StructureDefinition","url":"http://example.org/fuzz-profile","name":"F","status":"active","kind":"resource","abstract":false,"type":"Observation","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","derivation":"constraint","differential":{"element":[{"id":"Observation","path":"Observation","constraint":[{"key":"f-1","severity":"error","human":"h","expression":"code.exists()"}]},{"id":"Observation.category","path":"Observation.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}},{"id":"Observation.category:a","path":"Observation.category","sliceName":"a","max":"1","patternCodeableConcept":{"coding":[{"code":"a"}]}},{"id":"Observation.category:a.coding","path":"Observation.category.coding","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"closed"}},{"id":"Observation.category:a.coding:b","path":"Observation.category.coding","sliceName":"b","min":1},{"id":"Observation.category:a.coding:b.system","path":"Observation.category.coding.system","fixedUri":"http://b"}]}}"""),
        new("search", HttpMethod.Get, "", null,
            "Patient?name:contains=fuz&birthdate=ge1980&_sort=-birthdate,family&_count=2&_include=Patient:organization&_total=accurate",
            "Observation?subject:Patient.organization.name=Fuzz&code=http://loinc.org|8867-4&value-quantity=gt60|http://unitsofmeasure.org|/min",
            "Patient?_has:Observation:subject:code=8867-4&identifier:of-type=a|b|c&_elements=name&_format=xml",
            "Observation?component-code-value-quantity=8480-6$gt140&code:not=1&date=sa2020&_revinclude=Provenance:target&_include:iterate=*",
            "Location?near=47.1|8.5|10|km&_cursor=WyIxIl0&_summary=data&address:exact=a\\,b",
            "Patient?_filter=name co \"fuz\" and (birthdate ge 1980-01 or not (gender pr true)) and organization[name eq Fuzz].partof pr false",
            "Observation?_filter=subject:Patient.organization.name sw f and value-quantity gt 60|ucum|/min or code eq loinc|8867-4&_count=1",
            "Observation?_filter=(code-value-quantity eq loinc|8867-4$61) and date po 2026 and code ne x&_filter=status eq \"final\"",
            "Patient?_text=a -b&_list=f&_id=f,g&_lastUpdated=gt2020-01-01T00:00:00Z&_tag:not=a|b"),
    ];
}
