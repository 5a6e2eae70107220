using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Records.Access;

/// <summary>Who the patients of a reach are. At most a second late for what other processes write, not at all for this one. Safe for all threads.</summary>
internal sealed class Reaches
{
    private readonly ReachQueries queries;
    private readonly PersonOf persons;
    private readonly TimeProvider time;
    private readonly int most;
    // Of reaches that say it themselves, for as long as their grants live.
    private readonly ConditionalWeakTable<Reach, PatientSet> stated = new();
    private readonly LookedUp<(Tenant Tenant, Reach.Own Reach), Outcome<PatientSet>> own;
    private readonly LookedUp<(Tenant Tenant, Reach.Care Reach), Outcome<PatientSet>> care;
    private readonly LookedUp<(Tenant Tenant, Reach.Studies Reach), Outcome<PatientSet>> studies;

    public Reaches(ReachQueries queries, PersonOf persons, TypePositions positions, TimeProvider time, IOptions<RecordsOptions> options)
    {
        (this.queries, this.persons, this.time, most) = (queries, persons, time, options.Value.MaxReachedPatients);
        own = new(positions, time, ["RelatedPerson"], async (k, ct) => Bounded(await OwnAsync(k.Tenant, k.Reach, ct)));
        care = new(positions, time, ["CareTeam", "Encounter", "Location", "Patient", "PractitionerRole"], async (k, ct) => Bounded(await CareAsync(k.Tenant, k.Reach, ct)));
        studies = new(positions, time, ["ResearchStudy", "ResearchSubject"], async (k, ct) => Bounded(await StudiesAsync(k.Tenant, k.Reach, ct)));
    }

    /// <summary>The patients of a reach; null where it is not by patients. TooCostly beyond <see cref="RecordsOptions.MaxReachedPatients"/>.</summary>
    public async ValueTask<Outcome<PatientSet?>> PatientsAsync(Tenant tenant, Reach reach, CancellationToken ct)
    {
        Outcome<PatientSet>? found = reach switch
        {
            Reach.Patients some => stated.GetValue(reach, _ => new PatientSet(some.Ids)),
            Reach.Own { Person: var person } when PersonName.Parse(person) is { Type: "Patient" } patient => stated.GetValue(reach, _ => new PatientSet([patient.Id])),
            Reach.Own one => await own.GetAsync(tenant, (tenant, one), ct),
            Reach.Care one => await care.GetAsync(tenant, (tenant, one), ct),
            Reach.Studies one => await studies.GetAsync(tenant, (tenant, one), ct),
            _ => (Outcome<PatientSet>?)null,
        };
        return found is not { } set ? (PatientSet?)null : set.Failed(out var failure) ? failure : set.Value;
    }

    private Outcome<PatientSet> Bounded(HashSet<string> patients) => patients.Count <= most
        ? new PatientSet(patients)
        : new Failure(
            FailureKind.TooCostly, "too-costly",
            $"These are {patients.Count} patients, and access by care, study or proxy takes at most {most} (Salus:Records:MaxReachedPatients). Narrow the wards, or take closed care teams and encounters out of use.");

    // A proxy, while that is active.
    private async Task<HashSet<string>> OwnAsync(Tenant tenant, Reach.Own reach, CancellationToken ct)
    {
        if (PersonName.Parse(reach.Person) is not { Type: "RelatedPerson" } person)
        {
            return [];
        }

        var found = await queries.FindByIdAsync(tenant, person, ct);
        return found is { } one && one.Content.Child("active")?.ValueKind != JsonValueKind.False && one.Content.IsWithin("period", time.GetUtcNow()) && one.Content.PatientId("patient") is { } patient ? [patient] : [];
    }

