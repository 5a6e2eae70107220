namespace Salus.Fhir.Tests.Search;

public class SearchValueExtractorTests
{
    private const string Gender = "http://hl7.org/fhir/administrative-gender";

    [Theory]
    [InlineData("""{"gender":"female"}""", "gender", Gender + "|female")]
    [InlineData("""{"gender":"unheard-of"}""", "gender", "|unheard-of")]
    [InlineData("""{"gender":{"code":"female"}}""", "gender", "")]
    [InlineData("""{"gender":["female"]}""", "gender", "http://hl7.org/fhir/administrative-gender|female")]
    [InlineData("""{"identifier":["7",7,null,[{"value":"8"}]]}""", "identifier", "")]
    [InlineData("""{"active":true}""", "active", "|true")]
    [InlineData("""{"active":"true"}""", "active", "")]
    [InlineData("""{"identifier":[{"system":"urn:mrn","value":"7"},{"value":"8"},{"system":"urn:none"}]}""", "identifier", "urn:mrn|7; |8")]
    [InlineData("""{"identifier":[{"system":"urn:mrn","value":"7"},{"system":"urn:mrn","value":"7"}]}""", "identifier", "urn:mrn|7")]
    [InlineData("""{"identifier":{"system":"urn:mrn","value":"not an array"}}""", "identifier", "urn:mrn|not an array")]
    [InlineData("""{"telecom":[{"system":"phone","value":"1","use":"home"},{"system":"email","value":"a@b.c"}]}""", "phone", "home|1")]
    [InlineData("""{"telecom":[{"system":"phone","value":"1","use":"home"},{"system":"email","value":"a@b.c"}]}""", "email", "|a@b.c")]
    [InlineData("""{"telecom":[{"system":"phone","value":"1","use":"home"},{"system":"email","value":"a@b.c"}]}""", "telecom", "home|1; |a@b.c")]
    [InlineData("""{"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"de"},{"code":"x"}],"text":"German"}}]}""", "language", "urn:ietf:bcp:47|de; |x")]
    [InlineData("""{"deceasedBoolean":false}""", "deceased", "|false")]
    [InlineData("""{"deceasedDateTime":"2020"}""", "deceased", "|true")]
    [InlineData("{}", "deceased", "|false")]
    [InlineData("""{"deceasedDateTime":"2020-02"}""", "death-date", "2020-02-01..2020-03-01")]
    [InlineData("""{"meta":{"tag":[{"system":"urn:t","code":"a"}],"security":[{"code":"R"}]}}""", "_tag", "urn:t|a")]
    [InlineData("""{"meta":{"tag":[{"system":"urn:t","code":"a"}],"security":[{"code":"R"}]}}""", "_security", "|R")]
    [InlineData("""{"meta":{"profile":["http://example.org/p|2"],"source":"urn:s"}}""", "_profile", "http://example.org/p|2")]
    [InlineData("""{"meta":{"profile":["http://example.org/p|2"],"source":"urn:s"}}""", "_source", "urn:s")]
    [InlineData("""{"id":"1","meta":{"lastUpdated":"2020-01-01T00:00:00Z"}}""", "_id", "")]
    [InlineData("""{"id":"1","meta":{"lastUpdated":"2020-01-01T00:00:00Z"}}""", "_lastUpdated", "")]
    public void A_token_or_uri_of_a_patient(string body, string parameter, string expected) => Check("Patient", body, parameter, expected);

