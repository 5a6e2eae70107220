using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Replay;

/// <summary>One set of rules and what it came to at one patient. For one thread at a time.</summary>
internal sealed class ReplaySide(string patient, IReadOnlyList<AlertRule> rules)
{
    private readonly PatientRules judged = new();
    private readonly List<RuleEvent> events = [];
    private readonly Dictionary<string, ReplayedAlert> open = new(StringComparer.Ordinal);

    /// <summary>In the order in which they were raised.</summary>
    public List<ReplayedAlert> Alerts { get; } = [];

    public void Begin(long at) => judged.Begin(at);

    public void Step(PatientState state, long now, IReadOnlyList<Adjustment> adjustments)
    {
        events.Clear();
        judged.Step(state, now, rules, adjustments, events);
        foreach (var one in events)
        {
            if (one.Step == RuleStep.Raise)
            {
                Alerts.Add(open[one.Rule.Name] = new ReplayedAlert(patient, one.Rule.Name, now, one.Judgement.Amount));
            }
            else
            {
                Close(one.Rule.Name, now);
            }
        }
    }

    /// <summary>Somebody ended an alert of a rule. Nothing happens where this side has none.</summary>
    public void End(string rule, long at)
    {
        if (Close(rule, at))
        {
            judged.Of(rule).End(at);
        }
    }

    /// <summary>The patient is on no device any more.</summary>
    public void Leave(long at)
    {
        if (judged.Leave())
        {
            open.Keys.ToList().ForEach(rule => Close(rule, at));
        }
    }

    private bool Close(string rule, long at)
    {
        if (!open.Remove(rule, out var alert))
        {
            return false;
        }

        alert.Until = at;
        return true;
    }
}
