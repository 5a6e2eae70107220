using Salus.Simulation.Chance;

namespace Salus.Simulation.Streams;

/// <summary>Something that disturbs a measurement from time to time. For one thread at a time; allocates nothing.</summary>
/// <param name="hours">From one to the next on average; from a tenth of it to almost twice as much.</param>
/// <param name="shortest">Seconds.</param>
/// <param name="longest">Seconds.</param>
/// <param name="noticed">How likely it is that the device notices and says so.</param>
internal sealed class Interruption(Dice dice, double hours, double shortest, double longest, double noticed = 1)
{
    private long begins = long.MaxValue;
    private long ends = long.MinValue;

    /// <summary>How bad the present one is: 0 to 1.</summary>
    public double Force { get; private set; }

    /// <summary>Whether the device marks the present one as questionable.</summary>
    public bool Noticed { get; private set; }

    /// <summary>Whether it is so at a time, in milliseconds by the patient's clock; times must not go back.</summary>
    public bool Is(long time)
    {
        if (ends == long.MinValue || time >= ends)
        {
            // The first one may come soon: not all beds began at the same moment.
            Next(time, ends == long.MinValue ? 0.05 : 0.1);
        }

        return time >= begins;
    }

    private void Next(long time, double soonest)
    {
        begins = time + (long)(3_600_000 * hours * dice.Between(soonest, 1.9));
        ends = begins + (long)(1000 * dice.Between(shortest, longest));
        Force = dice.Unit();
        Noticed = dice.Hits(noticed);
    }
}
