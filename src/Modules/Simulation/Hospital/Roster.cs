using Salus.Simulation.Chance;
using Salus.Simulation.People;

namespace Salus.Simulation.Hospital;

internal sealed record Clinician(int Number, PersonName Name, Sex Sex, Specialty Specialty, bool IsNurse)
{
    public string Id => $"prac-{Number:0000}";
    public string RoleId => $"role-{Number:0000}";
    public string Reference => "Practitioner/" + Id;
    public string Title => IsNurse ? $"{Name.Full}, RN" : "Dr " + Name.Full;
}

/// <summary>The staff: the same for every plan with the same seed.</summary>
internal sealed class Roster
{
    readonly ILookup<(Specialty, bool), Clinician> byDuty;

    public Roster(int seed)
    {
        var number = 0;
        All = [.. Specialties.All.SelectMany(specialty =>
            Enumerable.Range(0, specialty.Physicians + specialty.Nurses).Select(i => Hire(seed, ++number, specialty, i >= specialty.Physicians)))];
        byDuty = All.ToLookup(clinician => (clinician.Specialty, clinician.IsNurse));
    }

    public IReadOnlyList<Clinician> All { get; }

    public Clinician Physician(Specialty specialty, Dice dice) => dice.Pick(byDuty[(specialty, false)].ToList());

    public Clinician Nurse(Specialty specialty, Dice dice) => dice.Pick(byDuty[(specialty, true)].ToList());

    static Clinician Hire(int seed, int number, Specialty specialty, bool isNurse)
    {
        var dice = Dice.For(seed, "staff", number);
        var sex = dice.Hits(isNurse ? 0.8 : 0.5) ? Sex.Female : Sex.Male;
        return new Clinician(number, dice.Pick(Cultures.All, culture => culture.Share).Name(sex, dice), sex, specialty, isNurse);
    }
}
