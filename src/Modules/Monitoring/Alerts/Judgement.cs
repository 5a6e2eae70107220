using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Alerts;

/// <summary>How a trigger stands to a state.</summary>
internal enum Verdict
{
    /// <summary>It cannot be said: what it looks at is missing or too old. Nothing begins and nothing ends.</summary>
    Unknown,
    /// <summary>It does not hold, by as much as ends an alert.</summary>
    Clear,
    /// <summary>It does not hold, but not by enough to end an alert.</summary>
    Between,
    /// <summary>It holds.</summary>
    Holds,
}

/// <summary>A verdict with what it rests on.</summary>
/// <param name="Amount">The value that was looked at, or the seconds for which it is missing; null when there is none.</param>
/// <param name="Time">When it was measured; 0 when never.</param>
internal readonly record struct Judgement(Verdict Verdict, decimal? Amount, long Time)
{
    /// <summary>Judges a trigger at a moment.</summary>
    /// <param name="threshold">In place of the trigger's own; null for that.</param>
    /// <param name="since">When this patient's data began: what never came is missing from then on.</param>
    public static Judgement Of(Trigger trigger, decimal? threshold, PatientState state, long since, long now)
    {
        switch (trigger.Kind)
        {
            case TriggerKind.Metric:
                return state[trigger.Of] is { } reading && !reading.IsStale(now) && reading.Counts && !reading.Flags.HasFlag(SampleFlags.Questionable)
                    ? Compared(trigger, threshold, reading.Amount, reading.Time)
                    : default;
            case TriggerKind.Slope:
                return state[trigger.Of] is { Slope: { } slope } trend && !trend.IsStale(now) ? Compared(trigger, threshold, Thousandths.Amount(slope), trend.Time) : default;
            case TriggerKind.Score:
                return state.Scores[trigger.Of] is { Value: { } value } score ? Compared(trigger, threshold, value, score.Parts.Select(p => p.Time).DefaultIfEmpty().Max()) : default;
            case TriggerKind.Part:
                return state.Scores[trigger.Of] is { Value: not null } whole && whole.Parts.MaxBy(p => p.Points ?? -1) is { Points: { } points } worst
                    ? Compared(trigger, threshold, points, worst.Time)
                    : default;
            case TriggerKind.Model:
                return state.Models.FirstOrDefault(m => m.Model == trigger.Of) is { } model && !model.IsStale(now) ? Compared(trigger, threshold, model.Value, model.At) : default;
            case TriggerKind.Missing:
                return Silence(trigger.Age, state[trigger.Of]?.Time, since, now);
            default:
                return Silence(trigger.Age, state.Readings.Count == 0 ? null : state.Readings.Max(r => r.Time), since, now);
        }
    }

    private static Judgement Compared(Trigger trigger, decimal? threshold, decimal amount, long time)
    {
        if (trigger.AtLeast is { } least)
        {
            var limit = threshold ?? least;
            // An own threshold moves the end of the alert along.
            var clear = trigger.Clear is { } low ? limit - (least - low) : limit;
            return new(amount >= limit ? Verdict.Holds : amount < clear ? Verdict.Clear : Verdict.Between, amount, time);
        }

        var most = trigger.AtMost!.Value;
        var bound = threshold ?? most;
        var end = trigger.Clear is { } high ? bound + (high - most) : bound;
        return new(amount <= bound ? Verdict.Holds : amount > end ? Verdict.Clear : Verdict.Between, amount, time);
    }

    private static Judgement Silence(TimeSpan age, long? last, long since, long now)
    {
        var silent = now - Math.Max(last ?? since, since);
        return new(silent >= (long)age.TotalMilliseconds ? Verdict.Holds : Verdict.Clear, silent / 1000, last ?? 0);
    }
}
