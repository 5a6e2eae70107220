using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>
/// The vital signs of one patient as they are, before a device measures them: the own normal, the rhythm of the day, noise with a memory that heart, breathing and pressure share in part, and the
/// illness. For one thread at a time; allocates nothing.
/// </summary>
internal sealed class PatientSignals(Normal normal, Dice dice)
{
    private double mood = dice.Bell();
    private double heart = dice.Bell();
    private double heartFast;
    private double beat;
    private double breath = dice.Bell();
    private double breathFast;
    private double oxygenation = dice.Bell();
    private double oxygenationFast;
    private double pressure = dice.Bell();
    private double pressureFast;
    private double warmth = dice.Bell();

    public double HeartRate { get; private set; }

    public double Breaths { get; private set; }

    public double Saturation { get; private set; }

    public double Systolic { get; private set; }

    public double Diastolic { get; private set; }

    public double Temperature { get; private set; }

    /// <summary>L/min.</summary>
    public double Oxygen { get; private set; }

    /// <summary>0 alert to 4 unresponsive.</summary>
    public int Consciousness { get; private set; }

    /// <summary>Goes on by one step.</summary>
    /// <param name="time">By the patient's clock, milliseconds since 1970 UTC.</param>
    public void Step(Pace pace, in Shift shift, long time)
    {
        mood = pace.Mood.Next(mood, dice);
        heart = pace.Slow.Next(heart, dice);
        heartFast = pace.Fast.Next(heartFast, dice);
        breath = pace.Slow.Next(breath, dice);
        breathFast = pace.Fast.Next(breathFast, dice);
        oxygenation = pace.Slow.Next(oxygenation, dice);
        oxygenationFast = pace.Fast.Next(oxygenationFast, dice);
        pressure = pace.Slow.Next(pressure, dice);
        pressureFast = pace.Fast.Next(pressureFast, dice);
        warmth = pace.Mood.Next(warmth, dice);
        beat = shift.Irregular > 0 ? pace.Beat.Next(beat, dice) : 0;
        Heart(shift, DayWave.Of(time));
        Breathe(shift, DayWave.Of(time));
        Circulate(shift, DayWave.Of(time));
        // The warmest hour is later than the busiest.
        Temperature = normal.Temperature + (0.25 * DayWave.Of(time - 3_600_000)) + (0.06 * warmth) + (shift.Temperature * normal.Reaction);
        Oxygen = Math.Max(normal.Oxygen, shift.Oxygen);
        Consciousness = shift.Consciousness;
    }

    private void Heart(in Shift shift, double day) =>
        HeartRate = Math.Max(20, normal.HeartRate + (3.5 * day) + (2.5 * mood) + (1.5 * heart) + (1 * heartFast) + (shift.HeartRate * normal.Reaction) + (9 * shift.Irregular * beat));

    private void Breathe(in Shift shift, double day)
    {
        Breaths = Math.Max(4, normal.Breaths + (0.4 * day) + (0.5 * mood) + (0.5 * breath) + (0.7 * breathFast) + (shift.Breaths * normal.Reaction));
        Saturation = Math.Clamp(normal.Saturation + (0.2 * day) + (0.4 * oxygenation) + (0.3 * oxygenationFast) + (shift.Saturation * normal.Reaction), 50, 100);
    }

    // At night it is lower by some 8 %; more is usual in the healthy, less in the ill.
    private void Circulate(in Shift shift, double day)
    {
        var own = (4 * mood) + (2.5 * pressure) + (1.5 * pressureFast);
        Systolic = Math.Max(30, (normal.Systolic + own) * (1 + (0.04 * day)) * (1 + (shift.Systolic * normal.Reaction / 100)));
        Diastolic = Math.Clamp((normal.Diastolic + (0.5 * own)) * (1 + (0.035 * day)) * (1 + (shift.Diastolic * normal.Reaction / 100)), 15, Systolic - 10);
    }
}
