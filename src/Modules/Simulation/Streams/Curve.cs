using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>Shapes of which waveforms are made, from the four basic operations: the last digit of Math.Sin and Math.Exp differs between C libraries.</summary>
internal static class Curve
{
    private const int Steps = 64;
    private const int Widest = 4;

    private static readonly double[] Table = [.. Enumerable.Range(0, (Widest * Steps) + 2).Select(i => (double)i / Steps).Select(x => 1 / Arithmetic.Power(Math.E, x * x / 2))];

    /// <summary>e to the power of -x²/2; 0 beyond 4.</summary>
    public static double Bell(double x)
    {
        var at = Math.Abs(x) * Steps;
        if (at >= Widest * Steps)
        {
            return 0;
        }

        var low = (int)at;
        return Table[low] + ((at - low) * (Table[low + 1] - Table[low]));
    }

    /// <summary>The sine of so many turns, to two parts in a thousand (the approximation of Bhaskara I).</summary>
    public static double Sine(double turns)
    {
        var part = turns - Math.Floor(turns);
        var half = part < 0.5 ? 2 * part : (2 * part) - 1;
        var bow = half * (1 - half);
        var value = 16 * bow / (5 - (4 * bow));
        return part < 0.5 ? value : -value;
    }
}
