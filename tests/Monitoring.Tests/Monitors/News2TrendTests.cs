using Salus.Kernel;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Tests.Scores;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>NEWS2 of the whole hours before this one.</summary>
public sealed class News2TrendTests
{
    [Fact]
    public void Each_hour_has_the_score_of_its_means_and_of_what_is_still_fresh()
    {
        var ward = new Ward();
        // Noon now. Three hours ago 27 and 23 breaths a minute, 25 on the whole: 3 points. Since then 16. The temperature of then counts for eight hours: 1 point.
        ward.Commit(
            ward.Sample("respiratory-rate", 27, (2 * Ward.Hour) + (50 * Ward.Minute)), ward.Sample("respiratory-rate", 23, (2 * Ward.Hour) + (10 * Ward.Minute)),
            ward.Sample("temperature", 38.5m, (2 * Ward.Hour) + (30 * Ward.Minute)), ward.Sample("respiratory-rate", 16, 30 * Ward.Minute));
        var trend = ward.State().Trend;
        Assert.Equal(News2Trend.Hours, trend.Count);
        // Between the two hours the rate of three hours ago still counts for one.
        Assert.Equal([null, 4, 4, 1], trend.TakeLast(4));
        Assert.All(trend.SkipLast(3), value => Assert.Null(value));
    }

    [Fact]
    public void Of_consciousness_the_worst_counts()
    {
        var ward = new Ward();
        ward.Commit(ward.Sample("consciousness", 0, 50 * Ward.Minute), ward.Sample("consciousness", 2, 40 * Ward.Minute), ward.Sample("consciousness", 0, 5 * Ward.Minute));
        Assert.Equal(3, ward.State().Trend[^1]);
    }

    [Fact]
    public void What_comes_late_changes_its_hour_and_the_present_one_changes_nothing()
    {
        var ward = new Ward();
        ward.Commit(ward.Sample("heart-rate", 70, 90 * Ward.Minute));
        var before = ward.State().Trend;
        ward.Now += 10 * Ward.Minute;
        ward.Commit(ward.Sample("heart-rate", 140));
        Assert.Same(before, ward.State().Trend);
        ward.Commit(ward.Sample("heart-rate", 140, 95 * Ward.Minute));
        Assert.Equal((0, 1), (before[^2], ward.State().Trend[^2]));
    }

    [Fact]
    public void Who_has_no_score_has_no_trend()
    {
        var ward = new Ward();
        ward.Facts.Set(Tenant.Default, "child", new() { BirthDate = new DateOnly(2020, 1, 1) });
        ward.Commit(ward.Sample("heart-rate", 140, 90 * Ward.Minute, patient: "child"));
        Assert.Empty(ward.State("child").Trend);
    }
}
