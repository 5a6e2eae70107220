namespace Salus.Simulation;

/// <summary>Which streams of made-up bedside monitors are wanted.</summary>
/// <param name="Beds">Patients, 1 to 60,000. Every fourth has an arterial line.</param>
/// <param name="Rate">Values a second of each metric that a monitor measures all the time; above 0, up to 500.</param>
/// <param name="Speed">How much faster the patients live than the clock goes; samples bear the time of the clock. Above 0.</param>
/// <param name="Scenario">One of <see cref="BedsideStreams.Scenarios"/>.</param>
/// <param name="Ill">How many patients fall ill; null for one in ten, one at least.</param>
/// <param name="Seed">Another number is another ward.</param>
/// <param name="AsJson">Sends JSON; else the binary form.</param>
/// <param name="Duration">How long, by the clock; null for until it is stopped.</param>
public sealed record StreamPlan(int Beds, double Rate = 1, double Speed = 1, string Scenario = "calm", int? Ill = null, int Seed = 1, bool AsJson = false, TimeSpan? Duration = null)
{
    /// <summary>Whether the monitors draw too: an ECG of 250 and a plethysmogram of 125 samples a second.</summary>
    public bool Waveforms { get; init; }
}
