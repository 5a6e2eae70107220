using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>The examples of http://hl7.org/fhir/R4/graphql.html, where they are of R4 and GraphQL.</summary>
public sealed class SpecificationTests(GraphQlRecord server) : IClassFixture<GraphQlRecord>
{
    private const string Example = "Patient/example";
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData(Example, "{ name { text given family } }", """{"name":[{"given":["Peter","James"],"family":"Chalmers"},{"given":["Jim"]},{"given":["Peter","James"],"family":"Windsor"}]}""")]
    [InlineData("Observation/o1", "{ valueQuantity { value unit } }", """{"valueQuantity":{"value":185.00,"unit":"lbs"}}""")]
    [InlineData("Observation/o2", "{ valueQuantity { value unit } }", """{"valueQuantity":{"value":1.0E+2}}""")]
    [InlineData(Example, "{ birthDate _birthDate { extension { valueDateTime } } }", """{"birthDate":"1974-12-25","_birthDate":{"extension":[{"valueDateTime":"1974-12-25T14:35:45-05:00"}]}}""")]
    [InlineData(Example, "{ name(use: maiden) { given _given { extension { valueString } } } }", """{"name":[{"given":["Peter","James"],"_given":[null,{"extension":[{"valueString":"second"}]}]}]}""")]
    [InlineData(Example, """{ name(fhirpath: "family.exists()") { family } }""", """{"name":[{"family":"Chalmers"},{"family":"Windsor"}]}""")]
    [InlineData(Example, """{ name(fhirpath: "$index = 1") { given } }""", """{"name":[{"given":["Jim"]}]}""")]
    [InlineData(Example, "{ name(use: official) { given } }", """{"name":[{"given":["Peter","James"]}]}""")]
    [InlineData(Example, """{ name(given: "Jim") { use } }""", """{"name":[{"use":"usual"}]}""")]
    [InlineData(Example, """{ name(use: [official, usual], family: "Chalmers") { use } }""", """{"name":[{"use":"official"}]}""")]
    [InlineData(Example, """{ myext: extension(url: "http://myextension.url/details") @flatten { value: valueString @singleton } }""", """{"value":"some value"}""")]
    [InlineData("List/long", "{ entry(_count: 2, _offset: 1) { item { display } } }", """{"entry":[{"item":{"display":"1"}},{"item":{"display":"2"}}]}""")]
    [InlineData("List/long", "{ entry(_offset: 9) { item { display } } }", "{}")]
    [InlineData("Observation/o1", "{ subject { reference, resource {active} } }", """{"subject":{"reference":"Patient/example","resource":{"active":true}}}""")]
    [InlineData("Observation/o1", "{ id subject { resource { ...on Patient { birthDate } ...on Group { name } } } code { coding { system code } } }", """{"id":"o1","subject":{"resource":{"birthDate":"1974-12-25"}},"code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]}}""")]
    [InlineData("Observation/o1", "{ subject { resource(type: Patient) { birthDate } resource(type: Group) { name } } }", """{"subject":{"resource":{"birthDate":"1974-12-25"}}}""")]
    [InlineData("Observation/o2", "{ subject { resource(type: Patient) { birthDate } resource(type: Group) { name } } }", """{"subject":{"resource":{"name":"A group"}}}""")]
    [InlineData("Observation/o2", "{ subject { resource(type: Patient) { birthDate } } }", """{"subject":{}}""")]
    [InlineData("Observation/o1", "{ performer { resource { ... on Practitioner { qualification { code { text } } } ... on Patient { id } } } }", """{"performer":[{"resource":{"qualification":[{"code":{"text":"MD"}}]}},{"resource":{"id":"example"}}]}""")]
    [InlineData("Observation/o3", "{ subject { resource { ... on Patient { birthDate } } } }", """{"subject":{"resource":{"birthDate":"2001-01-01"}}}""")]
    [InlineData("Observation/o3", "{ contained { resourceType id ... on Medication { code { text } } } }", """{"contained":[{"resourceType":"Patient","id":"inside"},{"resourceType":"Medication","id":"pill","code":{"text":"Aspirin"}}]}""")]
    [InlineData("Observation/o3", "{ focus { resource(optional: true) { ... on Patient { meta { versionId } } } } }", """{"focus":[{"resource":{"meta":{"versionId":"1"}}},{}]}""")]
    [InlineData(Example, "{ generalPractitioner { resource(optional: true) { ... on Practitioner { name { family } } } } managingOrganization { resource(optional: true) { name } } }", """{"generalPractitioner":[{"resource":{"name":[{"family":"Doctor"}]}},{}],"managingOrganization":{}}""")]
    [InlineData(Example, "{ name(use: official) { family } ConditionList(_reference: patient, _sort: recorded_date) { id code { text } } }", """{"name":[{"family":"Chalmers"}],"ConditionList":[{"id":"c1","code":{"text":"Asthma"}},{"id":"c2","code":{"text":"Flu"}}]}""")]
    [InlineData(Example, "{ ConditionConnection(_reference: patient, _count: 1, _sort: \"-recorded-date\") { count offset pagesize edges { mode resource { id } } } }", """{"ConditionConnection":{"count":2,"offset":0,"pagesize":1,"edges":[{"mode":"match","resource":{"id":"c2"}}]}}""")]
    [InlineData("Condition/c1", "{ ObservationList(_reference: focus) { id } }", """{"ObservationList":[]}""")]
    public async Task Fields_of_a_resource_are_selected(string of, string document, string expected) => Assert.Equal(expected, await fhir.DataAsync(document, of));

    [Theory]
    [InlineData("{ Patient(id: example) { id, active } }", """{"Patient":{"id":"example","active":true}}""")]
    [InlineData("{ ConditionList(clinical_status: active, patient: example) { id } }", """{"ConditionList":[{"id":"c1"}]}""")]
    [InlineData("{ ConditionList(_id: [c1, \"c3\", x], _sort: _id) { id } }", """{"ConditionList":[{"id":"c1"},{"id":"c3"}]}""")]
    [InlineData("{ ConditionList(_filter: \"recorded-date ge 2026-02-01 and clinical-status eq active\") { id } }", """{"ConditionList":[{"id":"c3"}]}""")]
    [InlineData("{ ConditionList(fhirpath: \"code.text = 'Flu'\") { id } }", """{"ConditionList":[{"id":"c2"}]}""")]
    [InlineData("{ PatientList(name: \"Miller, Anna\") { id } }", """{"PatientList":[{"id":"second"}]}""")]
    [InlineData("{ PatientList(general_practitioner: \"Practitioner/gp\") { id } }", """{"PatientList":[{"id":"example"}]}""")]
    [InlineData("{ PatientList(name: \"nobody\") { id } }", """{"PatientList":[]}""")]
    [InlineData("{ ConditionList(_count: 1, _sort: [\"-recorded-date\", \"_id\"]) { id } }", """{"ConditionList":[{"id":"c3"}]}""")]
    [InlineData("{ ConditionConnection(clinical_status: active, patient: example) { count offset pagesize edges { mode, resource { id } } previous next } }", """{"ConditionConnection":{"count":1,"offset":0,"pagesize":20,"edges":[{"mode":"match","resource":{"id":"c1"}}],"previous":null,"next":null}}""")]
    [InlineData("{ ConditionConnection(_count: 0) { count edges { resource { id } } } }", """{"ConditionConnection":{"count":3,"edges":[]}}""")]
    [InlineData("{ a: Patient(id: \"example\") { id } b: Patient(id: \"second\") { link { other { resource { ... on Patient { id } } } } } __typename }", """{"a":{"id":"example"},"b":{"link":[{"other":{"resource":{"id":"example"}}}]},"__typename":"Query"}""")]
    [InlineData("{ PatientList(_sort: _id) { id ConditionList(_reference: patient, _sort: _id) { id subject { resource { ... on Patient { id } } } } } }", """{"PatientList":[{"id":"example","ConditionList":[{"id":"c1","subject":{"resource":{"id":"example"}}},{"id":"c2","subject":{"resource":{"id":"example"}}}]},{"id":"second","ConditionList":[{"id":"c3","subject":{"resource":{"id":"second"}}}]}]}""")]
    [InlineData("{ PatientList(_sort: _id) { ConditionConnection(_reference: subject, _count: 1, _sort: \"-_id\") { count edges { resource { id } } } } }", """{"PatientList":[{"ConditionConnection":{"count":2,"edges":[{"resource":{"id":"c2"}}]}},{"ConditionConnection":{"count":1,"edges":[{"resource":{"id":"c3"}}]}}]}""")]
    public async Task The_system_is_searched(string document, string expected) => Assert.Equal(expected, await fhir.DataAsync(document));

    [Theory]
    [InlineData("{ identifier @flatten { system value } active name @flatten { text given family } }", """{"system":["urn:oid:1.2.36.146.595.217.0.1"],"value":["12345"],"active":true,"given":["Peter","James","Jim","Peter","James"],"family":["Chalmers","Windsor"]}""")]
    [InlineData("{ identifier @flatten { system value } active name @flatten { text given @first family } }", """{"system":["urn:oid:1.2.36.146.595.217.0.1"],"value":["12345"],"active":true,"given":["Peter","Jim","Peter"],"family":["Chalmers","Windsor"]}""")]
    [InlineData("{ identifier @flatten { system @singleton value @singleton } active name @flatten @first { text given family @singleton } }", """{"system":"urn:oid:1.2.36.146.595.217.0.1","value":"12345","active":true,"given":["Peter","James"],"family":"Chalmers"}""")]
    [InlineData("{ name @flatten @slice(fhirpath: \"use\") { given family @singleton } }", """{"given.official":["Peter","James"],"family.official":"Chalmers","given.usual":["Jim"],"given.maiden":["Peter","James"],"family.maiden":"Windsor"}""")]
    [InlineData("{ name @slice(path: \"$index\") @flatten { given @first @singleton family } }", """{"given.0":"Peter","family.0":["Chalmers"],"given.1":"Jim","given.2":"Peter","family.2":["Windsor"]}""")]
    [InlineData("{ telecom @slice(fhirpath: \"use\") { value } }", """{"telecom.home":[{"value":"1"}],"telecom.work":[{"value":"2"}]}""")]
    [InlineData("{ telecom @first { value } }", """{"telecom":{"value":"1"}}""")]
    [InlineData("{ generalPractitioner @first @flatten { resource @flatten { ... on Practitioner { doctor: name @flatten { family @singleton } } } } }", """{"family":"Doctor"}""")]
    public async Task Answers_are_flattened(string document, string expected) => Assert.Equal(expected, await fhir.DataAsync(document, Example));

    [Fact]
    public async Task A_connection_is_read_on_by_its_cursors()
    {
        const string page = "count offset first previous next edges { resource { id } }";
        var first = (await fhir.AskAsync($"{{ ConditionConnection(_sort: _id, _count: 2) {{ {page} }} }}")).Json["data"]!["ConditionConnection"]!;
        Assert.Equal((3, 0), ((int)first["count"]!, (int)first["offset"]!));
        var second = (await fhir.AskAsync($"query($c: String!) {{ ConditionConnection(_cursor: $c) {{ {page} }} }}", variables: new { c = (string)first["next"]! })).Json["data"]!["ConditionConnection"]!;
        Assert.Equal(["c1", "c2"], Ids(first));
        Assert.Equal(["c3"], Ids(second));
        Assert.Null(second["next"]);
        Assert.Null(second["offset"]);
        foreach (var back in new[] { "previous", "first" })
        {
            var again = (await fhir.AskAsync($"query($c: String!) {{ ConditionConnection(cursor: $c) {{ {page} }} }}", variables: new { c = (string)second[back]! })).Json["data"]!["ConditionConnection"]!;
            Assert.Equal(["c1", "c2"], Ids(again));
        }
    }

    [Fact]
    public async Task A_connection_in_a_resource_is_read_on_at_the_level_of_the_system()
    {
        var first = (await fhir.AskAsync("{ ConditionConnection(_reference: patient, _sort: _id, _count: 1) { next edges { resource { id } } } }", "Patient/example")).Json["data"]!["ConditionConnection"]!;
        var second = await fhir.DataAsync("query($c: String!) { ConditionConnection(_cursor: $c) { count next edges { resource { id } } } }", variables: new { c = (string)first["next"]! });
        Assert.Equal(["c1"], Ids(first));
        Assert.Equal("""{"ConditionConnection":{"count":2,"next":null,"edges":[{"resource":{"id":"c2"}}]}}""", second);
    }

    [Theory]
    [InlineData("Observation/o3", "{ focus { resource { ... on Patient { id } } } }", "http://elsewhere.example/Patient/9", "focus,1,resource")]
    [InlineData(Example, "{ managingOrganization { resource { name } } }", "There is no Organization/gone, or none that you may see.", "managingOrganization,resource")]
    [InlineData(Example, "{ generalPractitioner { resource { ... on Practitioner { id } } } }", "says no address", "generalPractitioner,1,resource")]
    [InlineData(Example, "{ name @flatten { family @singleton } }", "@singleton", "name,2,family")]
    [InlineData(Example, "{ name @flatten { use } telecom @flatten { use: value } }", "together as 'use'", "telecom,0,use")]
    [InlineData(Example, "{ name(fhirpath: \"given\") { use } }", "gives several items", "name")]
    public async Task What_cannot_be_answered_is_null_beside_the_rest(string of, string document, string message, string path)
    {
        var answer = await fhir.AskAsync(document.Insert(1, " id "), of);
        Assert.Equal(200, answer.Status);
        Assert.Equal(of.Split('/')[1], (string?)answer.Json["data"]!["id"]);
        var error = answer.Json["errors"]!.AsArray().Single()!;
        Assert.Contains(message, (string?)error["message"], StringComparison.Ordinal);
        Assert.Equal(path, string.Join(',', error["path"]!.AsArray().Select(p => p!.ToString())));
        Assert.Equal("OperationOutcome", (string?)error["extensions"]!["resource"]!["resourceType"]);
        Assert.True((int)error["locations"]![0]!["column"]! > 1);
    }

    private static IEnumerable<string?> Ids(System.Text.Json.Nodes.JsonNode connection) => connection["edges"]!.AsArray().Select(e => (string?)e!["resource"]!["id"]);
}
