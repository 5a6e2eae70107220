using System.Globalization;
using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class MedicationResource
{
    public static void Write(ElementWriter json, Person person, Order order)
    {
        var active = order.Active && person.Death is null;
        json.Text("status", active ? "active" : "completed");
        json.Text("intent", "order");
        json.Concepts("category", (order.Inpatient ? Terms.Hl7("medicationrequest-category", "inpatient", "Inpatient") : Terms.Hl7("medicationrequest-category", "community", "Community")).Concept());
        json.Concept("medicationCodeableConcept", order.Drug.Concept);
        json.Reference("subject", person.Reference, person.Name.Full);
        json.Reference("encounter", order.Contact);
        json.Moment("authoredOn", order.Authored);
        json.Reference("requester", order.Prescriber.Reference, order.Prescriber.Title);
        if (order.Reason is { } reason) json.References("reasonReference", reason);
        json.Only("dosageInstruction", () => Dosage(json, order.Drug));
    }

    static void Dosage(ElementWriter json, Drug drug)
    {
        json.Text("text", Words(drug));
        json.Element("timing", () => json.Element("repeat", () =>
        {
            json.Number("frequency", drug.PerDay);
            json.Number("period", 1);
            json.Text("periodUnit", "d");
        }));
        if (drug.AsNeeded) json.Flag("asNeededBoolean", true);
        json.Concept("route", drug.Route.Code);
        json.Only("doseAndRate", () => json.Quantity("doseQuantity", drug.Dose, Unit(drug), drug.Unit));
    }

    static string Words(Drug drug)
    {
        var times = drug.PerDay switch { 1 => "once a day", 2 => "twice a day", _ => $"{drug.PerDay} times a day" };
        return $"{drug.Dose.ToString(CultureInfo.InvariantCulture)} {Unit(drug)} {drug.Route.Words}, {(drug.AsNeeded ? "up to " : "")}{times}{(drug.AsNeeded ? " as needed" : "")}";
    }

    static string Unit(Drug drug) => drug.Unit switch { "{puff}" => "puff", "[IU]" => "IU", _ => drug.Unit };
}