    [Theory]
    [InlineData("""{"name":[{"text":"Dr A B","family":"B","given":["A","C"],"prefix":["Dr"],"suffix":["II"],"use":"official"}]}""", "name", "A; B; C; Dr; Dr A B; II")]
    [InlineData("""{"name":[{"family":"B","given":["A","C"]}]}""", "given", "A; C")]
    [InlineData("""{"name":[{"family":"B"}]}""", "family", "B")]
    [InlineData("""{"name":[{"given":[null,"A"],"_given":[{"extension":[{"url":"urn:x","valueString":"no"}]},null]}]}""", "name", "A")]
    [InlineData("""{"name":[{"_family":{"extension":[{"url":"urn:x","valueString":"no"}]}}]}""", "family", "")]
    [InlineData("""{"name":[{"family":"O\u0027B\"rien"}]}""", "family", "O'B\"rien")]
    [InlineData("""{"address":[{"text":"T","line":["L1","L2"],"city":"C","district":"D","state":"S","postalCode":"P","country":"K","use":"home"}]}""", "address", "C; D; K; L1; L2; P; S; T")]
    [InlineData("""{"address":[{"city":"C","postalCode":"P"}]}""", "address-city", "C")]
    public void A_string_of_a_patient(string body, string parameter, string expected) => Check("Patient", body, parameter, expected);

    [Theory]
    [InlineData("""{"effectiveDateTime":"2020"}""", "2020-01-01..2021-01-01")]
    [InlineData("""{"effectiveDateTime":"2020-12"}""", "2020-12-01..2021-01-01")]
    [InlineData("""{"effectiveDateTime":"2020-02-29"}""", "2020-02-29..2020-03-01")]
    [InlineData("""{"effectiveDateTime":"2019-02-29"}""", "")]
    [InlineData("""{"effectiveDateTime":"yesterday"}""", "")]
    [InlineData("""{"effectiveDateTime":"2020-01-01T10:11:12Z"}""", "2020-01-01T10:11:12..2020-01-01T10:11:13")]
    [InlineData("""{"effectiveDateTime":"2020-01-01T00:30:00+02:00"}""", "2019-12-31T22:30:00..2019-12-31T22:30:01")]
    [InlineData("""{"effectiveInstant":"2020-01-01T10:11:12.5-05:00"}""", "2020-01-01T15:11:12.5..2020-01-01T15:11:12.6")]
    [InlineData("""{"effectiveInstant":"2020-01-01T10:11:12.1234567Z"}""", "2020-01-01T10:11:12.123456..2020-01-01T10:11:12.123457")]
    [InlineData("""{"effectivePeriod":{"start":"2020","end":"2021"}}""", "2020-01-01..2022-01-01")]
    [InlineData("""{"effectivePeriod":{"start":"2020"}}""", "2020-01-01..*")]
    [InlineData("""{"effectivePeriod":{"end":"2020"}}""", "*..2021-01-01")]
    [InlineData("""{"effectivePeriod":{}}""", "")]
    [InlineData("""{"effectiveTiming":{"event":["2020-01-05","2020-01-02"]}}""", "2020-01-02..2020-01-06")]
    [InlineData("""{"effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2020-01-02"}}}}""", "2020-01-02..*")]
    [InlineData("""{"effectiveTiming":{"repeat":{"frequency":1}}}""", "")]
    public void A_date_of_an_observation(string body, string expected) => Check("Observation", body, "date", expected);

    [Fact]
    public void The_last_year_of_the_calendar_ends_where_the_next_would_begin()
    {
        var value = Assert.Single(Extraction.Values("""{"resourceType":"Observation","effectiveDateTime":"9999"}""").Dates);
        Assert.Equal(253402300800_000_000, value.High);
    }

