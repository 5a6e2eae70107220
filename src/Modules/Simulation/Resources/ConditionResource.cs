using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class ConditionResource
{
    static readonly Code Severe = Terms.Snomed("24484000", "Severe");

    /// <summary>An abatement goes with "resolved", and only with it (invariant con-4).</summary>
    public static void Write(ElementWriter json, Person person, Problem problem)
    {
        json.Concept("clinicalStatus", problem.End is null ? Terms.Hl7("condition-clinical", "active", "Active") : Terms.Hl7("condition-clinical", "resolved", "Resolved"));
        json.Concept("verificationStatus", Terms.Hl7("condition-ver-status", "confirmed", "Confirmed"));
        json.Concepts("category", (problem.Lasting || problem.Contact is null
            ? Terms.Hl7("condition-category", "problem-list-item", "Problem List Item") : Terms.Hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis")).Concept());
        if (problem.Severe) json.Concept("severity", Severe);
        json.Concept("code", problem.Concept);
        json.Reference("subject", person.Reference, person.Name.Full);
        json.Reference("encounter", problem.Contact);
        json.Moment("onsetDateTime", problem.Onset);
        if (problem.End is { } end) json.Moment("abatementDateTime", end);
        json.Reference("recorder", problem.Recorder.Reference, problem.Recorder.Title);
    }
}