    private async Task<HashSet<string>> CareAsync(Tenant tenant, Reach.Care reach, CancellationToken ct)
    {
        if (PersonName.Parse(reach.Person) is not { } person)
        {
            return [];
        }

        var now = time.GetUtcNow();
        var one = await persons.GetAsync(tenant, person, ct);
        var wards = await WardsAsync(tenant, reach.Wards.Concat(one.Locations), ct);
        var patients = new HashSet<string>(StringComparer.Ordinal);
        foreach (var team in await queries.FindAsync(tenant, "CareTeam", ct, one.Names.Select(n => queries.Refers("CareTeam", "participant", n)), [queries.Has("CareTeam", "status", "active")]))
        {
            Add(patients, team.Content.PatientId("subject"), team.Content.List("participant").Any(p => one.Is(p.Reference("member")) && p.IsWithin("period", now)) && team.Content.IsWithin("period", now));
        }

        foreach (var encounter in await queries.FindAsync(
            tenant, "Encounter", ct,
            one.Names.Select(n => queries.Refers("Encounter", "participant", n)).Concat(wards.Select(w => queries.Refers("Encounter", "location", new PersonName("Location", w)))),
            [queries.Has("Encounter", "status", "in-progress"), queries.Has("Encounter", "status", "arrived")]))
        {
            Add(patients, encounter.Content.PatientId("subject"), TakesPart(encounter.Content, one, now) || IsAt(encounter.Content, wards, now));
        }

        foreach (var patient in await queries.FindAsync(tenant, "Patient", ct, one.Names.Select(n => queries.Refers("Patient", "general-practitioner", n))))
        {
            patients.Add(patient.Id);
        }

        return patients;
    }

    private static void Add(HashSet<string> patients, string? patient, bool counts)
    {
        if (counts && patient is not null)
        {
            patients.Add(patient);
        }
    }

    private static bool TakesPart(JsonElement encounter, Person person, DateTimeOffset now) =>
        encounter.List("participant").Any(p => person.Is(p.Reference("individual")) && p.IsWithin("period", now));

    // Where the patient was before, or is to come, is not where they are.
    private static bool IsAt(JsonElement encounter, HashSet<string> wards, DateTimeOffset now) =>
        encounter.Text("status") == "in-progress"
        && encounter.List("location").Any(l =>
            PersonName.Parse(l.Reference("location")) is { Type: "Location" } ward && wards.Contains(ward.Id) && l.Text("status") is null or "active" && l.IsWithin("period", now));

    // These, and all that are parts of them.
    private async Task<HashSet<string>> WardsAsync(Tenant tenant, IEnumerable<string> named, CancellationToken ct)
    {
        var all = named.Select(PersonName.Parse).Where(n => n is { Type: "Location" }).Select(n => n!.Value.Id).ToHashSet(StringComparer.Ordinal);
        var fresh = all.ToList();
        while (fresh.Count > 0)
        {
            var parts = await queries.FindAsync(tenant, "Location", ct, fresh.Select(id => queries.Refers("Location", "partof", new PersonName("Location", id))));
            fresh = [.. parts.Select(p => p.Id).Where(all.Add)];
        }

        return all;
    }

    private async Task<HashSet<string>> StudiesAsync(Tenant tenant, Reach.Studies reach, CancellationToken ct)
    {
        if (PersonName.Parse(reach.Person) is not { } person)
        {
            return [];
        }

        var led = await queries.FindAsync(tenant, "ResearchStudy", ct, [queries.Refers("ResearchStudy", "principalinvestigator", person)]);
        var subjects = await queries.FindAsync(tenant, "ResearchSubject", ct, led.Select(s => queries.Refers("ResearchSubject", "study", new PersonName("ResearchStudy", s.Id))));
        var now = time.GetUtcNow();
        return [.. subjects.Where(s => s.Content.Text("status") is "candidate" or "eligible" or "follow-up" or "on-study" or "on-study-intervention" or "on-study-observation" or "pending-on-study"
            && s.Content.IsWithin("period", now)).Select(s => s.Content.PatientId("individual")).OfType<string>()];
    }
}
