using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Resources that the tests of every parameter type search in.</summary>
public sealed class SearchServer : RecordServer, IAsyncLifetime
{
    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var json in Resources)
        {
            await Fhir.StoreAsync(Samples.Resource(json));
        }
    }

    private static readonly string[] Resources =
    [
        """{"resourceType":"Patient","id":"p1","name":[{"family":"Müller-Lüdenscheidt","given":["Jörg","Éric"]}],"gender":"male","birthDate":"1970-03-01","identifier":[{"system":"http://mrn","value":"A1"},{"value":"bare"}],"active":true,"telecom":[{"system":"phone","value":"+49 1"},{"system":"email","value":"a@b.c"}],"managingOrganization":{"reference":"Organization/o1"},"generalPractitioner":[{"reference":"Practitioner/x"}]}""",
        """{"resourceType":"Patient","id":"p2","name":[{"family":"Muller","given":["Jorg"]}],"gender":"female","birthDate":"1970-03","identifier":[{"system":"http://other","value":"A1"}],"managingOrganization":{"reference":"Organization/o2"},"generalPractitioner":[{"reference":"Organization/x"}]}""",
        """{"resourceType":"Patient","id":"p3","name":[{"family":"O'Brien, Jr","given":["100%_\\"]}],"gender":"other","birthDate":"1970","active":false,"managingOrganization":{"reference":"http://elsewhere.org/fhir/Organization/o1"}}""",
        """{"resourceType":"Patient","id":"p4","name":[{"text":"van  der \t Berg"}],"deceasedDateTime":"2020-01-01T10:30:00+02:00"}""",
        """{"resourceType":"Organization","id":"o1","name":"First"}""",
        """{"resourceType":"Organization","id":"o2","name":"Second","partOf":{"reference":"Organization/o1"}}""",
        """{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"},"period":{"start":"2020-01-10","end":"2020-01-20"}}""",
        """{"resourceType":"Encounter","id":"e2","status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"},"period":{"start":"2020-01-15"}}""",
        """{"resourceType":"Encounter","id":"e3","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p2"},"period":{"end":"2020-01-12"}}""",
        """{"resourceType":"Encounter","id":"e4","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p2/_history/1"}}""",
        """{"resourceType":"Observation","id":"v1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-1"}]},"valueQuantity":{"value":5.4,"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"},"effectiveDateTime":"2020-05-01T12:00:00Z","subject":{"reference":"Patient/p1"}}""",
        """{"resourceType":"Observation","id":"v2","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-1"},{"code":"local"}]},"valueQuantity":{"value":5.40,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},"effectiveDateTime":"2020-05-01T12:00:00.500Z","subject":{"reference":"Patient/p2"},"derivedFrom":[{"reference":"Observation/v1"}]}""",
        """{"resourceType":"Observation","id":"v3","status":"preliminary","code":{"coding":[{"system":"http://snomed.info/sct","code":"1-1"}]},"valueQuantity":{"value":5.38,"unit":"mg/dL"},"effectivePeriod":{"start":"2020-04-30T22:00:00Z","end":"2020-05-02"}}""",
        """{"resourceType":"Observation","id":"v4","status":"final","code":{"text":"no code"},"valueQuantity":{"value":-100,"system":"http://unitsofmeasure.org","code":"mg/dL"},"effectiveInstant":"2020-05-01T11:59:59.999+00:00"}""",
        """{"resourceType":"RiskAssessment","id":"r1","status":"final","subject":{"reference":"Patient/p1"},"prediction":[{"probabilityDecimal":0.25}]}""",
        """{"resourceType":"RiskAssessment","id":"r2","status":"final","subject":{"reference":"Patient/p1"},"prediction":[{"probabilityDecimal":0.254}]}""",
        """{"resourceType":"RiskAssessment","id":"r3","status":"final","subject":{"reference":"Patient/p1"},"prediction":[{"probabilityDecimal":1}]}""",
        """{"resourceType":"ValueSet","id":"s1","status":"active","url":"http://acme.org/fhir/ValueSet/123"}""",
        """{"resourceType":"ValueSet","id":"s2","status":"active","url":"http://acme.org/fhir/ValueSet/1234/x"}""",
        """{"resourceType":"ValueSet","id":"s3","status":"draft","url":"urn:oid:1.2.3"}""",
        """{"resourceType":"ValueSet","id":"s4","status":"draft"}""",
    ];
}

