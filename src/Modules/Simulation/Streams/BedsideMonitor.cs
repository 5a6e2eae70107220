using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>
/// A made-up device at a bed: measures one patient and gathers what it would send. Heart rate, breathing and saturation come with every tick, pressure by the cuff every quarter of an hour (every
/// 5 minutes when the patient is ill), consciousness and oxygen as nurses note them; with an arterial line also its three pressures. Depends on seed, name and times alone. For one thread at a time;
/// allocates nothing while it ticks, but for runs that grow and curves.
/// </summary>
internal sealed class BedsideMonitor
{
    private const long Second = 1000;
    private const long LongestBlock = 10_000;
    private const long Minute = 60_000;
    private const double Lost = 0.001;

    private readonly Normal normal;
    private readonly PatientSignals signals;
    private readonly Dice dice;
    private readonly SampleRun?[] runs = new SampleRun?[StreamMetrics.Numbers];
    private readonly Interruption motion;
    private readonly Interruption electrode;
    private readonly Interruption flush;
    private readonly Interruption probeOff;
    private readonly Interruption leadOff;
    private readonly Interruption off;
    private long nextCuff = long.MinValue;
    private long nextTemperature = long.MinValue;
    private long nextNote = long.MinValue;
    private (int Consciousness, double Oxygen) noted;
    private readonly List<SignalBlock> blocks = [];
    private Cardiogram? cardiogram;

    /// <param name="device">Logical id of the Device.</param>
    /// <param name="patient">Logical id of the Patient.</param>
    public BedsideMonitor(string device, string patient, Normal normal, Story story, int seed)
    {
        (Device, Patient, Story, this.normal) = (device, patient, story, normal);
        dice = Dice.For(seed, device);
        signals = new PatientSignals(normal, dice.Fork("signals"));
        motion = new Interruption(dice.Fork("motion"), 2.5, 8, 30, 0.85);
        electrode = new Interruption(dice.Fork("electrode"), 6, 5, 18, 0.9);
        flush = new Interruption(dice.Fork("flush"), 4, 8, 20, 0.6);
        probeOff = new Interruption(dice.Fork("probe"), 8, 40, 300);
        leadOff = new Interruption(dice.Fork("lead"), 20, 30, 180);
        off = new Interruption(dice.Fork("off"), normal.Intensive ? 90 : 40, 480, 1500);
    }

    public string Device { get; }

    public string Patient { get; }

    public Story Story { get; set; }

    /// <summary>Whether it draws curves too: an ECG of 250 and a plethysmogram of 125 samples a second.</summary>
    public bool Draws { get; init; }

    /// <summary>Values and blocks of curves that wait.</summary>
    public int Count { get; private set; }

    /// <summary>What waits, in values: of a curve four samples are as large as one.</summary>
    public int Weight { get; private set; }

    /// <summary>Curves that wait, in the order of time.</summary>
    public IReadOnlyList<SignalBlock> Blocks => blocks;

    /// <summary>By the metrics' numbers; null for what was never measured.</summary>
    public ReadOnlySpan<SampleRun?> Runs => runs;

    /// <summary>Measures.</summary>
    /// <param name="time">What the values bear, milliseconds since 1970 UTC.</param>
    /// <param name="now">By the patient's clock, which may run faster; neither goes back.</param>
    /// <param name="pace">Of the step since the last tick, by the patient's clock.</param>
    public void Tick(long time, long now, Pace pace)
    {
        var shift = Story.At(now);
        signals.Step(pace, shift, now);
        var on = !off.Is(now);
        if (Draws)
        {
            Draw(time, now, shift.Irregular, on);
        }

        if (!on)
        {
            return;
        }

        Electrocardiogram(time, now);
        Saturation(time, now);
        if (normal.Intensive)
        {
            Line(time, now);
        }

        if (now >= nextTemperature)
        {
            nextTemperature = now + ((normal.Intensive ? 1 : 30) * Minute);
            Put(StreamMetric.Temperature, time, (int)Math.Round(signals.Temperature * 10) * 100);
        }

        if (now >= nextCuff)
        {
            nextCuff = now + ((shift.IsNone ? 15 : 5) * Minute);
            Cuff(time);
            Note(time, now);
        }
    }

    /// <summary>Forgets what was gathered.</summary>
    public void Clear()
    {
        foreach (var run in runs)
        {
            run?.Clear();
        }

        blocks.Clear();
        (Count, Weight) = (0, 0);
    }

