using Salus.Monitoring.Alerts;
using static Salus.Monitoring.Tests.Alerts.Given;

namespace Salus.Monitoring.Tests.Alerts;

public sealed class RuleTrackerTests
{
    // SpO2 of at most 85 for 15 s; ends above 88; quiet for 5 minutes.
    private readonly AlertRule rule = Rule("desaturation");
    private readonly RuleTracker tracker = new();

    [Fact]
    public void It_alerts_when_the_trigger_held_for_the_whole_delay()
    {
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 0));
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 14.9));
        Assert.Equal(RuleStep.Raise, Step(Verdict.Holds, 15));
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 16));
    }

    [Theory]
    [InlineData((int)Verdict.Clear)]
    [InlineData((int)Verdict.Between)]
    public void A_dip_shorter_than_the_delay_is_no_alert(int verdict)
    {
        Step(Verdict.Holds, 0);
        Step((Verdict)verdict, 10);
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 16));
        Assert.Equal(RuleStep.Raise, Step(Verdict.Holds, 31));
    }

    [Fact]
    public void What_cannot_be_said_begins_and_ends_nothing()
    {
        Step(Verdict.Holds, 0);
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Unknown, 20));
        Assert.Equal(RuleStep.Raise, Step(Verdict.Holds, 21));
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Unknown, 600));
        Assert.True(tracker.IsOpen);
    }

    [Fact]
    public void Between_the_thresholds_an_alert_stays()
    {
        Raised();
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Between, 20));
        Assert.Equal(RuleStep.Resolve, Step(Verdict.Clear, 21));
    }

    [Fact]
    public void After_its_end_it_stays_quiet_until_it_is_armed_again()
    {
        Raised();
        Step(Verdict.Clear, 20);
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 25));
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 319));
        Step(Verdict.Holds, 320);
        Assert.Equal(RuleStep.Raise, Step(Verdict.Holds, 335));
    }

    [Fact]
    public void What_somebody_resolved_stays_quiet_too()
    {
        Raised();
        tracker.End(After(30));
        Assert.Equal(RuleStep.Nothing, Step(Verdict.Holds, 31));
        Step(Verdict.Holds, 330);
        Assert.Equal(RuleStep.Raise, Step(Verdict.Holds, 345));
    }

    private RuleStep Step(Verdict verdict, double seconds) => tracker.Step(rule, verdict, After(seconds));

    private void Raised()
    {
        Step(Verdict.Holds, 0);
        Assert.Equal(RuleStep.Raise, Step(Verdict.Holds, 15));
    }
}
