using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class AllergyResource
{
    public static void Write(ElementWriter json, Person person, Sensitivity sensitivity)
    {
        var allergen = sensitivity.Allergen;
        json.Concept("clinicalStatus", Terms.Hl7("allergyintolerance-clinical", "active", "Active"));
        json.Concept("verificationStatus", Terms.Hl7("allergyintolerance-verification", "confirmed", "Confirmed"));
        if (allergen is not null)
        {
            json.Text("type", "allergy");
            json.Texts("category", allergen.Category);
            json.Text("criticality", allergen.Severe ? "high" : "low");
        }
        json.Concept("code", (allergen?.Code ?? Allergens.NoneKnown).Concept());
        json.Reference("patient", person.Reference, person.Name.Full);
        json.Moment("recordedDate", sensitivity.Recorded);
        json.Reference("recorder", sensitivity.Recorder.Reference, sensitivity.Recorder.Title);
        if (allergen is null) return;
        json.Only("reaction", () =>
        {
            json.Concepts("manifestation", [.. allergen.Reactions.Select(reaction => reaction.Concept())]);
            json.Text("severity", allergen.Severe ? "severe" : "mild");
        });
    }
}
