using Salus.Simulation.Chance;

namespace Salus.Simulation.Scale;

/// <summary>The first lines: a hospital and its physicians, to which everything refers.</summary>
internal sealed class StaffLines(int seed, Pen pen)
{
    public const int Physicians = 40;
    public const int Count = 1 + Physicians;
    public const long Hospital = 0;

    /// <summary>The physician of a patient.</summary>
    public static long Physician(ulong patient) => 1 + (long)((patient >> 32) % Physicians);

    public void Write(long position)
    {
        if (position == Hospital)
        {
            pen.Begin("Organization"u8, position);
            pen.Part("""
                "active":true,"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov","display":"Healthcare Provider"}]}],"name":"Riverside General Hospital"}
                """u8);
            return;
        }

        var chance = Dice.Mix(((ulong)seed << 20) + (ulong)position);
        var woman = (chance >> 60) % 2 == 0;
        pen.Begin("Practitioner"u8, position);
        pen.Part("\"identifier\":[{\"system\":\"http://hl7.org/fhir/sid/us-npi\",\"value\":\"99"u8);
        pen.Digits(position, 8);
        pen.Raw("\"}],\"active\":true,\"name\":[{\"use\":\"official\""u8);
        pen.Text("family"u8, FamilyNames.List.Text(chance));
        pen.Raw(",\"given\":[\""u8);
        pen.Raw((woman ? GivenNames.Women : GivenNames.Men).Text(chance >> 16));
        pen.Raw("\"],\"prefix\":[\"Dr.\"]}]"u8);
        pen.Text("gender"u8, woman ? "female"u8 : "male"u8);
        pen.Raw("}"u8);
    }
}
