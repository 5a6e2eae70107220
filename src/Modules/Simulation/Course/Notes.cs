using System.Globalization;
using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Course;

/// <summary>Plain-text notes, put together from what is in the chart.</summary>
internal static class Notes
{
    static readonly Code Discharge = Terms.Loinc("18842-5", "Discharge summary");
    static readonly Code Progress = Terms.Loinc("11506-3", "Progress note");
    static readonly Code Admission = Terms.Loinc("34117-2", "History and physical note");
    static readonly Code Emergency = Terms.Loinc("34111-5", "Emergency department Note");

    public static void OfVisit(Recorder record, Contact visit, DateTimeOffset moment, Problem? problem, string advice)
    {
        var signs = Latest(record.Chart, VitalCodes.BloodPressure, visit) is { Parts: [var systolic, var diastolic] }
            ? $"Blood pressure {Text(systolic.Amount)}/{Text(diastolic.Amount)} mmHg. " : "";
        var weight = Latest(record.Chart, VitalCodes.Weight, visit) is { Amount: { } kilograms } ? $"Weight {Text(kilograms)} kg." : "";
        var text = $"""
            {visit.Reason}
            {Who(record.Person, moment)}

            Findings: {signs}{weight}
            Assessment: {problem?.Concept.Text ?? "No active problem."}
            Plan: {advice}

            {visit.Physician.Title}
            """;
        record.Chart.Notes.Add(new(record.Chart.NextId("note"), Progress, visit.Reason, text, moment, visit.Reference, visit.Physician));
    }

    public static void OfStay(Recorder record, Illness illness, Contact stay, Problem problem, VitalSigns? last, Dice dice)
    {
        if (stay.Kind == ContactKind.Emergency)
        {
            Add(record, stay, Emergency, "Emergency department note", Earlier(illness.Start.AddMinutes(75), illness.Now), Came(record, illness) + (illness.End is null ? "\n\nUnder observation; results are awaited." : "\n\nCourse: " + illness.Episode.Course));
            return;
        }
        Add(record, stay, Admission, "Admission note", Earlier(illness.Start.AddMinutes(90), illness.Now), Came(record, illness) + $"\n\nWorking diagnosis: {problem.Concept.Text}.");
        if (illness.End is { } end)
            Add(record, stay, Discharge, illness.Fatal ? "Summary of the stay (patient died)" : "Discharge summary", end.AddMinutes(-dice.Between(10, 50)), Summary(record, illness, stay, problem, end));
        else if (last is not null)
            Add(record, stay, Progress, "Ward note", illness.Now.AddMinutes(-dice.Between(60, 150)) is var moment && moment > illness.Start ? moment : illness.Now, Round(illness, last));
    }

    static string Came(Recorder record, Illness illness)
    {
        var known = record.Chart.Problems.Where(problem => problem.Lasting && problem.Onset < illness.Start).Select(problem => problem.Concept.Text).ToList();
        var allergies = record.Chart.Sensitivities.Select(sensitivity => sensitivity.Allergen?.Code.Display ?? "No known allergy").ToList();
        return $"""
            {Who(record.Person, illness.Start)}

            Complaint: {illness.Episode.Complaint}
            Known: {(known.Count > 0 ? string.Join(", ", known) : "no chronic illness")}.
            Allergies: {(allergies.Count > 0 ? string.Join(", ", allergies) : "not asked")}.
            """;
    }

    static string Summary(Recorder record, Illness illness, Contact stay, Problem problem, DateTimeOffset end)
    {
        var results = record.Chart.Reports.Where(report => report.Contact == stay.Reference).GroupBy(report => report.Panel.Name)
            .Select(group => $"- {group.Key}: at first {group.First().Conclusion} At last {group.Last().Conclusion}");
        var procedures = record.Chart.Interventions.Where(done => done.Contact == stay.Reference).Select(done => $"{done.Concept.Text} ({Day(done.Start)})").ToList();
        var home = record.Chart.Orders.Where(order => !order.Inpatient).Select(order => "- " + order.Drug.Text).ToList();
        return $"""
            {Who(record.Person, end)}
            In hospital {Day(illness.Start)} to {Day(end)}, {stay.Places[^1].Name}.

            Diagnosis: {problem.Concept.Text}.
            On arrival: {illness.Episode.Complaint}
            Course: {(illness.Fatal ? "In spite of full treatment the patient's condition worsened. The patient died; the family was with them." : illness.Episode.Course + " The patient left the hospital in improved condition.")}
            Procedures: {(procedures.Count > 0 ? string.Join(", ", procedures) : "none")}.
            Laboratory:
            {string.Join('\n', results)}
            {(illness.Fatal ? "" : "Long-term medication:\n" + (home.Count > 0 ? string.Join('\n', home) : "- none") + "\nFollow-up with the general practitioner within ten days.")}
            """;
    }

    static string Round(Illness illness, VitalSigns last)
    {
        var words = illness.Trajectory switch
        {
            Trajectory.Recovering when illness.Episode.Ward == Wards.IntensiveCare => "Better than yesterday. Support is being reduced; transfer to the ward is being planned.",
            Trajectory.Recovering => "Feels better than yesterday. Continue; discharge is being planned.",
            Trajectory.Stable => "Unchanged since yesterday. Continue the present treatment.",
            _ => "Worse since yesterday. Observations more often; the physician on call and the outreach team are informed.",
        };
        return $"""
            Last observations: pulse {last.HeartRate}/min, respiration {last.Breaths}/min, saturation {last.Saturation} % on {(last.Oxygen == 0 ? "room air" : $"{last.Oxygen} L/min oxygen")}, temperature {last.Temperature.ToString(CultureInfo.InvariantCulture)} °C, {(last.Consciousness == Consciousness.Alert ? "alert" : "not fully alert")}.
            Assessment: {words}
            """;
    }

    static void Add(Recorder record, Contact stay, Code type, string title, DateTimeOffset moment, string body) => record.Chart.Notes.Add(
        new(record.Chart.NextId("note"), type, title, $"{title}\n{body}\n\n{stay.Physician.Title}", moment, stay.Reference, stay.Physician));

    static Measurement? Latest(Chart chart, Code code, Contact contact) =>
        chart.Measurements.LastOrDefault(measurement => measurement.Contact == contact.Reference && measurement.Codes[0] == code);

    static string Who(Person person, DateTimeOffset moment)
    {
        var age = person.AgeAt(moment);
        var years = age < 2 ? $"{Math.Max(1, (int)(age * 12))} months" : $"{(int)age} years";
        if (person.DaysAt(moment) < 31) years = "newborn";
        return $"{person.Name.Full}, {(person.Sex == Sex.Female ? "female" : "male")}, {years}, {Day(moment)}";
    }

    static string Text(Amount amount) => amount.Value.ToString(CultureInfo.InvariantCulture);

    static string Day(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
