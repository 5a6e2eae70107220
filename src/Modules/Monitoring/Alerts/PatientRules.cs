using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Alerts;

/// <summary>Something that rules came to.</summary>
/// <param name="Judgement">What it rests on.</param>
internal readonly record struct RuleEvent(AlertRule Rule, RuleStep Step, Judgement Judgement, long At);

/// <summary>All rules of one patient: pure, so that live data and stored data are judged alike. One user at a time.</summary>
internal sealed class PatientRules
{
    private readonly Dictionary<string, RuleTracker> trackers = new(StringComparer.Ordinal);
    private long since;
    private bool away;

    /// <summary>When the data of the patient began, milliseconds since 1970 UTC: what never came is missing from then on.</summary>
    public void Begin(long at) => since = at;

    /// <summary>The patient is under monitoring no more: what was open is open no more. False when that was known already. The next step begins anew.</summary>
    public bool Leave()
    {
        var first = !away;
        away = true;
        trackers.Clear();
        return first;
    }

    /// <summary>Judges all rules at a moment and adds what happened. Rules go in order of urgency, so that a rule is suppressed by what was raised in the same step.</summary>
    public void Step(PatientState state, long now, IReadOnlyList<AlertRule> rules, IReadOnlyList<Adjustment> adjustments, List<RuleEvent> events)
    {
        if (away)
        {
            away = false;
            Begin(now);
        }

        foreach (var rule in rules)
        {
            var adjustment = adjustments.FirstOrDefault(a => a.Rule == rule.Name && a.Until > now);
            var tracker = Of(rule.Name);
            var judgement = Judgement.Of(rule.Trigger, adjustment?.Threshold, state, since, now);
            var verdict = !rule.Active || adjustment is { Off: true } ? Verdict.Clear : judgement.Verdict;
            var step = tracker.Step(rule, verdict, now);
            if (step == RuleStep.Raise && rule.SuppressedBy.Any(other => trackers.GetValueOrDefault(other) is { IsOpen: true }))
            {
                tracker.Withdraw();
            }
            else if (step != RuleStep.Nothing)
            {
                events.Add(new RuleEvent(rule, step, judgement, now));
            }
        }
    }

    /// <summary>The tracker of a rule.</summary>
    public RuleTracker Of(string rule)
    {
        if (!trackers.TryGetValue(rule, out var tracker))
        {
            trackers[rule] = tracker = new RuleTracker();
        }

        return tracker;
    }
}
