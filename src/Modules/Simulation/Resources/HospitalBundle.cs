using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

/// <summary>Organization, Location, Practitioner and PractitionerRole.</summary>
internal static class HospitalBundle
{
    public const string Name = "Salus Demo Hospital";
    public const string Organization = "Organization/org-salus";
    const string Building = "loc-salus";

    public static ReadOnlyMemory<byte> Write(BedPlan beds, Roster roster, int patients)
    {
        using var bundle = new TransactionWriter();
        bundle.Put("Organization", "org-salus", WriteOrganization);
        bundle.Put("Location", Building, json => Place(json, Name, "bu", "Building", null));
        var occupied = beds.Occupied(patients);
        foreach (var ward in Wards.All) WriteWard(bundle, ward, occupied);
        foreach (var clinician in roster.All)
        {
            bundle.Put("Practitioner", clinician.Id, json => WritePractitioner(json, clinician));
            bundle.Put("PractitionerRole", clinician.RoleId, json => WriteRole(json, clinician));
        }
        return bundle.Finish();
    }

    static void WriteOrganization(ElementWriter json)
    {
        json.Only("identifier", () => { json.Text("system", Terms.Ids + "organization"); json.Text("value", "salus-demo"); });
        json.Flag("active", true);
        json.Concepts("type", Terms.Hl7("organization-type", "prov", "Healthcare Provider").Concept());
        json.Text("name", Name);
        json.Only("telecom", () => { json.Text("system", "phone"); json.Text("value", "+1-617-555-0100"); json.Text("use", "work"); });
        json.Only("address", () =>
        {
            json.Texts("line", "1 Hospital Way");
            json.Text("city", "Riverbend");
            json.Text("state", "MA");
            json.Text("postalCode", "01000");
            json.Text("country", "US");
        });
    }

    static void WriteWard(TransactionWriter bundle, Ward ward, IReadOnlySet<Bed> occupied)
    {
        bundle.Put("Location", ward.Id, json => Place(json, ward.Name, "wa", "Ward", "Location/" + Building));
        for (var room = 1; room <= ward.Rooms; room++)
        {
            var number = room;
            bundle.Put("Location", ward.RoomId(room), json => Place(json, $"{ward.Name} room {number}", "ro", "Room", ward.Reference));
        }
        foreach (var bed in ward.AllBeds)
        {
            var status = occupied.Contains(bed) ? new Code(BedStatus, "O", "Occupied") : new Code(BedStatus, "U", "Unoccupied");
            bundle.Put("Location", bed.Id, json => Place(json, bed.Name, "bd", "Bed", "Location/" + ward.RoomId(bed.Room), status));
        }
    }

    const string BedStatus = "http://terminology.hl7.org/CodeSystem/v2-0116";

    static void Place(ElementWriter json, string name, string type, string typeName, string? partOf, Code? bedStatus = null)
    {
        json.Text("status", "active");
        if (bedStatus is not null) json.Coding("operationalStatus", bedStatus);
        json.Text("name", name);
        json.Text("mode", "instance");
        json.Concept("physicalType", Terms.Hl7("location-physical-type", type, typeName));
        json.Reference("managingOrganization", Organization, Name);
        json.Reference("partOf", partOf);
    }

    static void WritePractitioner(ElementWriter json, Clinician clinician)
    {
        json.Only("identifier", () => { json.Text("system", Terms.Ids + "practitioner"); json.Text("value", $"P{clinician.Number:0000}"); });
        json.Flag("active", true);
        json.Only("name", () =>
        {
            json.Text("use", "official");
            json.Text("text", clinician.Title);
            json.Text("family", clinician.Name.Family);
            json.Texts("given", [.. clinician.Name.Given]);
            if (!clinician.IsNurse) json.Texts("prefix", "Dr");
        });
        json.Only("telecom", () => { json.Text("system", "email"); json.Text("value", $"staff{clinician.Number:0000}@example.org"); json.Text("use", "work"); });
        json.Text("gender", clinician.Sex == Sex.Female ? "female" : "male");
    }

    static void WriteRole(ElementWriter json, Clinician clinician)
    {
        json.Flag("active", true);
        json.Reference("practitioner", clinician.Reference, clinician.Title);
        json.Reference("organization", Organization, Name);
        json.Concepts("code", (clinician.IsNurse ? Terms.Hl7("practitioner-role", "nurse", "Nurse") : Terms.Hl7("practitioner-role", "doctor", "Doctor")).Concept());
        json.Concepts("specialty", clinician.Specialty.Code.Concept());
        json.References("location", [.. Wards.All.Where(ward => ward.Specialty == clinician.Specialty).Select(ward => ward.Reference)]);
    }
}