public sealed class ParameterTests(SearchServer server) : IClassFixture<SearchServer>
{
    [Theory]
    // string: starts with, folded; values by comma are or, parameters are and
    [InlineData("Patient?family=mull", "p1 p2")]
    [InlineData("Patient?family=MÜLLER", "p1 p2")]
    [InlineData("Patient?family=uller", "")]
    [InlineData("Patient?family:contains=ULL", "p1 p2")]
    [InlineData("Patient?family:contains=dénsch", "p1")]
    [InlineData("Patient?family:exact=Muller", "p2")]
    [InlineData("Patient?family:exact=muller", "")]
    [InlineData("Patient?family:exact=Müller-Lüdenscheidt", "p1")]
    [InlineData("Patient?given=eric", "p1")]
    [InlineData("Patient?given=jorg,nobody", "p1 p2")]
    [InlineData("Patient?given=jorg&given=eric", "p1")]
    [InlineData("Patient?family=o'brien\\, jr", "p3")]
    [InlineData("Patient?family=o'brien, jr", "p3")]
    [InlineData("Patient?given:contains=0%25_", "p3")]
    [InlineData("Patient?given:contains=%25", "p3")]
    [InlineData("Patient?given:contains=_", "p3")]
    [InlineData("Patient?given:contains=%5C%5C", "p3")]
    [InlineData("Patient?name=VAN DER BERG", "p4")]
    [InlineData("Patient?name=van%20der", "p4")]
    [InlineData("Patient?family:missing=true", "p4")]
    [InlineData("Patient?family:missing=false", "p1 p2 p3")]
    [InlineData("Patient?name=muller&gender=female", "p2")]
    // token
    [InlineData("Patient?identifier=A1", "p1 p2")]
    [InlineData("Patient?identifier=a1", "")]
    [InlineData("Patient?identifier=http://mrn|A1", "p1")]
    [InlineData("Patient?identifier=http://mrn|", "p1")]
    [InlineData("Patient?identifier=|A1", "")]
    [InlineData("Patient?identifier=|bare", "p1")]
    [InlineData("Patient?identifier=http://nowhere|A1", "")]
    [InlineData("Patient?identifier=http://mrn|A1,http://other|A1", "p1 p2")]
    [InlineData("Patient?gender=male,other", "p1 p3")]
    [InlineData("Patient?gender=http://hl7.org/fhir/administrative-gender|male", "p1")]
    [InlineData("Patient?gender:not=male", "p2 p3 p4")]
    [InlineData("Patient?gender:not=male,female", "p3 p4")]
    [InlineData("Patient?gender:missing=true", "p4")]
    [InlineData("Patient?active=true", "p1")]
    [InlineData("Patient?active=false", "p3")]
    [InlineData("Patient?active:not=true", "p2 p3 p4")]
    [InlineData("Patient?email=a@b.c", "p1")]
    [InlineData("Patient?phone=a@b.c", "")]
    [InlineData("Patient?deceased=true", "p4")]
    [InlineData("Observation?code=1-1", "v1 v2 v3")]
    [InlineData("Observation?code=http://loinc.org|1-1", "v1 v2")]
    [InlineData("Observation?code=|local", "v2")]
    [InlineData("Observation?code=http://loinc.org|,http://snomed.info/sct|", "v1 v2 v3")]
    [InlineData("Observation?code:missing=true", "v4")]
    // date: ranges by precision, of both sides
    [InlineData("Patient?birthdate=1970-03-01", "p1")]
    [InlineData("Patient?birthdate=1970-03", "p1 p2")]
    [InlineData("Patient?birthdate=1970", "p1 p2 p3")]
    [InlineData("Patient?birthdate=ne1970-03-01", "p2 p3")]
    [InlineData("Patient?birthdate=ne1970", "")]
    [InlineData("Patient?birthdate=gt1970-03-01", "p2 p3")]
    [InlineData("Patient?birthdate=ge1970-03-01", "p1 p2 p3")]
    [InlineData("Patient?birthdate=gt1970-03", "p3")]
    [InlineData("Patient?birthdate=lt1970-03-01", "p3")]
    [InlineData("Patient?birthdate=le1970-03-01", "p1 p3")]
    [InlineData("Patient?birthdate=sa1969", "p1 p2 p3")]
    [InlineData("Patient?birthdate=sa1970-02", "p1 p2")]
    [InlineData("Patient?birthdate=eb1970-04", "p1 p2")]
    [InlineData("Patient?birthdate=ge1970-03-01&birthdate=le1970-03-31", "p1 p2 p3")]
    [InlineData("Patient?birthdate:missing=true", "p4")]
    [InlineData("Patient?death-date=2020-01-01T08:30:00Z", "p4")]
    [InlineData("Patient?death-date=2020-01-01T10:30:00%2B02:00", "p4")]
    [InlineData("Patient?death-date=2020-01-01T10:30:00+02:00", "p4")]
    [InlineData("Patient?death-date=2020-01-01T08:30Z", "p4")]
    [InlineData("Encounter?date=2020-01", "e1")]
    [InlineData("Encounter?date=gt2020-01-20", "e2")]
    [InlineData("Encounter?date=ge2020-01-12", "e1 e2")]
    [InlineData("Encounter?date=gt2020-01-11", "e1 e2 e3")]
    [InlineData("Encounter?date=lt2020-01-10", "e3")]
    [InlineData("Encounter?date=lt1900", "e3")]
    [InlineData("Encounter?date=gt2900", "e2")]
    [InlineData("Encounter?date=sa2020-01-14", "e2")]
    [InlineData("Encounter?date=eb2020-01-13", "e3")]
    [InlineData("Encounter?date=eb2020-02", "e1 e3")]
    [InlineData("Observation?date=2020-05-01", "v1 v2 v4")]
    [InlineData("Observation?date=2020-05-01T12:00:00Z", "v1 v2")]
    [InlineData("Observation?date=2020-05-01T12:00:00.500Z", "v2")]
    [InlineData("Observation?date=lt2020-05-01T12:00:00Z", "v3 v4")]
    [InlineData("Observation?date=ge2020-05-01T12:00:00Z", "v1 v2 v3")]
    [InlineData("Observation?date=ap2020-05-01", "v1 v2 v3 v4")]
    // number and quantity: precision is a range
    [InlineData("RiskAssessment?probability=0.25", "r1 r2")]
    [InlineData("RiskAssessment?probability=0.250", "r1")]
    [InlineData("RiskAssessment?probability=1", "r3")]
    [InlineData("RiskAssessment?probability=1e0", "r3")]
    [InlineData("RiskAssessment?probability=gt0.25", "r2 r3")]
    [InlineData("RiskAssessment?probability=ge0.25", "r1 r2 r3")]
    [InlineData("RiskAssessment?probability=lt0.254", "r1")]
    [InlineData("RiskAssessment?probability=le0.254", "r1 r2")]
    [InlineData("RiskAssessment?probability=ne0.25", "r3")]
    [InlineData("RiskAssessment?probability=sa0.254", "r3")]
    [InlineData("RiskAssessment?probability=eb0.254", "r1")]
    [InlineData("RiskAssessment?probability=ap0.26", "r1 r2")]
    [InlineData("RiskAssessment?probability=0.25,1", "r1 r2 r3")]
    [InlineData("Observation?value-quantity=5.4", "v1 v2 v3")]
    [InlineData("Observation?value-quantity=5.40", "v1 v2")]
    [InlineData("Observation?value-quantity=5.4|http://unitsofmeasure.org|mg/dL", "v1")]
    [InlineData("Observation?value-quantity=5.4||mg/dL", "v1 v3")]
    [InlineData("Observation?value-quantity=5.4||mmol/L", "v2")]
    [InlineData("Observation?value-quantity=lt0", "v4")]
    [InlineData("Observation?value-quantity=-100", "v4")]
    [InlineData("Observation?value-quantity=-1e2", "v4")]
    [InlineData("Observation?value-quantity=gt5.39|http://unitsofmeasure.org|", "v1 v2")]
    [InlineData("Observation?value-quantity=ge5.4|http://nowhere|mg/dL", "")]
    // reference
    [InlineData("Patient?organization=Organization/o1", "p1")]
    [InlineData("Patient?organization=o1", "p1")]
    [InlineData("Patient?organization:Organization=o1", "p1")]
    [InlineData("Patient?organization=Organization/o1,Organization/o2", "p1 p2")]
    [InlineData("Patient?organization=http://elsewhere.org/fhir/Organization/o1", "p3")]
    [InlineData("Patient?organization:missing=true", "p4")]
    [InlineData("Patient?organization=Organization/none", "")]
    [InlineData("Patient?general-practitioner=x", "p1 p2")]
    [InlineData("Patient?general-practitioner:Practitioner=x", "p1")]
    [InlineData("Patient?general-practitioner=Organization/x", "p2")]
    [InlineData("Encounter?patient=p1", "e1 e2")]
    [InlineData("Encounter?subject=Patient/p2", "e3 e4")]
    // uri
    [InlineData("ValueSet?url=http://acme.org/fhir/ValueSet/123", "s1")]
    [InlineData("ValueSet?url=http://acme.org/fhir/ValueSet", "")]
    [InlineData("ValueSet?url:below=http://acme.org/fhir", "s1 s2")]
    [InlineData("ValueSet?url=urn:oid:1.2.3,http://acme.org/fhir/ValueSet/123", "s1 s3")]
    [InlineData("ValueSet?url:missing=true", "s4")]
    // what the record itself knows
    [InlineData("Patient?_id=p1", "p1")]
    [InlineData("Patient?_id=p1,p3,none", "p1 p3")]
    [InlineData("Patient?_id=P1", "")]
    [InlineData("Patient?_lastUpdated=gt2001", "p1 p2 p3 p4")]
    [InlineData("Patient?_lastUpdated=lt2001", "")]
    [InlineData("Patient?_lastUpdated=ge2001&_lastUpdated=le2999", "p1 p2 p3 p4")]
    public async Task Finds_exactly(string query, string expected)
    {
        var ids = await server.Fhir.IdsAsync(query);
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
        Assert.Equal(ids.Count, (int)(await server.Fhir.SearchAsync($"{query}&_summary=count")).Json["total"]!);
    }

