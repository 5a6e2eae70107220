using Salus.Monitoring.Alerts;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Replay;

/// <summary>What beside samples decided over the alerts of a patient, each from when it was so. Immutable.</summary>
/// <param name="Facts">In the order of their times. A birth date counts from the beginning.</param>
/// <param name="Devices">When the patient was on a device; null where nothing says so.</param>
/// <param name="Adjustments">What was changed of rules for this patient, with the time from which it counts: milliseconds since 1970 UTC.</param>
/// <param name="ByHand">When somebody ended an alert of which rule, in the order of time.</param>
internal sealed record PatientPast(
    IReadOnlyList<Fact> Facts, IReadOnlyList<Placement>? Devices, IReadOnlyList<(Adjustment Adjustment, long From)> Adjustments, IReadOnlyList<(string Rule, long At)> ByHand)
{
    /// <summary>What models said, in the order of its times.</summary>
    public IReadOnlyList<ModelReading> Models { get; init; } = [];

    /// <summary>What was known at a time. Of a stay that has ended since, the beginning is not kept: it is taken to have gone on.</summary>
    public PatientFacts FactsAt(long time)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(time);
        return FactTable.Known(Facts.Where(f => f.Kind is FactKind.BirthDate or FactKind.Stay || f.At <= at).Select(f => f.Kind == FactKind.Stay && f.At > at ? f with { Value = 1 } : f), at);
    }

    /// <summary>The first time after another at which a fact comes; <see cref="long.MaxValue"/> for none.</summary>
    public long NextFact(long after) => Facts.Where(f => f.Kind != FactKind.BirthDate).Select(f => f.At.ToUnixTimeMilliseconds()).Where(t => t > after).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>The adjustments that counted at a time. Those that had ended by then are left to the rules.</summary>
    public IReadOnlyList<Adjustment> AdjustmentsAt(long time) => [.. Adjustments.Where(a => a.From <= time).Select(a => a.Adjustment)];

    /// <summary>The first time after another at which an adjustment begins; <see cref="long.MaxValue"/> for none.</summary>
    public long NextAdjustment(long after) => Adjustments.Select(a => a.From).Where(t => t > after).DefaultIfEmpty(long.MaxValue).Min();
}
