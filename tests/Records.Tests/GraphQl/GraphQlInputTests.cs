using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>What is no question, or none that is answered: told with the place, the reason and the way out.</summary>
public sealed class GraphQlInputTests(GraphQlRecord server) : IClassFixture<GraphQlRecord>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("{ Patient(id: \"example\" { id } }", "not GraphQL", 1, 25)]
    [InlineData("nonsense", "not GraphQL", 1, 1)]
    [InlineData("{ Patient(id: \"example\") {\n  nam { family } } }", "Patient has no field 'nam'. Is 'name' meant?", 2, 3)]
    [InlineData("{ Observation(id: x) { value } }", "A choice is asked for by its JSON name: valueQuantity, valueCodeableConcept", 1, 24)]
    [InlineData("{ Patient(id: x) { name { famly } } }", "HumanName has no field 'famly'. Is 'family' meant?", 1, 27)]
    [InlineData("{ Patient(id: x) { contact { nope } } }", "PatientContact has no field 'nope'. It has ", 1, 30)]
    [InlineData("{ Patient(id: x) { name } }", "'name' has fields: say which", 1, 20)]
    [InlineData("{ Patient(id: x) { birthDate { year } } }", "'birthDate' is a single value", 1, 20)]
    [InlineData("{ Patient(id: x) { birthDate(fhirpath: \"true\") } }", "birthDate has no argument 'fhirpath'", 1, 20)]
    [InlineData("{ Patient(id: x) { name(us: official) { family } } }", "name has no argument 'us'.", 1, 20)]
    [InlineData("{ Patient(id: x) { name(period: \"2020\") { family } } }", "name has no argument 'period'.", 1, 20)]
    [InlineData("{ Patient(id: x) { name(fhirpath: \"family.\") { family } } }", "is not an expression", 1, 20)]
    [InlineData("{ Patient(id: x) { name(fhirpath: \"famly.exists()\") { family } } }", "is not an expression", 1, 20)]
    [InlineData("{ Patient(id: x) { name(_count: -1) { family } } }", "takes a whole number from 0", 1, 20)]
    [InlineData("{ Patient(id: x) { name(_count: \"2\") { family } } }", "is the text \"2\"; it takes a whole number", 1, 20)]
    [InlineData("{ Patient(id: x) { name { family } name(use: official) { family } } }", "'name' stands for two different things", 1, 36)]
    [InlineData("{ Patient(id: x) { a: gender a: birthDate } }", "'a' stands for two different things", 1, 30)]
    [InlineData("{ Patient { id } }", "Patient takes 'id'", 1, 3)]
    [InlineData("{ Patient(id: x, name: y) { id } }", "Patient has no argument 'name'", 1, 3)]
    [InlineData("{ Pateint(id: x) { id } }", "Is 'Patient' meant?", 1, 3)]
    [InlineData("{ PatientList(nam: x) { id } }", "PatientList has no argument 'nam'. Is 'name' meant?", 1, 3)]
    [InlineData("{ PatientList(_include: \"Patient:link\") { id } }", "no argument '_include'", 1, 3)]
    [InlineData("{ PatientList(_offset: 3) { id } }", "PatientConnection", 1, 3)]
    [InlineData("{ PatientList(_count: 0) { id } }", "whole number from 1", 1, 3)]
    [InlineData("{ PatientList(name: null) { id } }", "'name' of PatientList is null", 1, 3)]
    [InlineData("{ PatientList(name: {a: 1}) { id } }", "'name' of PatientList is an object", 1, 3)]
    [InlineData("{ PatientList(name: \"a\", name: \"b\") { id } }", "stands there twice", 1, 3)]
    [InlineData("{ PatientList(_sort: \"shoe-size\") { id } }", "no search parameter 'shoe-size'", 1, 3)]
    [InlineData("{ PatientList(_filter: \"name xx y\") { id } }", "PatientList: ", 1, 3)]
    [InlineData("{ PatientList(_reference: link) { id } }", "takes _reference in a resource alone", 1, 3)]
    [InlineData("{ PatientConnection(_cursor: \"x\") { count } }", "none that PatientConnection has given", 1, 3)]
    [InlineData("{ PatientConnection(_cursor: \"x\", name: \"y\") { count } }", "'name' beside it", 1, 3)]
    [InlineData("{ Patient(id: x) { ConditionList { id } } }", "takes _reference, the search parameter that leads to it. Those that lead to Patient are: ", 1, 20)]
    [InlineData("{ Patient(id: x) { ConditionList(_reference: encounter) { id } } }", "no search parameter of Condition that leads to Patient", 1, 20)]
    [InlineData("{ Patient(id: x) { ConditionConnection(_reference: patient, _cursor: \"x\") { count } } }", "no cursor here", 1, 20)]
    [InlineData("{ PatientConnection { total } }", "PatientConnection has no field 'total'. Those are count", 1, 23)]
    [InlineData("{ Observation(id: x) { subject { resource(type: Pateint) { id } } } }", "Is 'Patient' meant?", 1, 34)]
    [InlineData("{ Observation(id: x) { subject { resource(type: Medication) { id } } } }", "never leads to Medication", 1, 34)]
    [InlineData("{ Observation(id: x) { subject { resource { nonsense } } } }", "has no field 'nonsense'", 1, 45)]
    [InlineData("{ Observation(id: x) { subject { resource { ... on Medication { id } } } } }", "A fragment on Medication says nothing of", 1, 45)]
    [InlineData("{ Patient(id: x) { ... on Nothing { id } } }", "'Nothing' is no type of FHIR R4", 1, 20)]
    [InlineData("{ Patient(id: x) { ... F } }", "no fragment 'F'", 1, 20)]
    [InlineData("{ Patient(id: x) { id @nothing } }", "There is no directive @nothing. Known are @include", 1, 20)]
    [InlineData("{ Patient(id: x) { id @include } }", "@include takes 'if'", 1, 20)]
    [InlineData("{ Patient(id: x) { id @skip(if: 1) } }", "it takes true or false", 1, 20)]
    [InlineData("{ Patient(id: x) { id @flatten } }", "@flatten at 'id' has nothing", 1, 20)]
    [InlineData("{ Patient(id: x) { name @slice { family } } }", "@slice takes 'fhirpath'", 1, 20)]
    [InlineData("{ Patient(id: x) { name @slice(fhirpath: \"(\") { family } } }", "is not an expression", 1, 20)]
    [InlineData("query @include(if: true) { Patient(id: x) { id } }", "An operation takes no directives", 1, 7)]
    [InlineData("{ Patient(id: $id) { id } }", "declares no variable $id", 1, 15)]
    [InlineData("query($id: Thing) { Patient(id: $id) { id } }", "'Thing' is not a type of variables", 1, 12)]
    [InlineData("query($id: String, $id: String) { Patient(id: $id) { id } }", "declared twice", 1, 20)]
    [InlineData("query($id: String!) { Patient(id: $id) { id } }", "$id is required (String!) and has no value", 1, 7)]
    [InlineData("query($name: String) { PatientList(name: $name) { id } }", "the variable $name, which has no value", 1, 24)]
    [InlineData("query($n: Int = \"x\") { PatientList(_count: $n) { id } }", "it takes a value of type Int", 1, 7)]
    [InlineData("{ __schema { types { name } } }", "There is no introspection", 1, 3)]
    [InlineData("{ Patient(id: x) { id __type(name: \"Patient\") { name } } }", "There is no introspection", 1, 23)]
    [InlineData("mutation { PatientDelete(id: x) { id } }", "A mutation is not supported: $graphql reads. Write with POST", 1, 1)]
    [InlineData("subscription { PatientList { id } }", "A subscription is not supported", 1, 1)]
    [InlineData("type Patient { id: ID }\n{ Patient(id: x) { id } }", "types are defined by FHIR", 1, 1)]
    [InlineData("fragment F on Patient { id }", "The document has no operation", 0, 0)]
    [InlineData("query A { __typename } query B { __typename }", "Name one of them in operationName", 0, 0)]
    [InlineData("query A { __typename } query A { __typename }", "defined twice", 1, 24)]
    [InlineData("fragment F on Patient { ...G } fragment G on Patient { link { other { resource { ...F } } } } { Patient(id: x) { ...F } }", "Fragments use themselves: F, G", 1, 1)]
    [InlineData("fragment F on Patient { ...F } { Patient(id: x) { ...F } }", "Fragments use themselves: F", 1, 1)]
    public async Task It_is_refused_with_the_place_and_the_reason(string document, string message, int line, int column)
    {
        var answer = await fhir.AskAsync(document);
        answer.RefusedAs(400, message);
        var place = answer.Json["errors"]![0]!["locations"]?[0];
        Assert.Equal((line, column), ((int?)place?["line"] ?? 0, (int?)place?["column"] ?? 0));
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once() =>
        (await fhir.AskAsync("{ Patient(id: x) { nam { family } birthdat name } }")).RefusedAs(400, "'nam'", "'birthdat'", "'name' has fields");

    [Theory]
    [InlineData("query($id: String!, $all: Boolean = false) { Patient(id: $id) { id active @include(if: $all) gender @skip(if: $all) } }", """{"id":"example"}""", """{"Patient":{"id":"example","gender":"male"}}""")]
    [InlineData("query($id: ID!, $all: Boolean!) { Patient(id: $id) { id ... @include(if: $all) { active } } }", """{"id":"example","all":true,"more":1}""", """{"Patient":{"id":"example","active":true}}""")]
    [InlineData("query($ids: [id!]!, $n: Int) { ConditionList(_id: $ids, _sort: _id, _count: $n) { id } }", """{"ids":["c1","c2"],"n":1}""", """{"ConditionList":[{"id":"c1"}]}""")]
    [InlineData("query($ids: [String]) { ConditionList(_id: $ids) { id } }", """{"ids":"c1"}""", """{"ConditionList":[{"id":"c1"}]}""")]
    [InlineData("query($d: date) { ConditionList(recorded_date: $d) { id } }", """{"d":"2026-01-01"}""", """{"ConditionList":[{"id":"c1"}]}""")]
    [InlineData("query($u: code) { Patient(id: example) { name(use: $u) { given } } }", """{"u":"usual"}""", """{"Patient":{"name":[{"given":["Jim"]}]}}""")]
    [InlineData("query($v: decimal) { Observation(id: o1) { valueQuantity(value: $v) { unit } } }", """{"v":185.00}""", """{"Observation":{"valueQuantity":{"unit":"lbs"}}}""")]
    public async Task Variables_are_put_in(string document, string variables, string expected) => Assert.Equal(expected, await fhir.DataAsync(document, variables: JsonNode.Parse(variables)));

    [Theory]
    [InlineData("String!", "null", "it is required")]
    [InlineData("String", "1", "it takes a value of type String")]
    [InlineData("Int", "1.5", "it takes a value of type Int")]
    [InlineData("Int", "3000000000", "it takes a value of type Int")]
    [InlineData("Boolean", "\"true\"", "it takes a value of type Boolean")]
    [InlineData("[String!]", "[null]", "it is required")]
    [InlineData("String", "{}", "is an object")]
    [InlineData("[Int]", "[1,\"a\"]", "it takes a value of type Int")]
    public async Task A_variable_of_another_type_is_refused(string type, string value, string message) =>
        (await fhir.AskAsync($"query($v: {type}) {{ PatientList(name: $v) {{ id }} }}", variables: JsonNode.Parse($"{{\"v\":{value}}}"))).RefusedAs(400, "$v", message);

    [Theory]
    [InlineData("fragment N on HumanName { family given } { Patient(id: example) { name(use: official) { ...N use } } }", """{"Patient":{"name":[{"family":"Chalmers","given":["Peter","James"],"use":"official"}]}}""")]
    [InlineData("{ Patient(id: example) { contact { name { family } } contact { gender name { family } } } }", """{"Patient":{"contact":[{"name":{"family":"du Marché"},"gender":"female"}]}}""")]
    [InlineData("{ Patient(id: example) { ... on Resource { id } ... on DomainResource { __typename } ... { gender } contact { __typename ... on BackboneElement { gender } ... on PatientContact { name { family __typename } } } } }", """{"Patient":{"id":"example","__typename":"Patient","gender":"male","contact":[{"__typename":"PatientContact","gender":"female","name":{"family":"du Marché","__typename":"HumanName"}}]}}""")]
    [InlineData("{ x: Patient(id: example) { born: birthDate also: birthDate } }", """{"x":{"born":"1974-12-25","also":"1974-12-25"}}""")]
    [InlineData("{ Patient(id: example) { resourceType id } }", """{"Patient":{"resourceType":"Patient","id":"example"}}""")]
    [InlineData("{ PatientConnection(_id: example) { __typename edges { __typename score } } }", """{"PatientConnection":{"__typename":"PatientConnection","edges":[{"__typename":"PatientEdge","score":null}]}}""")]
    [InlineData("# a comment\nquery Q { Patient(id: \"\"\"example\"\"\") { id } }", """{"Patient":{"id":"example"}}""")]
    public async Task Fields_and_fragments_are_put_together(string document, string expected) => Assert.Equal(expected, await fhir.DataAsync(document));

    [Fact]
    public async Task One_operation_of_several_is_run_by_its_name()
    {
        const string both = "query A { Patient(id: example) { id } } query B { Patient(id: second) { id } }";
        Assert.Equal("second", (string?)(await fhir.AskAsync(both, operation: "B")).Json["data"]!["Patient"]!["id"]);
        (await fhir.AskAsync(both, operation: "C")).RefusedAs(400, "no operation 'C'. It has: A, B");
    }

    [Fact]
    public async Task The_document_comes_in_the_address_as_json_or_as_itself()
    {
        const string document = "query Q($id: String!) { Patient(id: $id) { id } }";
        var query = $"query={Uri.EscapeDataString(document)}&variables={Uri.EscapeDataString("{\"id\":\"example\"}")}&operationName=Q";
        foreach (var answer in new[]
        {
            await fhir.GetAsync($"$graphql?{query}"), await fhir.GetAsync($"$graphql?{query}&_format=json"), await fhir.GetAsync($"$graphql?{query}", ("Accept", "application/graphql-response+json, application/json;q=0.9")),
            await fhir.SendAsync(HttpMethod.Post, "$graphql?variables=%7B%22id%22%3A%22example%22%7D", FhirClient.Json(Encoding.UTF8.GetBytes(document), "application/graphql")),
            await fhir.AskAsync(document, variables: new { id = "example" }, operation: "Q"),
        })
        {
            Assert.Equal("""{"data":{"Patient":{"id":"example"}}}""", answer.Text);
            Assert.Equal("application/json; charset=utf-8", answer.ContentHeaders.ContentType?.ToString());
        }

        var head = await fhir.SendAsync(HttpMethod.Head, $"$graphql?{query}", null);
        Assert.Equal((200, 0), (head.Status, head.Body.Length));
    }

    [Theory]
    [InlineData("GET", "$graphql", null, null, 400, "There is no document")]
    [InlineData("GET", "$graphql?query=", null, null, 400, "There is no document")]
    [InlineData("GET", "$graphql?query=%7B__typename%7D&name=x", null, null, 400, "no parameter 'name'")]
    [InlineData("GET", "$graphql?query=%7B__typename%7D&query=x", null, null, 400, "stands 2 times")]
    [InlineData("GET", "$graphql?query=%7B__typename%7D&variables=%5B1%5D", null, null, 400, "'variables' is not an object")]
    [InlineData("GET", "$graphql?query=%7B__typename%7D&variables=%7B", null, null, 400, "'variables' is not JSON")]
    [InlineData("GET", "$graphql?query=%7B__typename%7D&_format=xml", null, null, 406, "ask for application/json")]
    [InlineData("POST", "$graphql", "{", "application/json", 400, "The body is not JSON")]
    [InlineData("POST", "$graphql", "[{}]", "application/json", 400, "an array of documents")]
    [InlineData("POST", "$graphql", "{}", "application/json", 400, "no 'query'")]
    [InlineData("POST", "$graphql", """{"query":1}""", "application/json", 400, "no 'query'")]
    [InlineData("POST", "$graphql", """{"query":" "}""", "application/json", 400, "There is no document")]
    [InlineData("POST", "$graphql", """{"query":"{a}","query":"{b}"}""", "application/json", 400, "The body is not JSON")]
    [InlineData("POST", "$graphql", """{"query":"{a}","vars":{}}""", "application/json", 400, "a property 'vars'")]
    [InlineData("POST", "$graphql", """{"query":"{a}","variables":[]}""", "application/json", 400, "'variables' is not an object")]
    [InlineData("POST", "$graphql", """{"query":"{a}","operationName":1}""", "application/json", 400, "'operationName' is not a text")]
    [InlineData("POST", "$graphql?query=x", """{"query":"{a}"}""", "application/json", 400, "Put it there")]
    [InlineData("POST", "$graphql?query=x", "{a}", "application/graphql", 400, "Send it once")]
    [InlineData("POST", "$graphql", "{a}", "text/plain", 415, "application/graphql with the document itself")]
    [InlineData("POST", "$graphql", "", "application/json", 400, "has no body")]
    [InlineData("POST", "Patient/no!id/$graphql", "{id}", "application/graphql", 400, "id")]
    [InlineData("POST", "Patients/1/$graphql", "{id}", "application/graphql", 404, "'Patients' is not a resource type")]
    [InlineData("POST", "Patient/not-there/$graphql", "{id}", "application/graphql", 404, "There is no Patient/not-there")]
    public async Task A_request_that_is_none_is_refused(string method, string path, string? body, string? type, int status, string message) =>
        (await fhir.SendAsync(new HttpMethod(method), path, body is null ? null : FhirClient.Json(Encoding.UTF8.GetBytes(body), type))).RefusedAs(status, message);

    [Theory]
    [InlineData("PUT", "$graphql")]
    [InlineData("DELETE", "Patient/example/$graphql")]
    public async Task Other_methods_are_no_interactions(string method, string path) =>
        Assert.True((await fhir.SendAsync(new HttpMethod(method), path, null)).Status is 404 or 405);

    [Fact]
    public async Task It_is_in_the_capability_statement()
    {
        var rest = (await fhir.GetAsync("metadata")).Json["rest"]![0]!;
        foreach (var operations in new[] { rest["operation"]!, rest["resource"]!.AsArray().First(r => (string?)r!["type"] == "Basic")!["operation"]! })
        {
            Assert.Contains(operations.AsArray(), o => (string?)o!["name"] == "graphql" && (string?)o["definition"] == "http://hl7.org/fhir/OperationDefinition/Resource-graphql");
        }
    }

    [Fact]
    public async Task A_bundle_does_not_carry_it()
    {
        var answer = await fhir.BundleAsync(JsonNode.Parse("""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/example/$graphql?query={id}"}}]}""")!);
        Assert.Equal("404 Not Found", (string?)answer.Entries.Single()["response"]!["status"]);
    }
}
