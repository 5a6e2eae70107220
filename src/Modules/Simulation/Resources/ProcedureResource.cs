using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class ProcedureResource
{
    public static void Write(ElementWriter json, Person person, Intervention done)
    {
        json.Text("status", "completed");
        json.Concept("code", done.Concept);
        json.Reference("subject", person.Reference, person.Name.Full);
        json.Reference("encounter", done.Contact);
        json.Period("performedPeriod", done.Start, done.End);
        json.Only("performer", () => json.Reference("actor", done.Performer.Reference, done.Performer.Title));
        json.References("reasonReference", done.Reason);
    }
}
