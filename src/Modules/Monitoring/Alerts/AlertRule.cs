using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Alerts;

/// <summary>Urgency of an alert, as IEC 60601-1-8 has it for alarm conditions. Stored: never change a number.</summary>
internal enum AlertPriority : short
{
    Low = 1,
    Medium = 2,
    High = 3,
}

/// <summary>What a rule looks at.</summary>
internal enum TriggerKind
{
    /// <summary>The newest value of a metric.</summary>
    Metric,
    /// <summary>The value of a score, of a model too.</summary>
    Score,
    /// <summary>The points of any one part of a score.</summary>
    Part,
    /// <summary>The trend of a metric over the last hour, in its unit for an hour.</summary>
    Slope,
    /// <summary>A metric of which nothing came for some time.</summary>
    Missing,
    /// <summary>Nothing at all came from any device of the patient for some time.</summary>
    Silent,
    /// <summary>What a model said last, while it counts.</summary>
    Model,
}

/// <summary>When a rule holds. One of <see cref="AtLeast"/> and <see cref="AtMost"/>, or <see cref="Age"/> for what is missing.</summary>
/// <param name="Of">Name of the metric, score or model; empty for <see cref="TriggerKind.Silent"/>.</param>
/// <param name="Clear">Where it ends: below it for <see cref="AtLeast"/>, above it for <see cref="AtMost"/>. Between is neither (hysteresis).</param>
internal sealed record Trigger(TriggerKind Kind, string Of, decimal? AtLeast, decimal? AtMost, decimal? Clear, TimeSpan Age)
{
    /// <summary>Why no value could ever come to a threshold; null where one can.</summary>
    public string? Never(decimal? threshold) =>
        Kind == TriggerKind.Metric && MetricSet.Default.Find(Of) is { } metric && (AtLeast is not null ? threshold > metric.Possible.High : threshold < metric.Possible.Low)
            ? $"{metric.Display} is from {metric.Possible.Low} to {metric.Possible.High} {metric.Unit}; beyond it a value is rejected, so this would never alert."
            : null;
}

/// <summary>Whom an alert goes to when nobody has acknowledged it so long after it was raised.</summary>
/// <param name="To">A role: <c>nurse</c>, <c>charge-nurse</c>, <c>physician</c>.</param>
internal sealed record EscalationStep(TimeSpan After, string To);

/// <summary>A rule for alerts. Immutable; a change is another version.</summary>
/// <param name="Name">Such as <c>news2-high</c>: lower-case letters, digits and hyphens.</param>
/// <param name="Delay">How long the trigger has to hold before it alerts.</param>
/// <param name="Rearm">How long after the end it stays quiet.</param>
/// <param name="SuppressedBy">Rules whose open alert at the same patient makes this one needless.</param>
/// <param name="Source">Where it comes from: guideline and page, or who decided it.</param>
internal sealed record AlertRule(
    string Name, int Version, string Title, AlertPriority Priority, bool Active, Trigger Trigger, TimeSpan Delay, TimeSpan Rearm,
    IReadOnlyList<string> SuppressedBy, IReadOnlyList<EscalationStep> Escalation, string Source);

/// <summary>What a physician changed for one patient.</summary>
/// <param name="Threshold">In place of the rule's; null for the rule's own.</param>
/// <param name="Off">The rule does not alert for this patient.</param>
/// <param name="Until">When it ends, milliseconds since 1970 UTC.</param>
internal sealed record Adjustment(string Rule, decimal? Threshold, bool Off, long Until);
