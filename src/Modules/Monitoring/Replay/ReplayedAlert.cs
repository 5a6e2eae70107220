namespace Salus.Monitoring.Replay;

/// <summary>An alert that a replay came to.</summary>
/// <param name="At">When it was raised: milliseconds since 1970 UTC.</param>
/// <param name="Amount">What the rule looked at came to; null when that is no number.</param>
internal sealed record ReplayedAlert(string Patient, string Rule, long At, decimal? Amount)
{
    /// <summary>When it ended; <see cref="long.MaxValue"/> while it is open.</summary>
    public long Until { get; set; } = long.MaxValue;
}

/// <summary>An alert that was raised, as the database has it.</summary>
/// <param name="At">When it was raised, and <paramref name="Until"/> when it ended: milliseconds since 1970 UTC; <see cref="long.MaxValue"/> while it is open.</param>
/// <param name="ByHand">Whether somebody ended it, before its rule was clear.</param>
/// <param name="ActedAt">When somebody acted upon it; null when nobody did.</param>
internal sealed record StoredAlert(string Patient, string Rule, bool High, long At, long Until, bool ByHand, long? ActedAt);