    [Theory]
    [InlineData("""{"valueQuantity":{"value":1.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}""", "value-quantity", "1.50|http://unitsofmeasure.org|mg|mg")]
    [InlineData("""{"valueQuantity":{"value":5,"comparator":"<"}}""", "value-quantity", "*..5|||")]
    [InlineData("""{"valueQuantity":{"value":5,"comparator":">=","unit":"m"}}""", "value-quantity", "5..*|||m")]
    [InlineData("""{"valueQuantity":{"value":5,"comparator":"\u003c"}}""", "value-quantity", "*..5|||")]
    [InlineData("""{"value\u0051uantity":{"value":5,"comp\u0061rator":"\u003e=","unit":"\u006d"}}""", "value-quantity", "5..*|||m")]
    [InlineData("""{"valueQuantity":{"value":5,"comparator":"\u003c="}}""", "value-quantity", "*..5|||")]
    [InlineData("""{"valueQuantity":{"value":5,"comparator":"\u003E"}}""", "value-quantity", "5..*|||")]
    [InlineData("""{"valueQuantity":{"value":1e40}}""", "value-quantity", "")]
    [InlineData("""{"valueQuantity":{"unit":"mg"}}""", "value-quantity", "")]
    [InlineData("""{"valueString":"s"}""", "value-quantity", "")]
    [InlineData("""{"valueString":"s"}""", "value-string", "s")]
    [InlineData("""{"valueCodeableConcept":{"text":"t","coding":[{"code":"c"}]}}""", "value-string", "t")]
    [InlineData("""{"valueCodeableConcept":{"text":"t","coding":[{"code":"c"}]}}""", "value-concept", "|c")]
    [InlineData("""{"valueDateTime":"2020"}""", "value-date", "2020-01-01..2021-01-01")]
    [InlineData("""{"valueSampledData":{"origin":{"value":1},"period":1,"dimensions":1,"data":"1 2"}}""", "value-quantity", "")]
    [InlineData("""{"component":[{"valueQuantity":{"value":1}},{"valueQuantity":{"value":2}}]}""", "component-value-quantity", "1|||; 2|||")]
    [InlineData("""{"valueQuantity":{"value":3},"component":[{"valueQuantity":{"value":1}}]}""", "combo-value-quantity", "1|||; 3|||")]
    [InlineData("""{"subject":{"reference":"Patient/1"}}""", "subject", "Patient/1")]
    [InlineData("""{"subject":{"reference":"Patient/1"}}""", "patient", "Patient/1")]
    [InlineData("""{"subject":{"reference":"Group/1"}}""", "patient", "")]
    [InlineData("""{"subject":{"reference":"Patient/1/_history/3"}}""", "subject", "Patient/1")]
    [InlineData("""{"subject":{"reference":"http://a.org/fhir/Patient/1/_history/3"}}""", "patient", "http://a.org/fhir/Patient/1")]
    [InlineData("""{"subject":{"reference":"http://a.org/fhir/Device/1"}}""", "patient", "")]
    [InlineData("""{"subject":{"reference":"urn:uuid:5","type":"Patient"}}""", "patient", "urn:uuid:5")]
    [InlineData("""{"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"}]}""", "patient", "")]
    [InlineData("""{"subject":{"reference":"#p","identifier":{"system":"urn:s","value":"9"}}}""", "subject", " urn:s|9")]
    [InlineData("""{"subject":{"type":"Patient","identifier":{"value":"9"},"display":"d"}}""", "patient", " |9")]
    [InlineData("""{"subject":{"display":"only words"}}""", "subject", "")]
    [InlineData("""{"subject":{"reference":"Patient?identifier=1"}}""", "subject", "")]
    [InlineData("""{"subject":{"reference":"Nonsense/1"}}""", "subject", "")]
    [InlineData("""{"status":"final"}""", "status", "http://hl7.org/fhir/observation-status|final")]
    [InlineData("""{"subject":{"reference":"Patient/1"},"code":{"coding":[{"code":"c"}]}}""", "code-value-quantity", "")]
    public void A_value_of_an_observation(string body, string parameter, string expected) => Check("Observation", body, parameter, expected);