    // What is due, a second at least and ten at most in a block. Where an electrode or the probe is off there is no curve, as there is no number.
    private void Draw(long time, long now, double irregular, bool on)
    {
        cardiogram ??= new Cardiogram(dice.Fork("cardiogram"), time - Second);
        while (time - cardiogram.Due >= Second)
        {
            var (from, until) = (cardiogram.Due, Math.Min(time, cardiogram.Due + LongestBlock));
            until -= (until - from) % Cardiogram.PlethPeriod;
            cardiogram.Advance(signals, irregular, until);
            if (on && !leadOff.Is(now))
            {
                Keep(cardiogram.Lead(from, until, irregular, electrode.Is(now) ? 0.15 + (0.3 * electrode.Force) : 0));
            }

            if (on && !probeOff.Is(now))
            {
                Keep(cardiogram.Pleth(from, until, signals.Systolic, motion.Is(now) ? 0.3 + (0.7 * motion.Force) : 0));
            }
        }
    }

    private void Keep(SignalBlock block)
    {
        blocks.Add(block);
        Count++;
        Weight += block.Samples.Length / 4;
    }

    // The electrodes give the breathing too, by impedance.
    private void Electrocardiogram(long time, long now)
    {
        if (leadOff.Is(now))
        {
            return;
        }

        // Tremor and T waves are counted as beats.
        var disturbed = electrode.Is(now);
        var rate = disturbed ? Math.Min(240, signals.HeartRate * (1.5 + (0.5 * electrode.Force))) : signals.HeartRate;
        Whole(StreamMetric.HeartRate, time, rate, disturbed && electrode.Noticed);
        Whole(StreamMetric.RespiratoryRate, time, signals.Breaths, false);
    }

    // Motion reads too low.
    private void Saturation(long time, long now)
    {
        if (!probeOff.Is(now))
        {
            var moving = motion.Is(now);
            Whole(StreamMetric.OxygenSaturation, time, moving ? signals.Saturation - 4 - (14 * motion.Force) : signals.Saturation, moving && motion.Noticed);
        }
    }

    // While the line is flushed the transducer sees the pressure of the bag.
    private void Line(long time, long now)
    {
        if (flush.Is(now))
        {
            Whole(StreamMetric.ArterialSystolic, time, 299, flush.Noticed);
            Whole(StreamMetric.ArterialDiastolic, time, 297, flush.Noticed);
            Whole(StreamMetric.ArterialMean, time, 298, flush.Noticed);
            return;
        }

        Whole(StreamMetric.ArterialSystolic, time, signals.Systolic + 2, false);
        Whole(StreamMetric.ArterialDiastolic, time, signals.Diastolic - 1, false);
        Whole(StreamMetric.ArterialMean, time, Mean(signals.Systolic + 2, signals.Diastolic - 1), false);
    }

    // A cuff fails now and then, and nobody repeats it at once.
    private void Cuff(long time)
    {
        if (dice.Hits(0.03))
        {
            return;
        }

        var error = 2.5 * dice.Bell();
        var (systolic, diastolic) = (signals.Systolic + error, signals.Diastolic + (0.6 * error));
        Whole(StreamMetric.Systolic, time, systolic, false);
        Whole(StreamMetric.Diastolic, time, diastolic, false);
        Whole(StreamMetric.MeanPressure, time, Mean(systolic, diastolic), false);
    }

    // Every hour, and when somebody who looks at the cuff sees a change.
    private void Note(long time, long now)
    {
        if (now < nextNote && noted == (signals.Consciousness, signals.Oxygen))
        {
            return;
        }

        nextNote = now + (60 * Minute);
        noted = (signals.Consciousness, signals.Oxygen);
        Put(StreamMetric.Consciousness, time, signals.Consciousness * 1000);
        Put(StreamMetric.OxygenFlow, time, (int)Math.Round(signals.Oxygen * 2) * 500);
        if (normal.Intensive)
        {
            // About 4 points for each litre.
            Put(StreamMetric.InspiredOxygen, time, (int)Math.Min(100, 21 + (4 * signals.Oxygen)) * 1000);
        }
    }

    private static double Mean(double systolic, double diastolic) => diastolic + ((systolic - diastolic) / 3);

    private void Whole(StreamMetric metric, long time, double value, bool questionable)
    {
        // On the way, one in a thousand is lost.
        if (!dice.Hits(Lost))
        {
            Put(metric, time, (int)Math.Round(value) * 1000, questionable);
        }
    }

    private void Put(StreamMetric metric, long time, int thousandths, bool questionable = false)
    {
        (runs[(int)metric] ??= new SampleRun()).Add(time, thousandths, questionable);
        Count++;
        Weight++;
    }
}
