using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class ImmunizationResource
{
    public static void Write(ElementWriter json, Person person, Vaccination given)
    {
        json.Text("status", "completed");
        json.Concept("vaccineCode", given.Vaccine.Concept());
        json.Reference("patient", person.Reference, person.Name.Full);
        json.Reference("encounter", given.Contact);
        json.Moment("occurrenceDateTime", given.Given);
        json.Flag("primarySource", true);
        json.Only("performer", () => json.Reference("actor", given.Performer.Reference, given.Performer.Title));
    }
}