    [Theory]
    [InlineData("RiskAssessment", """{"prediction":[{"probabilityDecimal":0.25},{"probabilityRange":{"low":{"value":0.1},"high":{"value":0.2}}}]}""", "probability", "0.1..0.2; 0.25")]
    [InlineData("MolecularSequence", """{"variant":[{"start":5,"end":9}]}""", "variant-start", "5")]
    [InlineData("Invoice", """{"totalGross":{"value":10.5,"currency":"EUR"}}""", "totalgross", "10.5|urn:iso:std:iso:4217|EUR|EUR")]
    [InlineData("Encounter", """{"length":{"value":90,"unit":"minutes","system":"http://unitsofmeasure.org","code":"min"}}""", "length", "90|http://unitsofmeasure.org|min|minutes")]
    [InlineData("Condition", """{"onsetAge":{"value":4,"code":"a"}}""", "onset-age", "4||a|")]
    [InlineData("Condition", """{"onsetRange":{"low":{"value":4,"code":"a"}}}""", "onset-age", "4..*||a|")]
    [InlineData("Condition", """{"onsetString":"early"}""", "onset-info", "early")]
    [InlineData("PlanDefinition", """{"relatedArtifact":[{"type":"depends-on","resource":"http://e.org/L|1"},{"type":"successor","resource":"http://e.org/S"}],"library":["http://e.org/M|2"]}""", "depends-on", "http://e.org/L; http://e.org/M")]
    [InlineData("PlanDefinition", """{"relatedArtifact":[{"type":"depends-on","resource":"http://e.org/L|1"},{"type":"successor","resource":"http://e.org/S"}]}""", "successor", "http://e.org/S")]
    [InlineData("ValueSet", """{"url":"http://e.org/V"}""", "url", "http://e.org/V")]
    [InlineData("Encounter", """{"participant":[{"individual":{"reference":"Practitioner/1"}},{"individual":{"reference":"PractitionerRole/2"}}]}""", "practitioner", "Practitioner/1")]
    [InlineData("Encounter", """{"participant":[{"individual":{"reference":"Practitioner/1"}},{"individual":{"reference":"PractitionerRole/2"}}]}""", "participant", "Practitioner/1; PractitionerRole/2")]
    [InlineData("Bundle", """{"type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Patient","id":"p"}}]}""", "composition", "Composition/c")]
    [InlineData("MedicationRequest", """{"medicationCodeableConcept":{"coding":[{"system":"urn:rx","code":"1"}]}}""", "code", "urn:rx|1")]
    [InlineData("MedicationRequest", """{"medicationReference":{"reference":"Medication/1"}}""", "medication", "Medication/1")]
    [InlineData("Group", """{"characteristic":[{"valueBoolean":true,"code":{"text":"x"}},{"valueCodeableConcept":{"coding":[{"code":"v"}]}}]}""", "value", "|true; |v")]
    [InlineData("ConceptMap", """{"sourceUri":"http://e.org/S"}""", "source-uri", "http://e.org/S")]
    [InlineData("ConceptMap", """{"sourceCanonical":"http://e.org/S|1"}""", "source", "http://e.org/S")]
    public void A_value_of_another_type(string type, string body, string parameter, string expected) => Check(type, body, parameter, expected);

    [Fact]
    public void Values_of_a_second_resource_are_added_and_kept_apart()
    {
        var values = Extraction.Values("""{"resourceType":"Patient","active":true}""");
        Extraction.Extractor.Extract(Extraction.Read("""{"resourceType":"Patient","active":true}""").Root, values);
        Assert.Equal(2, values.Tokens.Count(v => v.Parameter.Code == "active"));
    }

    [Fact]
    public void Many_values_are_kept_once_each()
    {
        var identifiers = string.Join(",", Enumerable.Range(0, 200).Select(i => $$"""{"value":"{{i % 100}}"}"""));
        var values = Extraction.Values($$"""{"resourceType":"Patient","identifier":[{{identifiers}}]}""");
        Assert.Equal(100, values.Tokens.Count(v => v.Parameter.Code == "identifier"));
    }

    private static void Check(string type, string body, string parameter, string expected)
    {
        var separator = body == "{}" ? "" : ",";
        var values = Extraction.Values($$"""{"resourceType":"{{type}}"{{separator}}{{body[1..]}}""");
        var sorted = string.Join("; ", expected.Split("; ").Order(StringComparer.Ordinal));
        Assert.Equal(sorted, Extraction.Of(values, parameter));
    }
}
