using Salus.Kernel;
using Salus.Records.Tests.Access;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>Every way in which a document can tell of something: each is tried for a patient whom the caller may not see.</summary>
public sealed class GraphQlAccessTests(AccessRecord server) : IClassFixture<AccessRecord>, IAsyncLifetime
{
    private readonly FhirClient fhir = server.Fhir;

    // Only what is of the patient "mine"; of practitioners everything.
    private readonly (string, string) me = AccessRecord.As(AccessRecord.Of("mine"), new Grant("Practitioner", Interactions.All, Reach.All));

    public async Task InitializeAsync()
    {
        foreach (var (patient, family) in new[] { ("mine", "Meier"), ("other", "Geheim") })
        {
            await fhir.StoreAsync(AccessRecord.Patient(patient, family));
            await fhir.StoreAsync(AccessRecord.Observation($"{patient}-o", patient, code: $"code-{patient}"));
            await fhir.StoreAsync(AccessRecord.Observation($"{patient}-r", patient, code: "restricted", label: "R"));
            await fhir.StoreAsync(AccessRecord.Parse($$$"""{"resourceType":"Encounter","id":"{{{patient}}}-e","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/{{{patient}}}"},"participant":[{"individual":{"reference":"Practitioner/doc"}}]}"""));
        }

        await fhir.StoreAsync(AccessRecord.Parse("""{"resourceType":"Practitioner","id":"doc","name":[{"family":"Arzt"}]}"""));
        await fhir.StoreAsync(AccessRecord.Parse("""
            {"resourceType":"Observation","id":"derived","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/mine"},
             "derivedFrom":[{"reference":"Observation/other-o"},{"reference":"Observation/never-was"},{"reference":"Observation/other-o/_history/1"}],"performer":[{"reference":"Practitioner/doc"}]}
            """));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("{ PatientList { id } }", """{"PatientList":[{"id":"mine"}]}""")]
    [InlineData("{ PatientList(name: \"Geheim\") { id } }", """{"PatientList":[]}""")]
    [InlineData("{ PatientList(_id: [mine, other]) { id } }", """{"PatientList":[{"id":"mine"}]}""")]
    [InlineData("{ PatientList(fhirpath: \"name.family = 'Geheim'\") { id } }", """{"PatientList":[]}""")]
    [InlineData("{ PatientConnection(_count: 0) { count } }", """{"PatientConnection":{"count":1}}""")]
    [InlineData("{ PatientConnection(_count: 1) { count next edges { resource { id } } } }", """{"PatientConnection":{"count":1,"next":null,"edges":[{"resource":{"id":"mine"}}]}}""")]
    [InlineData("{ ObservationList(subject: \"Patient/other\") { id } }", """{"ObservationList":[]}""")]
    [InlineData("{ ObservationList(_filter: \"subject:Patient.name eq Geheim\") { id } }", """{"ObservationList":[]}""")]
    [InlineData("{ ObservationList(_filter: \"subject:Patient.name eq Meier\", _sort: _id) { id } }", """{"ObservationList":[{"id":"derived"},{"id":"mine-o"},{"id":"mine-r"}]}""")]
    [InlineData("{ ObservationConnection(code: \"code-other\") { count edges { resource { id } } } }", """{"ObservationConnection":{"count":0,"edges":[]}}""")]
    // What refers to somebody who may be seen may not be seen itself.
    [InlineData("{ Practitioner(id: doc) { EncounterList(_reference: practitioner) { id } } }", """{"Practitioner":{"EncounterList":[{"id":"mine-e"}]}}""")]
    [InlineData("{ Practitioner(id: doc) { EncounterConnection(_reference: practitioner) { count edges { resource { id subject { resource { ... on Patient { id } } } } } } } }", """{"Practitioner":{"EncounterConnection":{"count":1,"edges":[{"resource":{"id":"mine-e","subject":{"resource":{"id":"mine"}}}}]}}}""")]
    [InlineData("{ PractitionerList { EncounterList(_reference: practitioner, fhirpath: \"subject.reference = 'Patient/other'\") { id } } }", """{"PractitionerList":[{"EncounterList":[]}]}""")]
    [InlineData("{ Observation(id: derived) { derivedFrom { resource(optional: true) { resourceType ... on Observation { id } } } } }", """{"Observation":{"derivedFrom":[{},{},{}]}}""")]
    [InlineData("{ Observation(id: derived) { derivedFrom(fhirpath: \"reference.contains('other')\") { reference } } }", """{"Observation":{"derivedFrom":[{"reference":"Observation/other-o"},{"reference":"Observation/other-o/_history/1"}]}}""")]
    public async Task Answers_are_of_what_the_caller_may_see(string document, string expected) => Assert.Equal(expected, await fhir.DataAsync(document, caller: me));

