namespace Salus.Monitoring.Replay;

/// <summary>How many of what counts were caught.</summary>
/// <param name="Of">How many there are.</param>
/// <param name="Share">From 0 to 1; null where there is none.</param>
internal sealed record Caught(int Of, int Raised, double? Share)
{
    public static Caught From(int of, int raised) => new(of, raised, of == 0 ? null : Math.Round((double)raised / of, 4));
}

/// <summary>How many outcomes an alert went before.</summary>
/// <param name="MedianMinutesBefore">From the alert to the outcome, of those that were caught; at most <see cref="ReplayMeasure.Before"/>, and below 0 for an alert that came after it.</param>
internal sealed record OutcomesCaught(int Of, int Raised, double? Share, double? MedianMinutesBefore);

/// <summary>A rule's part in a replay.</summary>
internal sealed record ReplayedRule(string Rule, string Title, string Priority, int Alerts, decimal? PerBedDay);

/// <summary>What a set of rules came to.</summary>
/// <param name="Alerts">Of the rule in question, as all here but <paramref name="Rules"/> and <paramref name="AllAlerts"/>.</param>
/// <param name="MedianSeconds">How long an alert was open, of those that ended within the time.</param>
/// <param name="ActedUpon">Of the alerts of this rule that people acted upon, those that are still raised in time.</param>
internal sealed record ReplayedBurden(
    int Alerts, decimal? PerBedDay, double? MedianSeconds, int Patients, Caught ActedUpon, OutcomesCaught Outcomes, int AllAlerts, decimal? AllPerBedDay, IReadOnlyList<ReplayedRule> Rules);

/// <summary>An alert that one set of rules raises and the other does not.</summary>
/// <param name="Patient">Null where the caller may not see the patient.</param>
internal sealed record ReplayedChange(string? Patient, DateTimeOffset At, DateTimeOffset? Until, decimal? Amount);

/// <summary>What would be other with a changed rule.</summary>
/// <param name="BedDays">A patient counts for each hour in which a device sent something, as far as that is within the time.</param>
/// <param name="Stored">Of the alerts of this rule that were raised in the time, those that the rule as it is now raises again: how far the replay can be trusted.</param>
/// <param name="Gone">The first of those that vanish.</param>
/// <param name="Come">The first of those that appear.</param>
internal sealed record ReplayResult(
    string Rule, DateTimeOffset From, DateTimeOffset To, int Patients, decimal BedDays, long Samples, Caught Stored, ReplayedBurden Before, ReplayedBurden After, int GoneCount, int ComeCount,
    IReadOnlyList<ReplayedChange> Gone, IReadOnlyList<ReplayedChange> Come);
