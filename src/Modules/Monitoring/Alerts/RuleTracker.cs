namespace Salus.Monitoring.Alerts;

/// <summary>What a step of a tracker came to.</summary>
internal enum RuleStep
{
    Nothing,
    Raise,
    Resolve,
}

/// <summary>
/// Where one rule stands with one patient. Times are milliseconds since 1970 UTC, whichever clock the caller goes by, so that stored data is judged as live data is. One user at a time.
/// </summary>
internal sealed class RuleTracker
{
    private enum Phase
    {
        Idle,
        Pending,
        Open,
        Quiet,
    }

    private Phase phase;
    private long since;

    /// <summary>Whether there is an open alert.</summary>
    public bool IsOpen => phase == Phase.Open;

    /// <summary>Goes one step.</summary>
    public RuleStep Step(AlertRule rule, Verdict verdict, long now)
    {
        if (phase == Phase.Quiet && now >= since + (long)rule.Rearm.TotalMilliseconds)
        {
            phase = Phase.Idle;
        }

        if (phase == Phase.Idle && verdict == Verdict.Holds)
        {
            (phase, since) = (Phase.Pending, now);
        }

        if (phase == Phase.Pending && verdict == Verdict.Holds && now - since >= (long)rule.Delay.TotalMilliseconds)
        {
            phase = Phase.Open;
            return RuleStep.Raise;
        }

        if (phase == Phase.Pending && verdict is (Verdict.Clear or Verdict.Between))
        {
            phase = Phase.Idle;
        }

        if (phase == Phase.Open && verdict == Verdict.Clear)
        {
            (phase, since) = (Phase.Quiet, now);
            return RuleStep.Resolve;
        }

        return RuleStep.Nothing;
    }

    /// <summary>There is an open alert from before this process.</summary>
    public void Reopen() => phase = Phase.Open;

    /// <summary>It ended at this time: somebody resolved it, or before this process.</summary>
    public void End(long at) => (phase, since) = (Phase.Quiet, at);

    /// <summary>An alert was not to be: another rule speaks already. It may come when that is over.</summary>
    public void Withdraw() => phase = Phase.Idle;
}
