using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>What a made-up monitor draws: the numbers of the table of waveforms, by which the binary form of <c>POST /telemetry</c> names them.</summary>
internal enum StreamSignal : byte
{
    LeadTwo = 2,
    Pleth = 13,
}

/// <summary>Names, units and scales of the curves.</summary>
internal static class SignalTexts
{
    /// <summary>The short name, the unit (UCUM), and the value of one step of the numbers.</summary>
    public static (string Name, string Unit, decimal Factor) Of(StreamSignal signal) =>
        signal == StreamSignal.LeadTwo ? ("ecg-ii", "mV", Cardiogram.LeadFactor) : ("pleth", "1", Cardiogram.PlethFactor);
}

/// <summary>Samples of a signal at equal distances.</summary>
/// <param name="Start">Time of the first, milliseconds since 1970 UTC.</param>
/// <param name="Period">Milliseconds.</param>
internal sealed record SignalBlock(StreamSignal Signal, long Start, int Period, int[] Samples, bool Questionable);

/// <summary>
/// The curves of one patient: lead II of an ECG as a sum of bell curves for P, Q, R, S and T about each beat (McSharry et al., IEEE Trans. Biomed. Eng. 2003;50:289-294), and the plethysmogram that follows it with a
/// systolic and a dicrotic wave. Driven by the heart rate, the breathing, the pressure and the rhythm; times are of the clock, so that the curves agree with the numbers at any speed. Depends on the dice
/// and what it is told; for one thread.
/// </summary>
internal sealed class Cardiogram(Dice dice, long start)
{
    /// <summary>Milliseconds: 250 samples a second.</summary>
    public const int LeadPeriod = 4;

    /// <summary>Milliseconds: 125 samples a second.</summary>
    public const int PlethPeriod = 8;

    /// <summary>Millivolts of one step of the numbers.</summary>
    public const decimal LeadFactor = 0.0025m;

    /// <summary>One step of the numbers of the plethysmogram, whose values go from 0 to about 100.</summary>
    public const decimal PlethFactor = 0.05m;

    // What a beat is to be seen by: its P wave before, its T wave and its pulse behind.
    private const double Ahead = 400;
    private const double Behind = 1600;

    // Of a beat: seconds from the R wave, millivolts, width in seconds.
    private static readonly (double At, double Height, double Width)[] Usual = [(-0.028, -0.11, 0.010), (0, 1.12, 0.0115), (0.030, -0.24, 0.011)];
    private static readonly (double At, double Height, double Width)[] Ventricular = [(-0.02, 1.35, 0.042), (0.085, -0.75, 0.045), (0.30, -0.42, 0.075)];

    private readonly Rhythm rhythm = new(dice.Fork("rhythm"), start);
    private readonly Dice leadNoise = dice.Fork("lead-noise");
    private readonly Dice plethNoise = dice.Fork("pleth-noise");
    private double breath;
    private double breathRate = 15;
    private long breathSince = start;

    /// <summary>Where the next block begins: milliseconds since 1970 UTC.</summary>
    public long Due { get; private set; } = start;

    /// <summary>Lets the time pass until a moment.</summary>
    public void Advance(PatientSignals signals, double irregular, long until)
    {
        breath = Breath(Due);
        (breathSince, breathRate) = (Due, signals.Breaths);
        rhythm.Advance(until + Ahead, Due - Behind, signals.HeartRate, Breath, irregular);
        Due = until;
    }

    /// <summary>The ECG between two times that <see cref="Advance"/> has passed last.</summary>
    /// <param name="disturbance">Millivolts of tremor; 0 for none.</param>
    public SignalBlock Lead(long from, long until, double irregular, double disturbance) => Block(StreamSignal.LeadTwo, from, until, LeadPeriod, disturbance > 0, time =>
        (int)Math.Round((Potential(time, irregular) + ((0.006 + disturbance) * leadNoise.Bell())) / (double)LeadFactor));

    /// <summary>The plethysmogram between two times that <see cref="Advance"/> has passed last.</summary>
    /// <param name="systolic">mmHg: a low pressure makes small waves.</param>
    /// <param name="motion">How much it is disturbed: 0 to 1.</param>
    public SignalBlock Pleth(long from, long until, double systolic, double motion) => Block(StreamSignal.Pleth, from, until, PlethPeriod, motion > 0, time =>
        (int)Math.Round(Math.Clamp(Volume(time, systolic) + ((0.1 + (12 * motion)) * plethNoise.Bell()) + (20 * motion * Curve.Sine(time / 900)), 0, 100) / (double)PlethFactor));

    // Of which breath a time is.
    private double Breath(double time) => breath + ((time - breathSince) / 60_000 * breathRate);

    private static SignalBlock Block(StreamSignal signal, long from, long until, int period, bool questionable, Func<double, int> value)
    {
        var samples = new int[(until - from) / period];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = value(from + (i * (double)period));
        }

        return new SignalBlock(signal, from, period, samples, questionable);
    }

    private double Potential(double time, double irregular)
    {
        // The base line moves with the breath; without P waves the atria flicker.
        var sum = (0.05 * Curve.Sine(Breath(time))) + (0.045 * irregular * Curve.Sine(time / 165));
        foreach (var beat in rhythm.Beats)
        {
            var seconds = (time - beat.Time) / 1000;
            if (seconds is > -0.4 and < 0.9)
            {
                sum += beat.Premature ? Sum(Ventricular, seconds) : Sum(Usual, seconds) + Slow(beat, seconds);
            }
        }

        return sum;
    }

    // T comes later after a long interval, by its square root, as Bazett has it for QT (Heart 1920;7:353-370).
    private static double Slow(Beat beat, double seconds)
    {
        var stretch = Math.Sqrt(Math.Clamp(beat.Interval, 0.3, 1.4));
        return (0.13 * beat.Atrial * Curve.Bell((seconds + (0.16 * stretch)) / 0.022)) + (0.3 * Curve.Bell((seconds - (0.29 * stretch)) / (0.052 * stretch)));
    }

    private static double Sum((double At, double Height, double Width)[] waves, double seconds)
    {
        var sum = 0.0;
        foreach (var (at, height, width) in waves)
        {
            sum += height * Curve.Bell((seconds - at) / width);
        }

        return sum;
    }

    private double Volume(double time, double systolic)
    {
        var sum = 12 + (2 * Curve.Sine(Breath(time)));
        foreach (var beat in rhythm.Beats)
        {
            // The pulse takes a while to the finger.
            var seconds = ((time - beat.Time) / 1000) - 0.2;
            if (seconds is > -0.1 and < 1.3)
            {
                var output = 60 * Math.Clamp(systolic / 120, 0.3, 1.2) * Math.Clamp(beat.Interval / 0.75, 0.35, 1.15) * (beat.Premature ? 0.4 : 1);
                sum += output * (Curve.Bell((seconds - 0.16) / 0.072) + (0.42 * Curve.Bell((seconds - 0.40) / 0.11)));
            }
        }

        return sum;
    }
}
