using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>A beat of the heart.</summary>
/// <param name="Time">Of the R wave, milliseconds since 1970 UTC.</param>
/// <param name="Interval">Seconds since the beat before it.</param>
/// <param name="Atrial">How much of a P wave goes before it: 0 to 1.</param>
/// <param name="Premature">Whether it begins in the ventricles: early, wide, and with little output.</param>
internal readonly record struct Beat(double Time, double Interval, double Atrial, bool Premature);

/// <summary>
/// When the heart beats: by the rate, faster while breathing in (respiratory sinus arrhythmia), with a little noise. As the rhythm becomes irregular the intervals scatter, P waves vanish as in atrial
/// fibrillation, and ventricular beats come early, each followed by a compensatory pause. Depends on the dice and what it is told; for one thread.
/// </summary>
internal sealed class Rhythm(Dice dice, double start)
{
    private const double Breathing = 0.03;
    private const double Noise = 0.012;
    private const double Scatter = 0.2;
    private const double Early = 0.62;
    private const double Shortest = 0.25;

    private readonly List<Beat> beats = [new Beat(start, 0.8, 1, false)];
    private double pause;

    /// <summary>Those that are not long over, in the order of time.</summary>
    public IReadOnlyList<Beat> Beats => beats;

    /// <summary>Goes on until a time, and forgets what is over since another.</summary>
    /// <param name="breaths">Of which breath each time is, as a number with a fraction.</param>
    /// <param name="irregular">0 to 1.</param>
    public void Advance(double until, double over, double rate, Func<double, double> breaths, double irregular)
    {
        while (beats[^1].Time < until)
        {
            beats.Add(Next(beats[^1], 60 / rate, breaths, irregular));
        }

        var gone = beats.FindIndex(b => b.Time >= over);
        if (gone > 0)
        {
            beats.RemoveRange(0, gone);
        }
    }

    private Beat Next(Beat last, double interval, Func<double, double> breaths, double irregular)
    {
        var atrial = 1 - irregular;
        if (pause > 0)
        {
            var after = pause;
            pause = 0;
            return new Beat(last.Time + (1000 * after), after, atrial, false);
        }

        var usual = interval * (1 + (Breathing * atrial * Curve.Sine(breaths(last.Time))) + (Noise * dice.Bell()) + (Scatter * irregular * dice.Bell()));
        if (dice.Hits(0.0008 + (0.05 * irregular)))
        {
            pause = Math.Max(Shortest, (2 - Early) * usual);
            return new Beat(last.Time + (1000 * Early * usual), Early * usual, 0, true);
        }

        usual = Math.Max(Shortest, usual);
        return new Beat(last.Time + (1000 * usual), usual, atrial, false);
    }
}
