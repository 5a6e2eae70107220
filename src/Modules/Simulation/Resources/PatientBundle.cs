using Salus.Simulation.Course;
using Salus.Simulation.Json;

namespace Salus.Simulation.Resources;

/// <summary>A patient's whole chart as one transaction.</summary>
internal static class PatientBundle
{
    public static ReadOnlyMemory<byte> Write(Chart chart)
    {
        var person = chart.Person;
        using var bundle = new TransactionWriter();
        bundle.Put("Patient", person.Id, json => PatientResource.Write(json, person));
        foreach (var contact in chart.Contacts) bundle.Put("Encounter", contact.Id, json => EncounterResource.Write(json, person, contact));
        foreach (var problem in chart.Problems) bundle.Put("Condition", problem.Id, json => ConditionResource.Write(json, person, problem));
        foreach (var allergy in chart.Sensitivities) bundle.Put("AllergyIntolerance", allergy.Id, json => AllergyResource.Write(json, person, allergy));
        foreach (var order in chart.Orders) bundle.Put("MedicationRequest", order.Id, json => MedicationResource.Write(json, person, order));
        foreach (var found in chart.Measurements) bundle.Put("Observation", found.Id, json => ObservationResource.Write(json, person, found));
        foreach (var report in chart.Reports) bundle.Put("DiagnosticReport", report.Id, json => ReportResource.Write(json, person, report));
        foreach (var done in chart.Interventions) bundle.Put("Procedure", done.Id, json => ProcedureResource.Write(json, person, done));
        foreach (var given in chart.Vaccinations) bundle.Put("Immunization", given.Id, json => ImmunizationResource.Write(json, person, given));
        foreach (var plan in chart.Plans) bundle.Put("CarePlan", plan.Id, json => CarePlanResource.Write(json, person, plan));
        foreach (var note in chart.Notes) bundle.Put("DocumentReference", note.Id, json => DocumentResource.Write(json, person, note));
        return bundle.Finish();
    }
}
