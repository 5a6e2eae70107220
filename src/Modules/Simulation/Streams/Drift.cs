using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>
/// Noise with a memory, of mean 0 and deviation 1: a step keeps a share of the last value, so that what lies a time constant apart is correlated by about 0.4 (a first-order autoregression;
/// white noise would have none, and no body changes like that).
/// </summary>
/// <param name="Keep">The share that a step keeps.</param>
/// <param name="Add">How much chance it adds; keeps the deviation at 1 for any length of step.</param>
internal readonly record struct Drift(double Keep, double Add)
{
    /// <param name="step">Seconds between two values.</param>
    /// <param name="memory">The time constant, in seconds.</param>
    public static Drift Of(double step, double memory)
    {
        // 1 / (1 + x) rather than e^-x: the four operations and the root have the same last digit everywhere.
        var keep = 1 / (1 + (step / memory));
        return new(keep, Math.Sqrt(1 - (keep * keep)));
    }

    public double Next(double last, Dice dice) => (last * Keep) + (Add * dice.Bell());
}

/// <summary>The drifts of one length of step, shared by all patients. Immutable.</summary>
/// <param name="step">Seconds of the patient's time between two values.</param>
internal sealed class Pace(double step)
{
    /// <summary>How awake and busy somebody is: a quarter of an hour.</summary>
    public Drift Mood { get; } = Drift.Of(step, 900);

    /// <summary>Regulation: ten minutes.</summary>
    public Drift Slow { get; } = Drift.Of(step, 600);

    /// <summary>Breathing, turning, talking: 15 seconds.</summary>
    public Drift Fast { get; } = Drift.Of(step, 15);

    /// <summary>From beat to beat, when the rhythm is irregular: 2 seconds.</summary>
    public Drift Beat { get; } = Drift.Of(step, 2);
}
