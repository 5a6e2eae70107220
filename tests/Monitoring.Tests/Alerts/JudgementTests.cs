using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using static Salus.Monitoring.Tests.Alerts.Given;

namespace Salus.Monitoring.Tests.Alerts;

public sealed class JudgementTests
{
    [Theory]
    [InlineData(84, (int)Verdict.Holds)]
    [InlineData(85, (int)Verdict.Holds)]
    [InlineData(86, (int)Verdict.Between)]
    [InlineData(88, (int)Verdict.Between)]
    [InlineData(88.1, (int)Verdict.Clear)]
    public void A_value_is_judged_by_both_thresholds(decimal saturation, int verdict) =>
        Assert.Equal((Verdict)verdict, Of("desaturation", State(0, ("oxygen-saturation", saturation)), 0).Verdict);

    [Theory]
    [InlineData(140, (int)Verdict.Holds)]
    [InlineData(139.9, (int)Verdict.Between)]
    [InlineData(130, (int)Verdict.Between)]
    [InlineData(129.9, (int)Verdict.Clear)]
    public void And_upwards(decimal rate, int verdict) => Assert.Equal((Verdict)verdict, Of("tachycardia", State(0, ("heart-rate", rate)), 0).Verdict);

    [Fact]
    public void An_own_threshold_moves_the_end_along()
    {
        var state = State(0, ("oxygen-saturation", 81));
        Assert.Equal(Verdict.Holds, Of("desaturation", state, 0).Verdict);
        Assert.Equal(Verdict.Between, Of("desaturation", state, 0, threshold: 80).Verdict);
        Assert.Equal(Verdict.Clear, Of("desaturation", State(0, ("oxygen-saturation", 83.5m)), 0, threshold: 80).Verdict);
    }

    [Fact]
    public void What_is_missing_or_stale_cannot_be_judged()
    {
        Assert.Equal(Verdict.Unknown, Of("desaturation", State(0), 0).Verdict);
        Assert.Equal(Verdict.Unknown, Of("tachycardia", State(0, ("heart-rate", 150)), 301).Verdict);
        Assert.Equal(Verdict.Holds, Of("tachycardia", State(0, ("heart-rate", 150)), 300).Verdict);
    }

    [Fact]
    public void What_never_came_is_missing_from_the_beginning_of_the_data_on()
    {
        var state = State(0, ("heart-rate", 80));
        Assert.Equal(Verdict.Clear, Of("no-saturation", state, 599).Verdict);
        Assert.Equal(Verdict.Holds, Of("no-saturation", state, 600).Verdict);
    }

    [Fact]
    public void Any_device_breaks_the_silence()
    {
        var state = State(100, ("temperature", 37));
        Assert.Equal(Verdict.Clear, Of("device-silent", state, 219).Verdict);
        Assert.Equal(Verdict.Holds, Of("device-silent", state, 220).Verdict);
    }

    [Fact]
    public void A_single_part_counts_by_its_worst()
    {
        Assert.Equal(Verdict.Holds, Of("news2-single", State("p1", 0, news2: 3), 0).Verdict);
        Assert.Equal(Verdict.Clear, Of("news2-single", State("p1", 0, news2: 2), 0).Verdict);
    }

    private static Judgement Of(string rule, PatientState state, double seconds, decimal? threshold = null) => Judgement.Of(Rule(rule).Trigger, threshold, state, Start, After(seconds));
}
