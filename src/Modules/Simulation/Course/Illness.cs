using Salus.Simulation.Knowledge;

namespace Salus.Simulation.Course;

internal enum Trajectory { Recovering, Stable, Deteriorating }

/// <summary>An episode placed in time. Open when <paramref name="End"/> is null.</summary>
/// <param name="Now">End of what is known: the end of the stay, or the present.</param>
internal sealed record Illness(Episode Episode, DateTimeOffset Start, DateTimeOffset? End, DateTimeOffset Now, Trajectory Trajectory)
{
    /// <summary>0 well to 1 at its worst.</summary>
    public double Severity(DateTimeOffset moment)
    {
        var gone = Math.Clamp(Hours(moment - Start) / Math.Max(1, Hours(Now - Start)), 0, 1);
        return Trajectory switch
        {
            Trajectory.Recovering => 0.9 - (gone * 0.8),
            Trajectory.Stable => 0.55 - (gone * 0.15),
            // The last 36 hours go downhill, so that a ward sees it coming in the charts it has open.
            _ => 0.4 + (0.58 * Math.Clamp(1 - (Hours(Now - moment) / 36), 0, 1)),
        };
    }

    public bool Fatal => End is not null && Trajectory == Trajectory.Deteriorating;

    static double Hours(TimeSpan span) => (double)span.Ticks / TimeSpan.TicksPerHour;
}