    [Fact]
    public async Task What_a_reference_leads_to_is_as_what_never_was()
    {
        var answer = await fhir.AskAsync("{ derivedFrom { resource { ... on Observation { id } } } }", "Observation/derived", caller: me);
        var errors = answer.Json["errors"]!.AsArray().Select(e => GraphQlClient.Text(e).Replace("other-o", "X", StringComparison.Ordinal).Replace("never-was", "X", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, errors.Count);
        Assert.Equal(errors[0].Replace("\"derivedFrom\",0", "\"derivedFrom\",1", StringComparison.Ordinal), errors[1]);
        Assert.Equal("""{"derivedFrom":[{"resource":null},{"resource":null},{"resource":null}]}""", GraphQlClient.Text(answer.Json["data"]));
        // Who may see it sees it: the reference is right.
        Assert.Equal("""{"derivedFrom":[{"resource":{"id":"other-o"}},{},{"resource":{"id":"other-o"}}]}""", await fhir.DataAsync("{ derivedFrom { resource(optional: true) { ... on Observation { id } } } }", "Observation/derived"));
    }

    [Theory]
    [InlineData("Patient/other", "Patient/nobody")]
    [InlineData("Observation/other-o", "Observation/nothing")]
    public async Task A_hidden_resource_is_as_one_that_is_not_there(string hidden, string absent)
    {
        var (there, none) = (await fhir.AskAsync("{ id }", hidden, caller: me), await fhir.AskAsync("{ id }", absent, caller: me));
        none.RefusedAs(404, "There is no");
        Assert.Equal(none.Status, there.Status);
        Assert.Equal(none.Text, there.Text.Replace(hidden, absent, StringComparison.Ordinal));
        var (type, id) = (hidden.Split('/')[0], hidden.Split('/')[1]);
        var (found, missing) = (await fhir.AskAsync($"{{ {type}(id: \"{id}\") {{ id }} }}", caller: me), await fhir.AskAsync($"{{ {type}(id: \"{absent.Split('/')[1]}\") {{ id }} }}", caller: me));
        Assert.Equal(missing.Text, found.Text.Replace(hidden, absent, StringComparison.Ordinal));
    }

    // As a token with patient/Patient.rs, and one that may read and not search.
    [Fact]
    public async Task A_type_that_is_not_allowed_gives_nothing_in_any_way()
    {
        var narrow = AccessRecord.As(new Grant("Patient", Interactions.Read | Interactions.Search, Reach.Of("mine")));
        var lists = await fhir.AskAsync("{ PatientList { id ObservationList(_reference: patient) { id } ObservationConnection(_reference: patient) { count } } a: ObservationList { id } b: ObservationConnection { count } c: Observation(id: \"mine-o\") { id } }", caller: narrow);
        Assert.Equal("""{"PatientList":[{"id":"mine","ObservationList":null,"ObservationConnection":null}],"a":null,"b":null,"c":null}""", GraphQlClient.Text(lists.Json["data"]));
        Assert.Equal(5, lists.Errors().Split('\n').Count(m => m.Contains("You may not", StringComparison.Ordinal)));
        // A link through it decides nothing either.
        var link = await fhir.AskAsync("{ PatientList(_filter: \"general-practitioner:Practitioner.name eq Arzt\") { id } }", caller: narrow);
        Assert.Equal("""{"PatientList":null}""", GraphQlClient.Text(link.Json["data"]));
        (await fhir.AskAsync("{ id }", "Observation/mine-o", caller: narrow)).RefusedAs(403, "You may not");

        var observations = AccessRecord.As(new Grant("Observation", Interactions.Read | Interactions.Search, Reach.Of("mine")));
        Assert.Equal("""{"ObservationList":[{"subject":{"reference":"Patient/mine"}}]}""", await fhir.DataAsync("{ ObservationList(code: \"code-mine\") { subject { reference resource(optional: true) { ... on Patient { id } } } } }", caller: observations));
        var needed = await fhir.AskAsync("{ ObservationList(code: \"code-mine\") { subject { resource { ... on Patient { id } } } } }", caller: observations);
        Assert.Equal("There is no Patient/mine, or none that you may see. With resource(optional: true) it is left out.", needed.Errors());

        var reader = AccessRecord.As(new Grant("Patient", Interactions.Read, Reach.Of("mine")));
        Assert.Equal("""{"Patient":{"id":"mine"}}""", await fhir.DataAsync("{ Patient(id: mine) { id } }", caller: reader));
        Assert.Contains("You may not search Patient", (await fhir.AskAsync("{ PatientList { id } }", caller: reader)).Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_and_a_consent_hold_back_here_too()
    {
        var normal = AccessRecord.As(AccessRecord.Of("mine") with { Clearance = Confidentiality.Normal });
        Assert.Equal("""{"Patient":{"ObservationList":[{"id":"derived"},{"id":"mine-o"}],"ObservationConnection":{"count":2}}}""", await fhir.DataAsync("{ Patient(id: mine) { ObservationList(_reference: patient, _sort: _id) { id } ObservationConnection(_reference: subject) { count } } }", caller: normal));
        Assert.Contains("There is no Observation/mine-r", (await fhir.AskAsync("{ Observation(id: \"mine-r\") { id } }", caller: normal)).Errors(), StringComparison.Ordinal);

        await fhir.StoreAsync(AccessRecord.Patient("closed"));
        await fhir.StoreAsync(AccessRecord.Observation("closed-o", "closed"));
        await fhir.StoreAsync(AccessRecord.Parse("""{"resourceType":"Consent","id":"closed-c","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},"patient":{"reference":"Patient/closed"},"provision":{"type":"deny"}}"""));
        var heeds = AccessRecord.As(Grant.Everything with { HeedsConsent = true, Reach = Reach.Of("mine", "closed") });
        Assert.Equal("""{"PatientList":[{"id":"mine"}],"ObservationList":[]}""", await fhir.DataAsync("{ PatientList { id } ObservationList(patient: \"Patient/closed\") { id } }", caller: heeds));
    }

    [Fact]
    public async Task Another_tenant_is_another_record()
    {
        var there = AccessRecord.As(null, [[Grant.Everything]], tenant: 9);
        Assert.Equal("""{"PatientList":[],"ObservationConnection":{"count":0}}""", await fhir.DataAsync("{ PatientList { id } ObservationConnection { count } }", caller: there));
        await fhir.PutAsync(AccessRecord.Observation("mine-o", "mine"), there);
        Assert.Equal("""{"ObservationList":[{"subject":{"reference":"Patient/mine"}}]}""", await fhir.DataAsync("{ ObservationList { subject { reference resource(optional: true) { ... on Patient { id } } } } }", caller: there));
    }

    [Fact]
    public async Task A_cursor_that_somebody_made_asks_no_more()
    {
        var cursor = (string?)(await fhir.AskAsync("{ PatientConnection(_count: 1, _sort: _id) { next } }")).Json["data"]!["PatientConnection"]!["next"];
        Assert.Equal("""{"PatientConnection":{"count":1,"edges":[]}}""", await fhir.DataAsync("query($c: String!) { PatientConnection(_cursor: $c) { count edges { resource { id } } } }", variables: new { c = cursor }, caller: me));
    }

    [Fact]
    public async Task Nobody_gets_nothing()
    {
        var nobody = Guid.NewGuid().ToString();
        RecordServer.Callers[nobody] = Caller.Nobody;
        foreach (var of in new[] { null, "Patient/mine", "Patient/nobody" })
        {
            (await fhir.AskAsync("{ __typename }", of, caller: (RecordServer.CallerHeader, nobody))).RefusedAs(401, "Nobody is signed in");
        }
    }
}
