namespace Salus.Simulation.Streams;

/// <summary>The rhythm of a day: a wave from -1 at 4 o'clock to 1 at 16 o'clock (UTC).</summary>
internal static class DayWave
{
    private const double Day = 86_400_000;
    private const double Rising = 10.0 / 24;

    /// <param name="time">Milliseconds since 1970 UTC.</param>
    public static double Of(long time)
    {
        var turn = ((time % (long)Day) / Day) - Rising;
        turn = turn < 0 ? turn + 1 : turn;
        return turn < 0.5 ? Arc(turn * 2) : -Arc((turn * 2) - 1);
    }

    // The sine of half a turn, to 0.2 %, by the formula of Bhaskara I: the sine of the C library differs between machines in the last digit.
    private static double Arc(double x) => 16 * x * (1 - x) / (5 - (4 * x * (1 - x)));
}