    [Fact]
    public async Task A_reference_to_this_server_by_its_whole_address_is_the_same_resource()
    {
        Assert.Equal(["p1"], await server.Fhir.IdsAsync($"Patient?organization={server.Fhir.Base}Organization/o1"));
    }

    [Theory]
    [InlineData("Patient?_sort=family", "p2 p1 p3 p4")]
    [InlineData("Patient?_sort=-family", "p3 p1 p2 p4")]
    [InlineData("Patient?_sort=birthdate,-_id", "p3 p2 p1 p4")]
    [InlineData("Patient?_sort=gender,_id", "p2 p1 p3 p4")]
    [InlineData("Patient?_sort=-_id", "p4 p3 p2 p1")]
    [InlineData("Patient?_sort=_lastUpdated", "p1 p2 p3 p4")]
    [InlineData("Patient?_sort=-_lastUpdated", "p4 p3 p2 p1")]
    [InlineData("Patient?_sort=-death-date,_id", "p4 p1 p2 p3")]
    [InlineData("Observation?_sort=value-quantity,_id", "v4 v3 v1 v2")]
    [InlineData("Observation?_sort=-value-quantity,-_id", "v2 v1 v3 v4")]
    [InlineData("Encounter?_sort=date,_id", "e3 e1 e2 e4")]
    [InlineData("Encounter?_sort=-date,_id", "e2 e1 e3 e4")]
    public async Task Sorts_with_missing_values_last_on_every_page_size(string query, string expected)
    {
        foreach (var count in new[] { 1, 2, 3, 100 })
        {
            Assert.Equal(expected, string.Join(' ', await server.Fhir.IdsAsync($"{query}&_count={count}")));
        }
    }

