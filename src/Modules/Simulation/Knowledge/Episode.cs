using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Knowledge;

/// <summary>What an acute illness at its full height adds to a test.</summary>
internal sealed record Shift(Analyte Test, double Peak);

/// <param name="OnDay">Day of the stay, 0 is the day of admission.</param>
internal sealed record Treatment(Concept Concept, int OnDay);

/// <summary>An acute illness that brings a patient to the hospital.</summary>
/// <param name="Days">Usual length of stay, shortest and longest; 0 means an emergency visit of some hours.</param>
internal sealed record Episode(Concept Concept, Ward Ward, int MinAge, int MaxAge, (int Low, int High) Days, Strain Strain)
{
    public Sex? Only { get; init; }
    public bool Newborn { get; init; }
    public bool Pregnancy { get; init; }
    public bool Dangerous { get; init; }
    public Shift[] Shifts { get; init; } = [];
    public Panel[] Panels { get; init; } = [];
    public Drug[] Drugs { get; init; } = [];
    public Treatment[] Treatments { get; init; } = [];
    public Disease[] Usual { get; init; } = [];
    public required string Complaint { get; init; }
    public required string Course { get; init; }

    public bool Suits(Sex sex, double age) => age >= MinAge && age <= MaxAge && (Only is null || Only == sex) && !Newborn;
}
