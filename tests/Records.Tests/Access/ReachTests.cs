using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Access;

/// <summary>Whom a person reaches, and that what changes it counts with the next request.</summary>
public sealed class ReachTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_care_team_opens_while_it_is_active_and_the_member_takes_part()
    {
        var nurse = await PatientAsync("ct", "Practitioner/ct-n");
        await SeesAsync("ct", nurse, false);
        await StoreAsync(Team("active", ""));
        await SeesAsync("ct", nurse, true);
        await StoreAsync(Team("inactive", ""));
        await SeesAsync("ct", nurse, false);
        await StoreAsync(Team("active", ""","period":{"end":"2020-01-01"}"""));
        await SeesAsync("ct", nurse, false);
        // Through one of the roles.
        await StoreAsync("""{"resourceType":"PractitionerRole","id":"ct-r","active":true,"practitioner":{"reference":"Practitioner/ct-n"}}""");
        await StoreAsync(Team("active", "").Replace("Practitioner/ct-n", "PractitionerRole/ct-r", StringComparison.Ordinal));
        await SeesAsync("ct", nurse, true);
        await StoreAsync("""{"resourceType":"PractitionerRole","id":"ct-r","active":false,"practitioner":{"reference":"Practitioner/ct-n"}}""");
        await SeesAsync("ct", nurse, false);
        await StoreAsync(Team("active", ""));
        await fhir.DeleteAsync("CareTeam/ct");
        await SeesAsync("ct", nurse, false);

        static string Team(string status, string more) =>
            $$$"""{"resourceType":"CareTeam","id":"ct","status":"{{{status}}}","subject":{"reference":"Patient/ct"},"participant":[{"member":{"reference":"Practitioner/ct-n"}{{{more}}}}]}""";
    }

    [Fact]
    public async Task An_encounter_opens_to_who_takes_part_while_it_lasts()
    {
        var doctor = await PatientAsync("en", "Practitioner/en-d");
        await StoreAsync(Encounter("in-progress"));
        await SeesAsync("en", doctor, true);
        await StoreAsync(Encounter("finished"));
        await SeesAsync("en", doctor, false);
        await StoreAsync(Encounter("arrived"));
        await SeesAsync("en", doctor, true);

        static string Encounter(string status) =>
            $$$"""{"resourceType":"Encounter","id":"en","status":"{{{status}}}","class":{"code":"IMP"},"subject":{"reference":"Patient/en"},"participant":[{"individual":{"reference":"Practitioner/en-d"}}]}""";
    }

    [Fact]
    public async Task A_ward_opens_the_patients_who_lie_in_it_or_in_a_part_of_it_now()
    {
        var nurse = await PatientAsync("wd", "Practitioner/wd-n", "Location/ward");
        await StoreAsync("""{"resourceType":"Location","id":"room","partOf":{"reference":"Location/ward"}}""");
        await StoreAsync("""{"resourceType":"Location","id":"bed","partOf":{"reference":"Location/room"}}""");
        await StoreAsync(Encounter("in-progress", "bed", "active"));
        await SeesAsync("wd", nurse, true);
        // Moved to another ward: where the patient was is still in the encounter.
        await StoreAsync(Encounter("in-progress", "bed", "completed"));
        await SeesAsync("wd", nurse, false);
        await StoreAsync(Encounter("in-progress", "elsewhere", "active"));
        await SeesAsync("wd", nurse, false);
        await StoreAsync(Encounter("arrived", "bed", "active"));
        await SeesAsync("wd", nurse, false);
        await StoreAsync(Encounter("in-progress", "bed", "active"));
        await StoreAsync("""{"resourceType":"Location","id":"bed","partOf":{"reference":"Location/other-ward"}}""");
        await SeesAsync("wd", nurse, false);
        await StoreAsync("""{"resourceType":"PractitionerRole","id":"wd-r","practitioner":{"reference":"Practitioner/wd-n"},"location":[{"reference":"Location/other-ward"}]}""");
        await SeesAsync("wd", nurse, true);

        static string Encounter(string status, string at, string state) =>
            $$$"""{"resourceType":"Encounter","id":"wd","status":"{{{status}}}","class":{"code":"IMP"},"subject":{"reference":"Patient/wd"},"location":[{"location":{"reference":"Location/{{{at}}}"},"status":"{{{state}}}"}]}""";
    }

    [Fact]
    public async Task A_general_practitioner_reaches_their_patients()
    {
        var doctor = await PatientAsync("gp", "Practitioner/gp-d");
        await SeesAsync("gp", doctor, false);
        await StoreAsync("""{"resourceType":"Patient","id":"gp","generalPractitioner":[{"reference":"Practitioner/gp-d"}]}""");
        await SeesAsync("gp", doctor, true);
    }

    [Fact]
    public async Task A_proxy_reaches_the_patient_while_active()
    {
        await PatientAsync("px", "Practitioner/nobody");
        var proxy = AccessRecord.As(Grant.Everything with { Reach = new Reach.Own("RelatedPerson/px-r") });
        await SeesAsync("px", proxy, false);
        await StoreAsync("""{"resourceType":"RelatedPerson","id":"px-r","active":true,"patient":{"reference":"Patient/px"}}""");
        await SeesAsync("px", proxy, true);
        await StoreAsync("""{"resourceType":"RelatedPerson","id":"px-r","active":false,"patient":{"reference":"Patient/px"}}""");
        await SeesAsync("px", proxy, false);
        await SeesAsync("px", AccessRecord.As(Grant.Everything with { Reach = new Reach.Own("Patient/px") }), true);
        await SeesAsync("px", AccessRecord.As(Grant.Everything with { Reach = new Reach.Own("Patient/other") }), false);
    }

    [Fact]
    public async Task A_study_opens_its_subjects_to_its_investigator()
    {
        await PatientAsync("st", "Practitioner/nobody");
        var researcher = AccessRecord.As(Grant.Everything with { Reach = new Reach.Studies("Practitioner/st-d") });
        await StoreAsync("""{"resourceType":"ResearchStudy","id":"st-s","status":"active","principalInvestigator":{"reference":"Practitioner/st-d"}}""");
        await SeesAsync("st", researcher, false);
        await StoreAsync(Subject("on-study"));
        await SeesAsync("st", researcher, true);
        await StoreAsync(Subject("withdrawn"));
        await SeesAsync("st", researcher, false);

        static string Subject(string status) =>
            $$$"""{"resourceType":"ResearchSubject","id":"st-u","status":"{{{status}}}","study":{"reference":"ResearchStudy/st-s"},"individual":{"reference":"Patient/st"}}""";
    }

    [Fact]
    public async Task Who_is_named_reaches_what_names_them_alone()
    {
        var device = AccessRecord.As(Grant.Everything with { Reach = new Reach.Named("Device/nd") });
        var (own, other) = (AccessRecord.Observation("nd-o", "nd"), AccessRecord.Observation("nd-x", "nd"));
        own["device"] = AccessRecord.Reference("Device/nd");
        Assert.Equal(201, (await fhir.PutAsync(own, device)).Status);
        Assert.Equal(403, (await fhir.PutAsync(other, device)).Status);
        await fhir.StoreAsync(other);

        Assert.Equal("nd-o", string.Join(' ', await IdsAsync("Observation?patient=nd", device)));
        Assert.Equal(404, (await fhir.GetAsync("Observation/nd-x", device)).Status);
        Assert.Equal(404, (await fhir.GetAsync("Patient/nd", device)).Status);
    }

    [Fact]
    public async Task Consent_holds_back_from_whom_it_names_and_opens_to_whom_it_permits()
    {
        await PatientAsync("cs", "Practitioner/nobody");
        var all = Grant.Everything with { HeedsConsent = true };
        var (doc, nurse, own) = (
            AccessRecord.As("Practitioner/cs-d", [[all]]), AccessRecord.As("Practitioner/cs-n", [[all]]), AccessRecord.As("Patient/cs", [[Grant.Everything with { Reach = new Reach.Own("Patient/cs") }]]));

        await ConsentAsync("""{"type":"deny"}""", (false, false));
        await ConsentAsync("""{"type":"deny","actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/cs-n"}}]}""", (true, false));
        await ConsentAsync("""{"type":"deny","provision":[{"type":"permit","actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/cs-d"}}]}]}""", (true, false));
        // What cannot be honoured opens nothing: a permission for a purpose.
        await ConsentAsync("""{"type":"deny","provision":[{"type":"permit","purpose":[{"code":"TREAT"}]}]}""", (false, false));
        // A denial for a purpose, or for actors who cannot be told, holds for all.
        await ConsentAsync("""{"type":"deny","purpose":[{"code":"HRESCH"}]}""", (false, false));
        await ConsentAsync("""{"type":"deny","actor":[{"role":{"text":"x"},"reference":{"reference":"CareTeam/any"}}]}""", (false, false));
        await ConsentAsync("""{"type":"deny","period":{"end":"2020-01-01"}}""", (true, true));
        await ConsentAsync("""{"type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"MedicationRequest"}]}""", (true, true));
        await ConsentAsync("""{"type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}]}""", (false, false));
        await ConsentAsync("""{"type":"permit","provision":[{"type":"deny","actor":[{"role":{"text":"x"},"reference":{"reference":"Organization/cs-org"}}]}]}""", (true, true));
        await StoreAsync("""{"resourceType":"PractitionerRole","id":"cs-r","practitioner":{"reference":"Practitioner/cs-n"},"organization":{"reference":"Organization/cs-org"}}""");
        await SeesAsync("cs", nurse, false);
        await StoreAsync("""{"resourceType":"Consent","id":"cs-c","status":"rejected","scope":{"coding":[{"code":"patient-privacy"}]},"patient":{"reference":"Patient/cs"},"provision":{"type":"deny"}}""");
        await SeesAsync("cs", nurse, true);

        async Task ConsentAsync(string provision, (bool Doctor, bool Nurse) sees)
        {
            await StoreAsync($$$"""{"resourceType":"Consent","id":"cs-c","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},"patient":{"reference":"Patient/cs"},"provision":{{{provision}}}}""");
            await SeesAsync("cs", doc, sees.Doctor);
            await SeesAsync("cs", nurse, sees.Nurse);
            await SeesAsync("cs", own, true);
            // Of others, nothing is held back.
            Assert.Equal(200, (await fhir.GetAsync("Observation/cs-else", nurse)).Status);
            Assert.Equal(sees.Nurse ? 200 : 403, (await fhir.PutAsync(AccessRecord.Observation("cs-o", "cs"), nurse)).Status);
        }
    }

    private async Task<(string, string)> PatientAsync(string id, string person, params string[] wards)
    {
        await fhir.StoreAsync(AccessRecord.Patient(id));
        await fhir.StoreAsync(AccessRecord.Observation($"{id}-o", id));
        await fhir.StoreAsync(AccessRecord.Observation($"{id}-else", $"{id}-else"));
        return AccessRecord.As(person, [[Grant.Everything with { Reach = new Reach.Care(person, wards) }]]);
    }

    // By its id, by a search and in the history.
    private async Task SeesAsync(string id, (string, string) who, bool sees)
    {
        Assert.Equal(sees ? 200 : 404, (await fhir.GetAsync($"Observation/{id}-o", who)).Status);
        Assert.Equal(sees ? 200 : 404, (await fhir.GetAsync($"Observation/{id}-o/_history/1", who)).Status);
        Assert.Equal(sees ? $"{id}-o" : "", string.Join(' ', await IdsAsync($"Observation?_id={id}-o", who)));
        Assert.Equal(sees, (await IdsAsync("Observation?_count=1000", who)).Contains($"{id}-o"));
    }

    private async Task<List<string>> IdsAsync(string query, (string, string) who)
    {
        var answer = await fhir.GetAsync(query, who);
        Assert.True(answer.Status == 200, answer.ToString());
        return [.. answer.Ids("match")];
    }

    private Task<Answer> StoreAsync(string json) => fhir.StoreAsync(AccessRecord.Parse(json));
}
