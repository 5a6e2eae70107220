using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Monitors.Facts;

namespace Salus.Monitoring.Alerts;

/// <summary>What is changed of a rule for one patient, with the reason.</summary>
/// <param name="Threshold">In place of the rule's own; null for that.</param>
/// <param name="Off">The rule does not alert.</param>
/// <param name="Until">When it ends by itself: an alarm that is off is never off for good.</param>
internal sealed record AdjustmentJson(string? Rule, decimal? Threshold, bool? Off, string? Reason, DateTimeOffset? Until)
{
    public static AdjustmentJson Of((Adjustment Adjustment, string Reason) one) =>
        new(one.Adjustment.Rule, one.Adjustment.Threshold, one.Adjustment.Off, one.Reason, DateTimeOffset.FromUnixTimeMilliseconds(one.Adjustment.Until));

    public (Adjustment Adjustment, string Reason) ToAdjustment() => (new Adjustment(Rule!, Threshold, Off == true, Until!.Value.ToUnixTimeMilliseconds()), Texts.Visible(Reason));
}

/// <summary>All that is changed for a patient. What is not said stays as it is.</summary>
/// <param name="Adjustments">They take the place of what was.</param>
/// <param name="Spo2Scale">1 or 2; null leaves it to the record.</param>
/// <param name="Oxygen">Whether the patient gets oxygen; null leaves it to what devices measure.</param>
internal sealed record AdjustmentsJson(IReadOnlyList<AdjustmentJson>? Adjustments, JsonElement Spo2Scale, JsonElement Oxygen)
{
    private const int Most = 50;
    private const int LongestReason = 500;

    /// <summary>What is said of scale and oxygen, null for what is taken back.</summary>
    public IReadOnlyList<(FactKind Kind, int? Value)> Facts()
    {
        var said = new List<(FactKind, int?)>();
        if (Spo2Scale.ValueKind != JsonValueKind.Undefined)
        {
            said.Add((FactKind.SetScale, Spo2Scale.ValueKind == JsonValueKind.Number && Spo2Scale.TryGetInt32(out var scale) ? scale : null));
        }

        if (Oxygen.ValueKind != JsonValueKind.Undefined)
        {
            said.Add((FactKind.SetOxygen, Oxygen.ValueKind == JsonValueKind.Null ? null : Oxygen.ValueKind == JsonValueKind.True ? 1 : 0));
        }

        return said;
    }

    /// <summary>True when it can be stored; Invalid names every field that is wrong.</summary>
    public Outcome<bool> Check(IReadOnlyList<AlertRule> rules, DateTimeOffset now, TimeSpan longest)
    {
        var problems = new List<Problem>();
        if (Adjustments?.Count > Most || (Adjustments is null && Facts().Count == 0))
        {
            problems.Add(new Problem("required", $"A list of at most {Most}; or spo2Scale, or oxygen.", "adjustments"));
        }

        if (Spo2Scale.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !(Spo2Scale.ValueKind == JsonValueKind.Number && Spo2Scale.TryGetInt32(out var scale) && scale is 1 or 2))
        {
            problems.Add(new Problem("value", "1, or 2 for a target of 88 to 92 %; null leaves it to the record.", "spo2Scale"));
        }

        if (Oxygen.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False))
        {
            problems.Add(new Problem("value", "true, false, or null to leave it to what devices measure.", "oxygen"));
        }

        foreach (var (index, one) in (Adjustments ?? []).Take(Most).Index())
        {
            var place = $"adjustments[{index}]";
            if (one is null)
            {
                problems.Add(new Problem("required", "An object with rule, reason and until, and threshold or off.", place));
                continue;
            }

            if (rules.FirstOrDefault(r => r.Name == one.Rule) is not { } rule || Adjustments!.Count(a => a?.Rule == one.Rule) > 1)
            {
                problems.Add(new Problem("value", "The name of a rule, each once.", $"{place}.rule"));
            }
            else if (one.Threshold is not null && rule.Trigger.Kind is TriggerKind.Missing or TriggerKind.Silent)
            {
                problems.Add(new Problem("value", $"'{rule.Name}' has no threshold.", $"{place}.threshold"));
            }

            else if (rule.Trigger.Never(one.Threshold) is { } never)
            {
                problems.Add(new Problem("value", $"{never} An alarm is turned off by 'off'.", $"{place}.threshold"));
            }

            if ((one.Threshold is null) != (one.Off == true))
            {
                problems.Add(new Problem("value", "Either a threshold, or off.", place));
            }

            if (Texts.Visible(one.Reason).Length is 0 or > LongestReason)
            {
                problems.Add(new Problem("required", $"Say why, in 1 to {LongestReason} characters.", $"{place}.reason"));
            }

            if (one.Until is not { } until || until <= now || until > now + longest)
            {
                problems.Add(new Problem("value", $"A time from now on, at most {longest.TotalDays} days away.", $"{place}.until"));
            }
        }

        return problems.Count == 0 ? true : new Failure(FailureKind.Invalid, problems);
    }
}
