using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Course;

/// <summary>Draws a patient's life: who, which illnesses, which stays and visits; the rest of Course fills in the details.</summary>
internal static class Biography
{
    /// <summary>Past stays of patients who are in a bed today end before this, so that they never meet the present occupant of a bed.</summary>
    static readonly TimeSpan Apart = TimeSpan.FromDays(20);

    public static Chart Of(int seed, int number, TimeFrame frame, BedPlan beds, Roster roster)
    {
        var dice = Dice.For(seed, "patient", number);
        var bed = beds.Of(number);
        var acute = bed is null ? null : dice.Pick(Episodes.All.Where(episode => episode.Ward == bed.Ward).ToList());
        var persona = dice.Pick(Personas.All, persona => persona.Weight);
        var (sex, days) = acute is null
            ? Draw(persona.Only, persona.MinAge, persona.MaxAge, dice)
            : acute.Newborn ? (dice.Hits(0.5) ? Sex.Female : Sex.Male, dice.Between(2, 3)) : Draw(acute.Only, acute.MinAge, acute.MaxAge, dice);
        var person = Person.Draw(number, sex, days, frame.Until, roster, dice.Fork("person"));
        var chronic = Illnesses(acute, persona, sex, days / 365.25, dice.Fork("chronic"));
        // Small children cannot have a past before their birth.
        var known = new TimeFrame(Later(frame.From, Midnight(person, frame.Until).AddDays(4)), frame.Until);
        var chart = new Chart(person);
        var record = new Recorder(chart, new Physiology(person, chronic, frame, dice.Fork("body")), frame, roster, dice.Fork("record"));

        Background.Write(chart, chronic, frame, roster, dice.Fork("background"));
        var current = acute is null ? null : Current(acute, person, frame, dice.Fork("current"));
        var past = Past(acute, persona, person, chronic, known, dice.Fork("past"));
        if (past.LastOrDefault() is { Fatal: true, End: { } death }) person.Death = death;
        var stays = dice.Fork("stays");
        // Fewer rounds for who has more stays: a chart keeps 40 to 400 observations.
        var rounds = acute is not null ? 3 : past.Count > 1 ? 6 : 12;
        foreach (var illness in past) Stays.Write(record, illness, null, rounds, stays);
        Visits.Write(record, known, persona.Expecting && acute is null, current, chronic, dice.Fork("visits"));
        if (current is not null) Stays.Write(record, current, bed, 0, stays);
        return chart;
    }

    static (Sex, int Days) Draw(Sex? only, int minAge, int maxAge, Dice dice) =>
        (only ?? (dice.Hits(0.5) ? Sex.Female : Sex.Male), Math.Max((minAge * 365) + (minAge / 4) + dice.Below(((maxAge - minAge) * 365) + 300) + 1, minAge == 0 ? 45 : 0));

    static List<Disease> Illnesses(Episode? acute, Persona persona, Sex sex, double age, Dice dice)
    {
        var found = new List<Disease>();
        if (acute is not null) found.AddRange(acute.Usual.Where(disease => age > disease.EarliestAge && dice.Hits(0.85)));
        else if (persona.Main is { } main) found.Add(main);
        foreach (var disease in Diseases.Background)
        {
            var likely = dice.Hits(disease.Share);
            if (likely && age >= disease.CommonFrom && found.Count < 5 && (disease.Only ?? sex) == sex && !found.Contains(disease)) found.Add(disease);
        }
        return found;
    }

    static Illness Current(Episode episode, Person person, TimeFrame frame, Dice dice)
    {
        var way = !episode.Dangerous ? dice.Pick([Trajectory.Recovering, Trajectory.Recovering, Trajectory.Stable])
            : dice.Pick([Trajectory.Recovering, Trajectory.Recovering, Trajectory.Stable, Trajectory.Deteriorating]);
        var start = episode switch
        {
            { Newborn: true } => Midnight(person, frame.Until).AddMinutes(dice.Between(60, 1300)),
            { Days.High: 0 } => frame.Until.AddMinutes(-dice.Between(100, 560)),
            _ => frame.Until.AddHours(-dice.Between(30, (episode.Days.High * 24) - 12)),
        };
        return new Illness(episode, start, null, frame.Until, way);
    }

    static List<Illness> Past(Episode? acute, Persona persona, Person person, List<Disease> chronic, TimeFrame known, Dice dice)
    {
        var last = acute is null ? known.Until.AddDays(-2) : known.Until - Apart;
        var room = last - known.From;
        if (room < TimeSpan.FromDays(120)) return [];
        var age = person.AgeAt(known.From);
        var fatal = acute is null && age > 62 && dice.Hits(0.13);
        var count = acute is not null ? (dice.Hits(0.25) ? 1 : 0) : fatal || persona.Past is not null ? 1 : dice.Pick([0, 0, 0, 1, 1, 1, 2]);
        var fitting = Episodes.All.Where(episode => episode.Suits(person.Sex, age) && !episode.Pregnancy && (!fatal || episode.Dangerous)
            && (episode.Usual.Length == 0 || episode.Usual.Any(chronic.Contains))).ToList();
        var found = new List<Illness>();
        for (var i = 0; i < count; i++)
        {
            var episode = persona.Past is not null && acute is null ? persona.Past : fitting.Count > 0 ? dice.Pick(fitting) : null;
            if (episode is null) break;
            var length = episode.Days.High == 0 ? TimeSpan.FromMinutes(dice.Between(150, 420)) : TimeSpan.FromHours((dice.Between(episode.Days.Low, episode.Days.High) * 24) + dice.Between(-8, 4));
            // Each past stay has its own part of the past, so that two never overlap.
            var part = room / count;
            var start = known.From + (part * i) + TimeSpan.FromMinutes((long)((part - length - TimeSpan.FromDays(20)).TotalMinutes * (fatal ? dice.Between(0.6, 1.0) : dice.Unit()))) + TimeSpan.FromDays(6);
            found.Add(new Illness(episode, start, start + length, start + length, fatal ? Trajectory.Deteriorating : Trajectory.Recovering));
        }
        return found;
    }

    static DateTimeOffset Midnight(Person person, DateTimeOffset until) => new(person.BirthDate.ToDateTime(TimeOnly.MinValue), until.Offset);

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
