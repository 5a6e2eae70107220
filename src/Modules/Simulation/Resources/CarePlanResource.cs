using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class CarePlanResource
{
    public static void Write(ElementWriter json, Person person, Plan plan)
    {
        json.Text("status", person.Death is null ? "active" : "completed");
        json.Text("intent", "plan");
        json.Text("title", plan.Title);
        json.Text("description", plan.Description);
        json.Reference("subject", person.Reference, person.Name.Full);
        json.Period("period", plan.Start, person.Death);
        json.Reference("author", plan.Author.Reference, plan.Author.Title);
        json.References("addresses", plan.Problem);
        json.List("activity", plan.Steps, step => json.Element("detail", () =>
        {
            json.Text("status", person.Death is null ? "in-progress" : "stopped");
            json.Text("description", step);
        }));
    }
}
