using Salus.Simulation.Json;

namespace Salus.Simulation.Hospital;

/// <summary>A ward and how many of its beds the first patients fill.</summary>
/// <param name="Busy">Beds taken by patients among the numbers 1 to 200.</param>
internal sealed record Ward(string Key, string Name, Specialty Specialty, int Beds, int BedsPerRoom, int Busy)
{
    public string Id => "ward-" + Key;
    public string Reference => "Location/" + Id;
    public int Rooms => (Beds + BedsPerRoom - 1) / BedsPerRoom;
    public string RoomId(int room) => $"room-{Key}-{room:00}";
    public IEnumerable<Bed> AllBeds => Enumerable.Range(1, Beds).Select(number => new Bed(this, number));
}

internal sealed record Bed(Ward Ward, int Number)
{
    public string Id => $"bed-{Ward.Key}-{Number:00}";
    public string Reference => "Location/" + Id;
    public string Name => $"{Ward.Name} bed {Number}";
    public int Room => ((Number - 1) / Ward.BedsPerRoom) + 1;
}

internal sealed record Specialty(string Name, Code Code, int Physicians, int Nurses);

internal static class Specialties
{
    public static readonly Specialty IntensiveCare = Of("Critical care medicine", "408478003", 5, 6);
    public static readonly Specialty Cardiology = Of("Cardiology", "394579002", 4, 3);
    public static readonly Specialty InternalMedicine = Of("General medicine", "394802001", 6, 3);
    public static readonly Specialty Surgery = Of("General surgery", "394609007", 4, 3);
    public static readonly Specialty Neurology = Of("Neurology", "394591006", 3, 2);
    public static readonly Specialty Paediatrics = Of("Pediatric specialty", "394537008", 3, 2);
    public static readonly Specialty Obstetrics = Of("Obstetrics and gynecology", "394585009", 3, 2);
    public static readonly Specialty Emergency = Of("Emergency medicine", "773568002", 3, 3);
    public static readonly Specialty GeneralPractice = Of("General practice", "394814009", 6, 1);

    public static readonly IReadOnlyList<Specialty> All =
        [IntensiveCare, Cardiology, InternalMedicine, Surgery, Neurology, Paediatrics, Obstetrics, Emergency, GeneralPractice];

    static Specialty Of(string name, string snomed, int physicians, int nurses) => new(name, Terms.Snomed(snomed, name), physicians, nurses);
}

internal static class Wards
{
    public static readonly Ward IntensiveCare = new("icu", "Intensive Care Unit", Specialties.IntensiveCare, 12, 1, 9);
    public static readonly Ward Cardiology = new("cardio", "Cardiology", Specialties.Cardiology, 20, 2, 12);
    public static readonly Ward InternalMedicine = new("med", "Internal Medicine", Specialties.InternalMedicine, 28, 2, 16);
    public static readonly Ward Surgery = new("surg", "Surgery", Specialties.Surgery, 24, 2, 12);
    public static readonly Ward Neurology = new("neuro", "Neurology", Specialties.Neurology, 20, 2, 8);
    public static readonly Ward Paediatrics = new("paed", "Paediatrics", Specialties.Paediatrics, 16, 2, 6);
    public static readonly Ward Maternity = new("mat", "Maternity", Specialties.Obstetrics, 14, 2, 5);
    public static readonly Ward Emergency = new("ed", "Emergency Department", Specialties.Emergency, 12, 4, 4);

    public static readonly IReadOnlyList<Ward> All =
        [IntensiveCare, Cardiology, InternalMedicine, Surgery, Neurology, Paediatrics, Maternity, Emergency];
}
