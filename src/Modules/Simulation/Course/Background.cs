using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Course;

/// <summary>What the patient brings along: chronic problems with their drugs and plans, allergies, childhood vaccines.</summary>
internal static class Background
{
    public static void Write(Chart chart, IReadOnlyList<Disease> chronic, TimeFrame frame, Roster roster, Dice dice)
    {
        Allergies(chart, frame, dice);
        foreach (var disease in chronic) Chronic(chart, disease, chronic, frame, roster, dice);
        Vaccines(chart, frame);
    }

    static void Allergies(Chart chart, TimeFrame frame, Dice dice)
    {
        var person = chart.Person;
        var age = person.AgeAt(frame.Until);
        if (age < 0.1) return;
        // Grown-ups were asked long ago, so that no entry can follow a death; the simulated children do not die.
        var years = (frame.Until - frame.From).TotalDays / 365.25;
        var recorded = age > years + 3 ? frame.From.AddDays(-dice.Between(5, 900)).AddHours(10)
            : frame.Until.AddDays(-dice.Between(1, (int)(age * 300))).AddHours(-dice.Between(7, 14));
        if (dice.Hits(0.28))
        {
            var first = dice.Pick(Allergens.All);
            var second = dice.Pick(Allergens.All);
            Allergen[] found = dice.Hits(0.25) && second.Code != first.Code ? [first, second] : [first];
            foreach (var allergen in found) chart.Sensitivities.Add(new(chart.NextId("allergy"), allergen, recorded, person.Physician));
        }
        else if (dice.Hits(0.75))
        {
            chart.Sensitivities.Add(new(chart.NextId("allergy"), null, recorded, person.Physician));
        }
    }

    static void Chronic(Chart chart, Disease disease, IReadOnlyList<Disease> chronic, TimeFrame frame, Roster roster, Dice dice)
    {
        var person = chart.Person;
        var ill = Math.Max(0.2, person.AgeAt(frame.From) - disease.EarliestAge);
        var onset = frame.From.AddDays(-(int)(Math.Min(ill, dice.Between(0.3, 14)) * 365)).AddHours(dice.Between(8, 15));
        var earliest = new DateTimeOffset(person.BirthDate.AddDays(200).ToDateTime(TimeOnly.MinValue), frame.Until.Offset);
        if (onset < earliest) onset = earliest;
        var problem = new Problem(chart.NextId("cond"), disease.Concept, true, onset, null, null, person.Physician);
        chart.Problems.Add(problem);
        var forbidden = Forbidden(chart);
        foreach (var drug in disease.Drugs.Select(drug => Allergens.Safe(drug, forbidden)))
        {
            if (chart.Orders.Any(order => order.Drug == drug)) continue;
            var authored = onset > frame.From ? onset : frame.From.AddDays(dice.Between(0, 60)).AddHours(10);
            chart.Orders.Add(new(chart.NextId("med"), drug, false, true, authored, null, problem.Reference, person.Physician));
        }
        if (disease == Diseases.Diabetes) chart.Plans.Add(new(chart.NextId("plan"), "Diabetes care plan", "Aim: HbA1c below 7.0 % and blood pressure below 130/80 mmHg.", problem.Reference, onset,
            person.Physician, "HbA1c every six months", "Eye and foot examination every year", "Diet counselling"));
        if (disease == Diseases.HeartFailure) chart.Plans.Add(new(chart.NextId("plan"), "Heart failure care plan", "Aim: no stay in hospital for heart failure.", problem.Reference, onset,
            roster.Physician(Specialties.Cardiology, dice), "Weigh every morning", "Not more than 1.5 L fluid a day", "Influenza vaccine every autumn"));
    }

    public static DrugClass[] Forbidden(Chart chart) =>
        [.. chart.Sensitivities.Select(sensitivity => sensitivity.Allergen?.Forbids ?? DrugClass.Other).Where(kind => kind != DrugClass.Other)];

    static readonly (int Day, Code Vaccine)[] Childhood =
    [
        (62, Terms.Cvx("20", "DTaP")), (62, Terms.Cvx("10", "IPV")), (124, Terms.Cvx("20", "DTaP")), (124, Terms.Cvx("10", "IPV")),
        (186, Terms.Cvx("20", "DTaP")), (380, Terms.Cvx("03", "MMR")), (385, Terms.Cvx("21", "varicella")), (1500, Terms.Cvx("03", "MMR")),
    ];

    static void Vaccines(Chart chart, TimeFrame frame)
    {
        var person = chart.Person;
        if (person.AgeAt(frame.Until) > 18) return;
        foreach (var (day, vaccine) in Childhood)
        {
            var given = new DateTimeOffset(person.BirthDate.AddDays(day).ToDateTime(new TimeOnly(10, 20)), frame.Until.Offset);
            if (given < frame.Until) chart.Vaccinations.Add(new(chart.NextId("imm"), vaccine, given, null, person.Physician));
        }
    }
}
