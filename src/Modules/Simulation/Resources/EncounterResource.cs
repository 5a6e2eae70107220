using Salus.Simulation.Course;
using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class EncounterResource
{
    public static void Write(ElementWriter json, Person person, Contact contact)
    {
        json.Text("status", contact.End is null ? "in-progress" : "finished");
        json.Coding("class", Class(contact.Kind));
        json.Concepts("type", contact.Type.Concept());
        json.Reference("subject", person.Reference, person.Name.Full);
        Participants(json, contact);
        json.Period("period", contact.Start, contact.End);
        json.Concepts("reasonCode", new Concept(contact.Reason));
        if (contact.Problems.Count > 0) json.References("reasonReference", contact.Problems[0]);
        Diagnoses(json, contact);
        Hospitalization(json, contact);
        json.List("location", contact.Places, place =>
        {
            json.Reference("location", place.Location, place.Name);
            json.Text("status", place.End is null ? "active" : "completed");
            json.Concept("physicalType", place.IsBed ? Terms.Hl7("location-physical-type", "bd", "Bed") : Terms.Hl7("location-physical-type", "wa", "Ward"));
            json.Period("period", place.Start, place.End);
        });
        json.Reference("serviceProvider", HospitalBundle.Organization, HospitalBundle.Name);
    }

    static Code Class(ContactKind kind) => kind switch
    {
        ContactKind.Ambulatory => Act("AMB", "ambulatory"),
        ContactKind.Emergency => Act("EMER", "emergency"),
        _ => Act("IMP", "inpatient encounter"),
    };

    static Code Act(string code, string display) => Terms.Hl7("v3-ActCode", code, display);

    static void Participants(ElementWriter json, Contact contact)
    {
        (Code Role, Clinician? Who)[] all = [(Terms.Hl7("v3-ParticipationType", "ATND", "attender"), contact.Physician), (Terms.Hl7("v3-ParticipationType", "PART", "Participation"), contact.Nurse)];
        json.List("participant", all.Where(one => one.Who is not null).ToList(), one =>
        {
            json.Concepts("type", one.Role.Concept());
            json.Reference("individual", one.Who!.Reference, one.Who.Title);
        });
    }

    static void Diagnoses(ElementWriter json, Contact contact)
    {
        var rank = 0;
        json.List("diagnosis", contact.Problems, problem =>
        {
            json.Reference("condition", problem);
            json.Concept("use", rank > 0 ? Terms.Hl7("diagnosis-role", "CM", "Comorbidity diagnosis")
                : contact.End is null ? Terms.Hl7("diagnosis-role", "AD", "Admission diagnosis") : Terms.Hl7("diagnosis-role", "DD", "Discharge diagnosis"));
            json.Number("rank", ++rank);
        });
    }

    static void Hospitalization(ElementWriter json, Contact contact)
    {
        if (contact.AdmitSource is null && contact.Disposition is null) return;
        json.Element("hospitalization", () =>
        {
            if (contact.AdmitSource is { } source) json.Concept("admitSource", Terms.Hl7("admit-source", source, Sources[source]));
            if (contact.Disposition is { } disposition) json.Concept("dischargeDisposition", disposition);
        });
    }

    static readonly Dictionary<string, string> Sources = new() { ["emd"] = "From accident/emergency department", ["born"] = "Born in hospital", ["outp"] = "From outpatient department" };
}
