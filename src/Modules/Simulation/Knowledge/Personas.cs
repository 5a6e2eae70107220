using Salus.Simulation.People;
using static Salus.Simulation.Knowledge.Diseases;

namespace Salus.Simulation.Knowledge;

/// <summary>A kind of patient who is at home today.</summary>
/// <param name="Weight">How often this kind is drawn.</param>
internal sealed record Persona(int Weight, int MinAge, int MaxAge, Disease? Main = null, Sex? Only = null, bool Expecting = false, Episode? Past = null);

internal static class Personas
{
    public static readonly IReadOnlyList<Persona> All =
    [
        new(14, 1, 13),
        new(7, 5, 24, Asthma),
        new(13, 18, 55),
        new(14, 42, 88, Hypertension),
        new(13, 45, 85, Diabetes),
        new(8, 52, 88, Copd),
        new(8, 60, 96, HeartFailure),
        new(7, 55, 90, KidneyDisease),
        new(6, 62, 92, AtrialFibrillation),
        new(6, 50, 88, Coronary),
        new(6, 18, 62, Depression),
        new(5, 19, 40, Only: Sex.Female, Expecting: true),
        new(4, 20, 41, Only: Sex.Female, Past: Episodes.Delivery),
        new(3, 10, 60, Epilepsy),
        new(4, 30, 65, Hypothyroidism),
        new(4, 86, 99, Hypertension),
    ];
}
