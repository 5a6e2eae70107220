using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Scores;

/// <summary>Whether a value counts in a score.</summary>
internal enum VitalKind : byte
{
    /// <summary>Never measured, or more than a day ago.</summary>
    Missing,
    /// <summary>Older than the metric allows.</summary>
    Stale,
    /// <summary>Beyond what is plausible, and not confirmed by a second one.</summary>
    Implausible,
    /// <summary>It counts.</summary>
    Fresh,
}

/// <summary>What a score knows of one metric.</summary>
/// <param name="Value">Thousandths of the metric's unit; 0 when missing.</param>
/// <param name="Time">Milliseconds since 1970 UTC; 0 when missing.</param>
internal readonly record struct Vital(int Value, long Time, VitalKind Kind)
{
    public bool Counts => Kind == VitalKind.Fresh;

    public decimal Amount => Thousandths.Amount(Value);

    public string? Why => Kind switch
    {
        VitalKind.Fresh => null,
        VitalKind.Stale => "stale",
        VitalKind.Implausible => "implausible",
        _ => "missing",
    };

    /// <summary>As a part of a score: with these points when it counts, with the reason when not.</summary>
    public ScorePart Part(string name, int? points) => new(name, Counts ? points : null, Kind == VitalKind.Missing ? null : Amount, Time, Why);
}
