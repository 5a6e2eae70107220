using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;

namespace Salus.Simulation.Course;

/// <summary>Planned visits to the outpatient clinic over the recorded past.</summary>
internal static class Visits
{
    public static readonly Concept Pregnant = Diseases.Named("Pregnant", "77386006", "Z34.90", "Encounter for supervision of normal pregnancy, unspecified, unspecified trimester");

    static readonly Code CheckUp = Terms.Snomed("185349003", "Encounter for check up");
    static readonly Code FollowUp = Terms.Snomed("390906007", "Follow-up encounter");
    static readonly Code Prenatal = Terms.Snomed("424619006", "Prenatal visit");
    static readonly Code Influenza = Terms.Cvx("140", "Influenza, seasonal, injectable, preservative free");

    public static void Write(Recorder record, TimeFrame known, bool expecting, Illness? current, IReadOnlyList<Disease> chronic, Dice dice)
    {
        var pregnancy = expecting ? Expect(record, dice) : null;
        var smoking = dice.Pick(VitalCodes.SmokingStates, state => state.Value == "266919005" ? 6 : 2);
        if (chronic.Contains(Diseases.Copd)) smoking = VitalCodes.SmokingStates[dice.Between(1, 2)];
        var moments = Moments(record, known, current, dice);
        for (var i = 0; i < moments.Count; i++)
        {
            var problem = pregnancy is not null && moments[i] > pregnancy.Onset ? pregnancy
                : record.Chart.Problems.Where(found => found.Lasting && found.Onset <= moments[i]).Skip(i % Math.Max(1, chronic.Count)).FirstOrDefault();
            var visit = Visit(record, moments[i], problem, problem == pregnancy && problem is not null, dice);
            Examine(record, visit, moments[i].AddMinutes(6), smoking, i, chronic);
            Notes.OfVisit(record, visit, moments[i].AddMinutes(22), problem, Advice(problem, chronic));
            if (moments[i].Month >= 10 && record.Person.AgeAt(moments[i]) > 1 && !record.Chart.Vaccinations.Any(given => given.Vaccine == Influenza && given.Given.Year == moments[i].Year))
                record.Chart.Vaccinations.Add(new(record.Chart.NextId("imm"), Influenza, moments[i].AddMinutes(18), visit.Reference, visit.Nurse!));
        }
    }

    static Problem Expect(Recorder record, Dice dice)
    {
        var onset = record.Frame.Until.AddDays(-dice.Between(80, 245));
        var problem = new Problem(record.Chart.NextId("cond"), Pregnant, false, onset, null, null, record.Roster.Physician(Specialties.Obstetrics, dice));
        record.Chart.Problems.Add(problem);
        record.Chart.Orders.Add(new(record.Chart.NextId("med"), Drugs.FolicAcid, false, true, onset.AddDays(30), null, problem.Reference, problem.Recorder));
        return problem;
    }

    static Contact Visit(Recorder record, DateTimeOffset start, Problem? problem, bool prenatal, Dice dice)
    {
        var age = record.Person.AgeAt(start);
        var specialty = prenatal ? Specialties.Obstetrics : age < 16 ? Specialties.Paediatrics : Specialties.GeneralPractice;
        var physician = specialty == Specialties.GeneralPractice ? record.Person.Physician : record.Roster.Physician(specialty, dice);
        var visit = new Contact(record.Chart.NextId("enc"), ContactKind.Ambulatory, start, start.AddMinutes(25), prenatal ? Prenatal : problem is null ? CheckUp : FollowUp,
            prenatal ? "Prenatal check" : problem is null ? (age < 16 ? "Well child check" : "Check-up") : $"Follow-up: {problem.Concept.Text}", physician)
        {
            Nurse = record.Roster.Nurse(specialty, dice),
            Problems = problem is null ? [] : [problem.Reference],
        };
        record.Chart.Contacts.Add(visit);
        return visit;
    }

    static void Examine(Recorder record, Contact visit, DateTimeOffset moment, Code smoking, int number, IReadOnlyList<Disease> chronic)
    {
        var age = record.Person.AgeAt(moment);
        record.Vitals(visit, moment, null, visit.Nurse!);
        record.Build(visit, moment, visit.Nurse!);
        if (age >= 16) record.Social(visit, moment, smoking, visit.Nurse!);
        var panels = chronic.Where(disease => disease.FollowUp.Length > 0).SelectMany(disease => disease.FollowUp).ToList();
        if (number % 3 == 0 && age >= 18) panels.AddRange([Panels.BloodCount, Panels.Metabolic, Panels.Lipids]);
        if (number % 3 == 0 && age is < 18 and > 0.5) panels.Add(Panels.BloodCount);
        if (visit.Type == Prenatal) panels.Add(Panels.BloodCount);
        record.Laboratory(visit, moment.AddMinutes(10), panels, null, visit.Physician);
    }

    /// <summary>Spread evenly over the past with some days of chance, in office hours, never within five days of a stay or after the last one.</summary>
    static List<DateTimeOffset> Moments(Recorder record, TimeFrame known, Illness? current, Dice dice)
    {
        var stays = record.Chart.Contacts.ToList();
        var end = current?.Start ?? (record.Person.Death is null ? known.Until : stays[^1].Start);
        var span = end.AddDays(-8) - known.From;
        if (span < TimeSpan.FromDays(20)) return [];
        var small = record.Person.AgeAt(known.Until) < 4;
        var perTwoYears = small || current is { Episode.Days.High: 0 } ? 7 : current is not null ? 3 : dice.Between(5, 6);
        var count = Math.Max(1, (int)(perTwoYears * Math.Max(1, (record.Frame.Until - record.Frame.From).TotalDays / 731)));
        var found = new List<DateTimeOffset>();
        for (var i = 0; i < count; i++)
        {
            var day = known.From + (span / count * (i + dice.Between(0.3, 0.8)));
            // Nobody comes on a Sunday or during a stay.
            while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || stays.Any(stay => day > stay.Start.AddDays(-5) && day < (stay.End ?? known.Until).AddDays(5))) day = day.AddDays(1);
            var moment = new DateTimeOffset(day.Date.AddHours(dice.Between(8, 15)).AddMinutes(dice.Between(0, 11) * 5), known.Until.Offset);
            if (moment < end.AddDays(-1)) found.Add(moment);
        }
        return found;
    }

    static string Advice(Problem? problem, IReadOnlyList<Disease> chronic) => problem is null
        ? "Well. No complaints, physical examination without findings."
        : chronic.FirstOrDefault(disease => disease.Concept == problem.Concept)?.Advice ?? "Pregnancy is progressing normally; fetal heart sounds are regular.";
}
