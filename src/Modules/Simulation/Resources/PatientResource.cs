using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class PatientResource
{
    public static void Write(ElementWriter json, Person person)
    {
        // Marks the record as not being about a real person.
        json.Element("meta", () => json.Only("tag", () =>
        {
            json.Text("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason");
            json.Text("code", "HTEST");
            json.Text("display", "test health data");
        }));
        json.List("identifier", [("MR", "Medical record number", "mrn", $"MRN{person.Number:0000000}"), ("NI", "National unique individual identifier", "national", $"999-{person.Number / 10000:00}-{person.Number % 10000:0000}")], identifier =>
        {
            var (code, display, system, value) = identifier;
            json.Text("use", code == "MR" ? "usual" : "official");
            json.Concept("type", Terms.Hl7("v2-0203", code, display));
            json.Text("system", Terms.Ids + system);
            json.Text("value", value);
        });
        json.Flag("active", person.Death is null);
        Names(json, person.Name);
        Telecom(json, person);
        json.Text("gender", person.Sex == Sex.Female ? "female" : "male");
        json.Date("birthDate", person.BirthDate);
        if (person.Death is { } death) json.Moment("deceasedDateTime", death);
        json.Only("address", () => Write(json, person.Address));
        if (person.Marriage is { } marriage) json.Concept("maritalStatus", Terms.Hl7("v3-MaritalStatus", marriage, Marriages[marriage]));
        json.Only("contact", () => Write(json, person.Kin));
        json.Only("communication", () =>
        {
            json.Concept("language", new Code("urn:ietf:bcp:47", person.Culture.Language, person.Culture.LanguageName));
            json.Flag("preferred", true);
        });
        json.Only("generalPractitioner", () => json.Target(person.Physician.Reference, person.Physician.Title));
        json.Reference("managingOrganization", HospitalBundle.Organization, HospitalBundle.Name);
    }

    static readonly Dictionary<string, string> Marriages = new() { ["S"] = "Never Married", ["M"] = "Married", ["D"] = "Divorced", ["W"] = "Widowed" };

    static void Names(ElementWriter json, PersonName name)
    {
        (string Use, bool Native)[] forms = name.Native is null ? [("official", false)] : [("official", true), ("usual", false)];
        json.List("name", forms, form =>
        {
            json.Text("use", form.Use);
            json.Text("text", form.Native ? name.Native : name.Full);
            if (form.Native) return;
            json.Text("family", name.Family);
            json.Texts("given", [.. name.Given]);
        });
    }

    static void Telecom(ElementWriter json, Person person)
    {
        (string System, string Value, string Use)[] ways = person.Email is null ? [("phone", person.Phone, "home")] : [("phone", person.Phone, "mobile"), ("email", person.Email, "home")];
        json.List("telecom", ways, way =>
        {
            json.Text("system", way.System);
            json.Text("value", way.Value);
            json.Text("use", way.Use);
        });
    }

    static void Write(ElementWriter json, Address address)
    {
        json.Text("use", "home");
        json.Texts("line", address.Line);
        json.Text("city", address.City);
        json.Text("state", address.State);
        json.Text("postalCode", address.PostalCode);
        json.Text("country", "US");
    }

    static void Write(ElementWriter json, Kin kin)
    {
        json.Concepts("relationship", new Concept(kin.Relation, Terms.Hl7("v3-RoleCode", kin.RelationCode, kin.Relation)));
        json.Element("name", () =>
        {
            json.Text("text", kin.Name.Full);
            json.Text("family", kin.Name.Family);
            json.Texts("given", [.. kin.Name.Given]);
        });
        json.Only("telecom", () => { json.Text("system", "phone"); json.Text("value", kin.Phone); json.Text("use", "mobile"); });
    }
}
