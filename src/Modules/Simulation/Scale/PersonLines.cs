using Salus.Simulation.Chance;
using Salus.Simulation.People;

namespace Salus.Simulation.Scale;

/// <summary>A patient: who it is.</summary>
internal sealed class PersonLines(Pen pen)
{
    // Draws of their own for what a patient is called; the visits use others.
    const ulong Names = 0x4E_41_4D_45;

    public static byte[] Family(Story story) => FamilyNames.List.Text(Draw(story));

    public static string FamilyName(Story story) => FamilyNames.List.Name(Draw(story));

    public static string GivenName(Story story) => Given(story).Name(Draw(story) >> 16);

    public void Write(long position, long patient, Story story)
    {
        var chance = Draw(story);
        pen.Begin("Patient"u8, position);
        pen.Part(Phrases.TestData);
        pen.Raw(",\"identifier\":[{"u8);
        pen.Raw(Phrases.RecordNumber);
        pen.Raw(",\"value\":\"MRN"u8);
        pen.Digits(patient, ScaleRecord.RecordNumberDigits);
        pen.Raw("\"}],\"active\":true,\"name\":[{\"use\":\"official\""u8);
        pen.Text("family"u8, Family(story));
        pen.Raw(",\"given\":[\""u8);
        pen.Raw(Given(story).Text(chance >> 16));
        if ((chance >> 60) < 6)
        {
            pen.Raw("\",\""u8);
            pen.Raw(Given(story).Text(chance >> 32));
        }

        pen.Raw("\"]}],\"telecom\":[{\"system\":\"phone\",\"use\":\"home\",\"value\":\"555-01"u8);
        pen.Digits((long)((chance >> 20) % 100), 2);
        pen.Raw("\"}]"u8);
        pen.Text("gender"u8, story.Sex == Sex.Female ? "female"u8 : "male"u8);
        // 1930 to 1997: adults at their first visit.
        pen.Day("birthDate"u8, -14_610 + (int)((story.Key >> 12) % 24_800));
        Place(chance);
        pen.References("generalPractitioner"u8, "Practitioner"u8, StaffLines.Physician(story.Key));
        pen.Reference("managingOrganization"u8, "Organization"u8, StaffLines.Hospital);
        pen.Raw("}"u8);
    }

    public void Allergy(long position, long patient, Story story)
    {
        pen.Begin("AllergyIntolerance"u8, position);
        pen.Part(Phrases.Allergies[(int)((story.Key >> 40) % (ulong)Phrases.Allergies.Length)]);
        pen.Reference("patient"u8, "Patient"u8, patient);
        pen.Moment("recordedDate"u8, story.Begin(0));
        pen.Reference("recorder"u8, "Practitioner"u8, StaffLines.Physician(story.Key));
        pen.Raw("}"u8);
    }

    void Place(ulong chance)
    {
        pen.Raw(",\"address\":[{\"use\":\"home\",\"line\":[\""u8);
        pen.Digits((long)((chance >> 24) % 900) + 100, 3);
        pen.Raw(" "u8);
        pen.Raw(FamilyNames.List.Text(chance >> 40));
        pen.Raw(" Street\"]"u8);
        pen.Part(Phrases.Addresses[(int)((chance >> 48) & 15)]);
        pen.Raw("}]"u8);
    }

    static ulong Draw(Story story) => Dice.Mix(story.Key ^ Names);

    static NameList Given(Story story) => story.Sex == Sex.Female ? GivenNames.Women : GivenNames.Men;
}