    [Theory]
    [InlineData("Patient?_id=p1,p3&_include=Patient:organization", "Organization/o1")]
    [InlineData("Patient?_include=Patient:organization", "Organization/o1 Organization/o2")]
    [InlineData("Encounter?_include=Encounter:subject", "Patient/p1 Patient/p2")]
    [InlineData("Encounter?_include=Encounter:subject:Patient", "Patient/p1 Patient/p2")]
    [InlineData("Encounter?_include=Encounter:subject:Group", "")]
    [InlineData("Patient?_id=p1&_revinclude=Encounter:subject", "Encounter/e1 Encounter/e2")]
    [InlineData("Patient?_id=p1&_revinclude=Encounter:subject&_revinclude=Observation:subject&_include=Patient:organization", "Encounter/e1 Encounter/e2 Observation/v1 Organization/o1")]
    [InlineData("Observation?_id=v2&_include=Observation:derived-from", "Observation/v1")]
    [InlineData("Observation?_id=v1,v2&_include=Observation:derived-from", "")]
    [InlineData("Observation?_id=v1&_revinclude=Observation:derived-from", "Observation/v2")]
    [InlineData("Observation?_id=none&_revinclude=Observation:derived-from", "")]
    public async Task Includes_each_resource_once_and_none_that_is_a_match(string query, string expected)
    {
        var answer = await server.Fhir.SearchAsync(query);
        var included = answer.Entries.Where(e => (string?)e["search"]!["mode"] == "include").Select(e => $"{e["resource"]!["resourceType"]}/{e["resource"]!["id"]}").Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(' ', included));
        Assert.All(answer.Entries, e => Assert.Equal($"{server.Fhir.Base}{e["resource"]!["resourceType"]}/{e["resource"]!["id"]}", (string?)e["fullUrl"]));
    }

    [Fact]
    public async Task Totals_are_exact_and_only_where_asked()
    {
        Assert.Null((await server.Fhir.SearchAsync("Patient")).Json["total"]);
        Assert.Null((await server.Fhir.SearchAsync("Patient?_total=none")).Json["total"]);
        var answer = await server.Fhir.SearchAsync("Patient?_total=accurate&_count=1&_include=Patient:organization");
        Assert.Equal((4, 1), ((int)answer.Json["total"]!, answer.Ids("match").Count()));
        foreach (var query in new[] { "Patient?_count=0", "Patient?_summary=count", "Patient?_summary=count&_count=5", "Patient?_count=5&_summary=count" })
        {
            answer = await server.Fhir.SearchAsync(query);
            Assert.Equal((4, 0), ((int)answer.Json["total"]!, answer.Entries.Count()));
            Assert.Null(answer.Link("next"));
        }

        var all = (int)(await server.Fhir.SearchAsync("?_summary=count")).Json["total"]!;
        Assert.Equal(await server.ScalarAsync<long>("select count(*) from records.current where not deleted"), all);
    }

    [Fact]
    public async Task Unknown_parameters_are_refused_or_left_out_as_asked()
    {
        (await server.Fhir.GetAsync("ValueSet?url:below=http://acme.org,")).Refused(400, "url");
        (await server.Fhir.GetAsync($"ValueSet?url:below=http://acme.org/{new string('x', 400)}")).Refused(400, "url");
        (await server.Fhir.GetAsync("Patient?family=muller&nope=1")).Refused(400, "birthdate");
        var lenient = await server.Fhir.GetAsync("Patient?family:exact=Muller&nope=1&_sort=_id,nope&_count=1", ("Prefer", "handling=lenient"));
        Assert.Equal(200, lenient.Status);
        Assert.Equal(["p2"], lenient.Ids("match"));
        Assert.DoesNotContain("nope", lenient.Link("self"), StringComparison.Ordinal);
        var paged = await server.Fhir.GetAsync("Patient?_sort=_id,nope&_count=1", ("Prefer", "handling=lenient"));
        Assert.Equal(200, (await server.Fhir.GetAsync(paged.Link("next")!)).Status);
        Assert.Contains("family", (await server.Fhir.GetAsync("Patient?family=muller&nope=1", ("Prefer", "handling=lenient"))).Link("self"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_by_post_is_the_same_search()
    {
        var form = new FormUrlEncodedContent([new("family", "müller"), new("_sort", "-_id"), new("_count", "1")]);
        var answer = await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search?gender=male,female", form);
        Assert.Equal(["p2"], answer.Ids("match"));
        Assert.Equal(["p1"], (await server.Fhir.SearchAsync(answer.Link("next")!)).Ids("match"));
    }

    [Fact]
    public async Task The_self_link_says_what_was_searched()
    {
        var self = (await server.Fhir.SearchAsync("Patient?family:exact=Müller-Lüdenscheidt&_format=json&birthdate=ge1970")).Link("self")!;
        Assert.Equal(["p1"], await server.Fhir.IdsAsync(self));
        Assert.Contains("family:exact=", self, StringComparison.Ordinal);
    }
}
