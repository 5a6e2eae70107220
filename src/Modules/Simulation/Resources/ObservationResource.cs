using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class ObservationResource
{
    static readonly Dictionary<string, Code> Flags = new()
    {
        ["N"] = Flag("N", "Normal"), ["H"] = Flag("H", "High"), ["L"] = Flag("L", "Low"),
    };

    public static void Write(ElementWriter json, Person person, Measurement found)
    {
        json.Text("status", "final");
        json.Concepts("category", Category(found.Kind).Concept());
        json.Concept("code", new Concept(found.Codes[0].Display, found.Codes));
        json.Reference("subject", person.Reference);
        json.Reference("encounter", found.Contact);
        json.Moment("effectiveDateTime", found.Taken);
        if (found.Issued is { } issued) json.Moment("issued", issued);
        json.References("performer", found.Performer.Reference);
        if (found.Amount is { } amount) Value(json, amount);
        json.Concept("valueCodeableConcept", found.Finding);
        if (found.Limits is { } limits && found.Amount is { } value) Judge(json, limits, value);
        json.List("component", found.Parts, part =>
        {
            json.Concept("code", part.Code.Concept());
            Value(json, part.Amount);
        });
    }

    static void Value(ElementWriter json, Amount amount) => json.Quantity("valueQuantity", amount.Value, amount.Unit, amount.Ucum);

    static void Judge(ElementWriter json, Limits limits, Amount value)
    {
        json.Concepts("interpretation", Flags[limits.Flag(value.Value)].Concept());
        json.Only("referenceRange", () =>
        {
            if (limits.Low is { } low) json.Quantity("low", (decimal)low, value.Unit, value.Ucum);
            if (limits.High is { } high) json.Quantity("high", (decimal)high, value.Unit, value.Ucum);
        });
    }

    static Code Category(MeasurementKind kind) => kind switch
    {
        MeasurementKind.Vital => Terms.Hl7("observation-category", "vital-signs", "Vital Signs"),
        MeasurementKind.Laboratory => Terms.Hl7("observation-category", "laboratory", "Laboratory"),
        _ => Terms.Hl7("observation-category", "social-history", "Social History"),
    };

    static Code Flag(string code, string display) => Terms.Hl7("v3-ObservationInterpretation", code, display);
}
