using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Scale;

/// <summary>A panel as it is written often.</summary>
internal sealed record PanelLines(byte[] Code, Measure[] Tests);

/// <summary>What is measured in the generated record: vital signs and laboratory panels of adults.</summary>
internal static class Measures
{
    /// <summary>In the order in which a visit writes them; the third is the blood pressure, whose two values are <see cref="Pressure"/>.</summary>
    public static readonly Measure[] Vitals =
    [
        Vital(VitalCodes.HeartRate, "/min", 0, new(60, 100), (40, 160, 76, 9)), Vital(VitalCodes.Breaths, "/min", 0, new(12, 20), (8, 36, 16, 2)),
        Vital(VitalCodes.BloodPressure, "mm[Hg]", 0, new(null, null), (0, 1, 0, 1)), Vital(VitalCodes.Saturation, "%", 0, new(95, 100), (82, 100, 97, 1)),
        Vital(VitalCodes.Temperature, "Cel", 1, new(36.1, 37.5), (35, 40.5, 36.8, 0.3)), Vital(VitalCodes.Weight, "kg", 1, new(null, null), (40, 160, 78, 12)),
    ];

    /// <summary>Systolic and diastolic.</summary>
    public static readonly Measure[] Pressure =
    [
        Vital(VitalCodes.Systolic, "mm[Hg]", 0, new(90, 140), (80, 200, 124, 12)), Vital(VitalCodes.Diastolic, "mm[Hg]", 0, new(60, 90), (40, 78, 70, 7)),
    ];

    /// <summary>The kind of the blood pressure in <see cref="Vitals"/>.</summary>
    public static readonly Measure BloodPressure = Vitals[2];

    /// <summary>With women's limits; men's are <see cref="Men"/>, with the same indexes.</summary>
    public static readonly PanelLines[] Panels = Lines(Sex.Female);

    static readonly PanelLines[] Men = Lines(Sex.Male);

    public static PanelLines Panel(int index, Sex sex) => (sex == Sex.Female ? Panels : Men)[index];

    static PanelLines[] Lines(Sex sex) =>
    [
        .. ((Panel[])[Knowledge.Panels.Metabolic, Knowledge.Panels.BloodCount, Knowledge.Panels.Lipids, Knowledge.Panels.Liver, Knowledge.Panels.GlycatedHaemoglobin, Knowledge.Panels.CReactiveProtein,
            Knowledge.Panels.Tsh]).Select(p => new PanelLines(Fragment.Of(json => json.Concept("code", new Concept(p.Name, p.Code))), [.. p.Tests.Select(t => Measure.Of(t, sex))])),
    ];

    static Measure Vital(Code code, string unit, int decimals, Limits limits, (double, double, double, double) values) =>
        new(code, unit, decimals, "vital-signs", "Vital Signs", limits, values);
}
