using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class ReportResource
{
    public static void Write(ElementWriter json, Person person, Report report)
    {
        json.Text("status", "final");
        json.Concepts("category", Terms.Hl7("v2-0074", "LAB", "Laboratory").Concept());
        json.Concept("code", new Concept(report.Panel.Name, report.Panel.Code));
        json.Reference("subject", person.Reference, person.Name.Full);
        json.Reference("encounter", report.Contact);
        json.Moment("effectiveDateTime", report.Taken);
        json.Moment("issued", report.Issued);
        json.References("performer", HospitalBundle.Organization);
        json.References("resultsInterpreter", report.Orderer.Reference);
        json.References("result", report.Results);
        json.Text("conclusion", report.Conclusion);
    }
}
