using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;

namespace Salus.Simulation.Course;

/// <summary>An acute illness in the chart: emergency visit, stay, rounds, blood tests, drugs, procedures and notes.</summary>
internal static class Stays
{
    static readonly Code EmergencyType = Terms.Snomed("50849002", "Emergency room admission");
    static readonly Code InpatientType = Terms.Snomed("32485007", "Hospital admission");

    public static void Write(Recorder record, Illness illness, Bed? bed, int rounds, Dice dice)
    {
        var (chart, episode) = (record.Chart, illness.Episode);
        var physician = record.Roster.Physician(episode.Ward.Specialty, dice);
        var nurse = record.Roster.Nurse(episode.Ward.Specialty, dice);
        var problem = Diagnose(chart, illness, physician, dice);
        var arrival = episode.Newborn || episode.Pregnancy || episode.Days.High == 0 ? null : Arrive(record, illness, problem, dice);
        var stay = Admit(chart, illness, bed, problem, physician, nurse, arrival is not null, dice);
        chart.Problems[chart.Problems.IndexOf(problem)] = problem with { Contact = (arrival ?? stay).Reference };
        chart.Contacts.Add(stay);

        VitalSigns? last = null;
        foreach (var moment in Rounds(illness, rounds, dice))
        {
            last = record.Vitals(stay, moment, illness, nurse);
            record.Nursing(stay, moment, last, nurse);
        }
        if (episode.Newborn || episode.Pregnancy) record.Build(stay, illness.Start.AddMinutes(25), nurse);
        foreach (var moment in Draws(illness)) record.Laboratory(stay, moment, episode.Panels, illness, physician);
        Order(chart, illness, stay, problem, physician);
        Treat(chart, illness, stay, problem, physician, dice);
        Notes.OfStay(record, illness, stay, problem, last, dice);
    }

    static Problem Diagnose(Chart chart, Illness illness, Clinician physician, Dice dice)
    {
        var episode = illness.Episode;
        if (episode.Pregnancy)
        {
            chart.Problems.Add(new(chart.NextId("cond"), Visits.Pregnant, false, illness.Start.AddDays(-260), illness.Start.AddHours(1), null, physician));
        }
        var onset = episode.Newborn || episode.Pregnancy ? illness.Start : illness.Start.AddHours(-dice.Between(6, 40));
        var end = illness.Fatal ? null : illness.End;
        var problem = new Problem(chart.NextId("cond"), episode.Concept, false, onset, end, null, physician) { Severe = episode.Dangerous };
        chart.Problems.Add(problem);
        return problem;
    }

    static Contact Arrive(Recorder record, Illness illness, Problem problem, Dice dice)
    {
        var start = illness.Start.AddMinutes(-dice.Between(110, 330));
        var physician = record.Roster.Physician(Specialties.Emergency, dice);
        var nurse = record.Roster.Nurse(Specialties.Emergency, dice);
        var contact = new Contact(record.Chart.NextId("enc"), ContactKind.Emergency, start, illness.Start, EmergencyType, illness.Episode.Complaint, physician)
        {
            Nurse = nurse,
            Places = [new(Wards.Emergency.Reference, Wards.Emergency.Name, false, start, illness.Start)],
            Problems = [problem.Reference],
            Disposition = Terms.Hl7("discharge-disposition", "oth", "Other"),
        };
        record.Chart.Contacts.Add(contact);
        record.Vitals(contact, start.AddMinutes(12), illness, nurse);
        return contact;
    }

    static Contact Admit(Chart chart, Illness illness, Bed? bed, Problem problem, Clinician physician, Clinician nurse, bool fromEmergency, Dice dice)
    {
        var episode = illness.Episode;
        var kind = episode.Days.High == 0 ? ContactKind.Emergency : ContactKind.Inpatient;
        return new Contact(chart.NextId("enc"), kind, illness.Start, illness.End, kind == ContactKind.Emergency ? EmergencyType : InpatientType, episode.Complaint, physician)
        {
            Nurse = nurse,
            Places = Places(illness, bed, dice),
            Problems = [problem.Reference, .. chart.Problems.Where(other => other.Lasting && other.Onset < illness.Start).Select(other => other.Reference)],
            AdmitSource = episode.Newborn ? "born" : fromEmergency ? "emd" : episode.Pregnancy ? "outp" : null,
            Disposition = illness.End is null ? null : Disposition(chart, illness),
        };
    }

