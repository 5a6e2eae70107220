using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>What is normal for one adult who lies in a hospital and is not getting worse.</summary>
/// <param name="HeartRate">/min, as the mean of a day; all others likewise.</param>
/// <param name="Breaths">/min.</param>
/// <param name="Saturation">Percent, with the oxygen that is given.</param>
/// <param name="Systolic">mmHg.</param>
/// <param name="Diastolic">mmHg.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="Oxygen">L/min; 0 for air.</param>
/// <param name="Intensive">Whether an arterial line and a probe of temperature lie.</param>
/// <param name="Reaction">By how much an illness moves this patient: 1 as the course says.</param>
internal sealed record Normal(double HeartRate, double Breaths, double Saturation, double Systolic, double Diastolic, double Temperature, double Oxygen, bool Intensive, double Reaction)
{
    // Of each place, how many patients of ten have so many findings; none has more than two, so that being calm stays below 5 points of NEWS2.
    private static readonly int[] OnWard = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2];
    private static readonly int[] InIntensiveCare = [0, 1, 1, 1, 1, 2, 2, 2, 2, 2];

    /// <summary>Draws one: within the bands of NEWS2 that score nothing, but for findings that people in hospitals have: oxygen, a saturation about 95 %, a fast heart, a low pressure.</summary>
    public static Normal Draw(bool intensive, Dice dice)
    {
        var systolic = dice.Between(119, 144.0);
        var normal = new Normal(
            dice.Between(62, 82.0), dice.Between(13.5, 16.8), dice.Between(96.6, 98.3), systolic, Diastole(systolic, dice), dice.Between(36.5, 37.1), 0, intensive,
            dice.Between(0.96, 1.1));
        var findings = new[] { 0, 1, 2, 3 };
        dice.Shuffle(findings.AsSpan());
        for (var i = dice.Pick(intensive ? InIntensiveCare : OnWard); i > 0; i--)
        {
            normal = With(normal, findings[i], dice);
        }

        return normal;
    }

    private static Normal With(Normal normal, int finding, Dice dice)
    {
        var systolic = dice.Between(110, 114.0);
        return finding switch
        {
            0 => normal with { Oxygen = dice.Between(1, normal.Intensive ? 4 : 2) },
            1 => normal with { Saturation = dice.Between(94.6, 95.4) },
            2 => normal with { HeartRate = dice.Between(90, 99.0) },
            _ => normal with { Systolic = systolic, Diastolic = Diastole(systolic, dice) },
        };
    }

    private static double Diastole(double systolic, Dice dice) => (systolic * 0.42) + dice.Between(18, 25.0);
}
