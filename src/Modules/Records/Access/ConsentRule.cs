using System.Text.Json;

namespace Salus.Records.Access;

/// <summary>
/// What a patient's Consent withholds. Of http://hl7.org/fhir/R4/consent.html these parts are honoured: <c>status</c> active, <c>scope</c> patient-privacy, <c>patient</c>; of a
/// provision that denies: <c>period</c>, <c>actor</c>, <c>class</c> as resource types; of a provision that permits within it the same, which opens again. What else narrows a
/// denial is read over, so that it holds back more; a permission with anything else opens nothing.
/// </summary>
/// <param name="Patient">The logical id.</param>
/// <param name="Denial">The provision that denies, or the Consent itself where all of it does.</param>
internal sealed record ConsentRule(string Patient, JsonElement Denial)
{
    private const string ResourceTypes = "http://hl7.org/fhir/resource-types";
    private static readonly string[] Understood = ["id", "type", "period", "actor", "class"];

    // Actors of other kinds, such as a care team, may or may not be the caller.
    private static readonly string[] Persons = ["Practitioner", "PractitionerRole", "Organization", "Patient", "RelatedPerson", "Device"];

    /// <summary>The denials of a Consent; none when it withholds nothing.</summary>
    public static IEnumerable<ConsentRule> Of(JsonElement consent)
    {
        if (consent.Text("status") != "active" || !IsPrivacy(consent) || consent.PatientId("patient") is not { } patient)
        {
            return [];
        }

        // Without a provision, the policy alone says what it is: an opt-out is a denial of all.
        return consent.Child("provision") is { ValueKind: JsonValueKind.Object } provision
            ? Denials(provision).Select(d => new ConsentRule(patient, d))
            : Codes(consent, "policyRule").Any(c => c.Code == "OPTOUT") ? [new ConsentRule(patient, consent)] : [];
    }

    /// <summary>Whether it holds back resources of a type from somebody now.</summary>
    public bool Withholds(Person? person, string type, DateTimeOffset now) =>
        Denial.IsWithin("period", now, unreadable: true) && ConcernsActor(person) && ConcernsType(type)
        && !Denial.List("provision").Any(p => p.Text("type") == "permit" && Opens(p, person, type, now));

    // A provision that does not say what it is denies, unless it holds others that do.
    private static IEnumerable<JsonElement> Denials(JsonElement provision) => provision.Text("type") switch
    {
        "permit" => provision.List("provision").SelectMany(Denials),
        "deny" => [provision],
        _ => provision.List("provision").Any() ? provision.List("provision").SelectMany(Denials) : [provision],
    };

    private bool ConcernsActor(Person? person) => !Denial.List("actor").Any() || Denial.List("actor").Any(a => Names(a, person) != false);

    private bool ConcernsType(string type) =>
        !Denial.List("class").Any() || Denial.List("class").Any(c => c.Text("system") != ResourceTypes || c.Text("code") == type);

    private static bool Opens(JsonElement permit, Person? person, string type, DateTimeOffset now) =>
        permit.EnumerateObject().All(p => Understood.Contains(p.Name))
        && permit.IsWithin("period", now)
        && (!permit.List("actor").Any() || permit.List("actor").Any(a => Names(a, person) == true))
        && (!permit.List("class").Any() || permit.List("class").Any(c => c.Text("system") == ResourceTypes && c.Text("code") == type));

    // Null where it cannot be told.
    private static bool? Names(JsonElement actor, Person? person)
    {
        if (PersonName.Parse(actor.Reference("reference")) is not { } name || !Persons.Contains(name.Type))
        {
            return null;
        }

        return person is not null && (person.Names.Contains(name) || person.Organizations.Contains(name.ToString()));
    }

    private static bool IsPrivacy(JsonElement consent) => Codes(consent, "scope").ToList() is var codes && (codes.Count == 0 || codes.Exists(c => c.Code == "patient-privacy"));

    private static IEnumerable<(string? System, string? Code)> Codes(JsonElement of, string name) => of.Child(name) is { } concept ? concept.List("coding").Select(c => (c.Text("system"), c.Text("code"))) : [];
}
