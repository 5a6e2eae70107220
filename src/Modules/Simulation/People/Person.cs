using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;

namespace Salus.Simulation.People;

internal sealed record Address(string Line, string City, string State, string PostalCode);

internal sealed record Kin(PersonName Name, string RelationCode, string Relation, string Phone);

internal sealed record Person(
    int Number, PersonName Name, Sex Sex, DateOnly BirthDate, Culture Culture, Address Address, string Phone, string? Email,
    string? Marriage, Kin Kin, Clinician Physician)
{
    public string Id => $"pat-{Number:00000}";
    public string Reference => "Patient/" + Id;
    public DateTimeOffset? Death { get; set; }

    /// <summary>Age in years, with fractions.</summary>
    public double AgeAt(DateTimeOffset moment) => DaysAt(moment) / 365.25;

    public int DaysAt(DateTimeOffset moment) => DateOnly.FromDateTime(moment.DateTime).DayNumber - BirthDate.DayNumber;

    public static Person Draw(int number, Sex sex, int ageInDays, DateTimeOffset until, Roster roster, Dice dice)
    {
        var culture = Cultures.Of(number, dice);
        var name = Cultures.Unusual(number, sex) ?? culture.Name(sex, dice);
        var birth = DateOnly.FromDateTime(until.DateTime).AddDays(-ageInDays);
        var age = ageInDays / 365;
        var address = new Address($"{dice.Between(1, 980)} {dice.Pick(Streets)}", "Riverbend", "MA", $"0{dice.Between(1000, 2799)}");
        var email = age >= 14 && dice.Hits(0.75) ? $"patient{number:00000}@example.org" : null;
        var kin = Relative(name, age, culture, dice);
        var physician = roster.Physician(Specialties.GeneralPractice, dice);
        return new Person(number, name, sex, birth, culture, address, DrawPhone(dice), email, DrawMarriage(age, dice), kin, physician);
    }

    // 555-0100 to 555-0199 are set aside for fiction in the North American plan.
    static string DrawPhone(Dice dice) => $"+1-{dice.Pick(AreaCodes)}-555-{dice.Between(100, 199):0000}";

    static string? DrawMarriage(int age, Dice dice) => age switch
    {
        < 18 => null,
        < 28 => dice.Hits(0.8) ? "S" : "M",
        < 70 => dice.Pick(["M", "M", "M", "S", "D"]),
        _ => dice.Pick(["M", "W", "W", "D"]),
    };

    static Kin Relative(PersonName name, int age, Culture culture, Dice dice)
    {
        var (code, relation, sex) = age switch
        {
            < 18 => dice.Hits(0.6) ? ("MTH", "mother", Sex.Female) : ("FTH", "father", Sex.Male),
            < 60 => dice.Hits(0.5) ? ("SIS", "sister", Sex.Female) : ("BRO", "brother", Sex.Male),
            _ => dice.Hits(0.5) ? ("DAUC", "daughter", Sex.Female) : ("SONC", "son", Sex.Male),
        };
        return new Kin(culture.Name(sex, dice) with { Family = name.Family }, code, relation, DrawPhone(dice));
    }

    static readonly string[] AreaCodes = ["202", "303", "404", "512", "617"];
    static readonly string[] Streets = ["Harbour Street", "Mill Lane", "Orchard Road", "Cedar Avenue", "Station Road", "Quarry Hill", "Lakeside Drive", "Chapel Row"];
}