    static Placement[] Places(Illness illness, Bed? bed, Dice dice)
    {
        var ward = illness.Episode.Ward;
        bed ??= dice.Pick(ward.AllBeds.ToList());
        var viaIntensiveCare = illness.End is not null && illness.Episode.Dangerous && ward != Wards.IntensiveCare && dice.Hits(0.25);
        if (!viaIntensiveCare) return [At(bed, illness.Start, illness.End)];
        var first = dice.Pick(Wards.IntensiveCare.AllBeds.ToList());
        var moved = illness.Start.AddHours(dice.Between(18, 40));
        return [At(first, illness.Start, moved), At(bed, moved, illness.End)];
    }

    static Placement At(Bed bed, DateTimeOffset start, DateTimeOffset? end) => new(bed.Reference, bed.Name, true, start, end);

    static Code Disposition(Chart chart, Illness illness)
    {
        if (illness.Fatal) return Terms.Hl7("discharge-disposition", "exp", "Expired");
        if (illness.Episode == Episodes.Stroke || illness.Episode == Episodes.HipFracture) return Terms.Hl7("discharge-disposition", "rehab", "Rehabilitation");
        return chart.Person.AgeAt(illness.Start) > 88 ? Terms.Hl7("discharge-disposition", "snf", "Skilled nursing facility") : Terms.Hl7("discharge-disposition", "home", "Home");
    }

    /// <summary>Present stays: every 4 h over the last 72 h and twice a day before; past stays: every 8 h back from discharge; emergency: hourly.</summary>
    static List<DateTimeOffset> Rounds(Illness illness, int rounds, Dice dice)
    {
        var found = new List<DateTimeOffset>();
        var hours = illness.Episode.Days.High == 0 ? Enumerable.Range(0, 10)
            : illness.End is null ? Enumerable.Range(0, 19).Select(i => i * 4).Concat([84, 96, 108, 120])
            : Enumerable.Range(0, rounds).Select(i => (i * 8) + 1);
        foreach (var hour in hours)
        {
            var moment = illness.Now.AddHours(-hour).AddMinutes(-dice.Between(4, 24));
            if (moment > illness.Start) found.Add(moment);
        }
        found.Reverse();
        return found.Count > 0 ? found : [illness.Start.AddMinutes(5)];
    }

    /// <summary>At admission, then in the mornings: the last four of a present stay, the first and the last of a past one.</summary>
    static IEnumerable<DateTimeOffset> Draws(Illness illness)
    {
        var first = illness.Start.AddMinutes(40);
        if (first.AddMinutes(30) > illness.Now) return [];
        var latest = illness.Now.AddHours(-3);
        var mornings = Enumerable.Range(1, 40).Select(day => new DateTimeOffset(illness.Start.Date.AddDays(day).AddHours(6).AddMinutes(10), illness.Start.Offset))
            .Where(morning => morning > first.AddHours(5) && morning < latest).ToList();
        var kept = illness.End is null ? mornings.TakeLast(4) : mornings.Count > 1 ? [mornings[0], mornings[^1]] : mornings;
        return [first, .. kept];
    }

    static void Order(Chart chart, Illness illness, Contact stay, Problem problem, Clinician physician)
    {
        var forbidden = Background.Forbidden(chart);
        var anticoagulated = chart.Orders.Any(order => order is { Inpatient: false, Active: true } && order.Drug == Drugs.Warfarin);
        var minutes = 30;
        foreach (var drug in illness.Episode.Drugs.Select(drug => Allergens.Safe(drug, forbidden)).Distinct())
        {
            if (drug == Drugs.Enoxaparin && anticoagulated) continue;
            var authored = illness.Start.AddMinutes(minutes += 7);
            chart.Orders.Add(new(chart.NextId("med"), drug, true, illness.End is null, authored < illness.Now ? authored : illness.Start, stay.Reference, problem.Reference, physician));
        }
    }

    static void Treat(Chart chart, Illness illness, Contact stay, Problem problem, Clinician physician, Dice dice)
    {
        foreach (var treatment in illness.Episode.Treatments)
        {
            var start = treatment.OnDay == 0 ? illness.Start.AddMinutes(dice.Between(50, 400)) : new DateTimeOffset(illness.Start.Date.AddDays(treatment.OnDay).AddHours(dice.Between(9, 14)), illness.Start.Offset);
            var end = start.AddMinutes(treatment.OnDay == 0 ? dice.Between(12, 60) : dice.Between(45, 130));
            if (end < illness.Now) chart.Interventions.Add(new(chart.NextId("proc"), treatment.Concept, start, end, stay.Reference, problem.Reference, physician));
        }
    }
}
