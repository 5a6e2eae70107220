using Salus.Monitoring.Scores;
using static Salus.Monitoring.Tests.Scores.Inputs;

namespace Salus.Monitoring.Tests.Scores;

/// <summary>The published chart, step by step: each band is written as the chart prints it, with its first and its last value.</summary>
public sealed class News2Tests
{
    // Metric, part, step; then first, last, points.
    public static TheoryData<string, string, decimal, (decimal First, decimal Last, int Points)[]> Chart => new()
    {
        { "respiratory-rate", "respiratory-rate", 1, [(0, 8, 3), (9, 11, 1), (12, 20, 0), (21, 24, 2), (25, 150, 3)] },
        { "oxygen-saturation", "oxygen-saturation", 1, [(0, 91, 3), (92, 93, 2), (94, 95, 1), (96, 100, 0)] },
        { "systolic", "systolic", 1, [(0, 90, 3), (91, 100, 2), (101, 110, 1), (111, 219, 0), (220, 350, 3)] },
        { "heart-rate", "pulse", 1, [(0, 40, 3), (41, 50, 1), (51, 90, 0), (91, 110, 1), (111, 130, 2), (131, 350, 3)] },
        { "consciousness", "consciousness", 1, [(0, 0, 0), (1, 4, 3)] },
        { "temperature", "temperature", 0.1m, [(10.0m, 35.0m, 3), (35.1m, 36.0m, 1), (36.1m, 38.0m, 0), (38.1m, 39.0m, 1), (39.1m, 47.0m, 2)] },
    };

    [Theory]
    [MemberData(nameof(Chart))]
    public void Every_step_of_a_parameter_has_the_points_of_the_chart(string metric, string part, decimal step, (decimal First, decimal Last, int Points)[] bands)
    {
        var steps = 0;
        foreach (var (first, last, points) in bands)
        {
            for (var value = first; value <= last; value += step, steps++)
            {
                var score = News2.Of(With((metric, value)));
                Assert.Equal((value, points, true), (value, score.Part(part).Points, score.Complete));
                Assert.Equal((value, (decimal?)points), (value, score.Value));
                Assert.Equal(value, score.Part(part).Amount);
                Assert.Equal(points == 3 ? "low-medium" : points == 0 ? "none" : "low", score.Level);
            }
        }

        // No gap and no overlap: every step of the metric was there once.
        Assert.Equal(((bands[^1].Last - bands[0].First) / step) + 1, steps);
    }

    [Fact]
    public void Scale_2_has_the_points_of_the_chart_on_air_and_on_oxygen()
    {
        (int First, int Last, int OnAir, int OnOxygen)[] bands = [(0, 83, 3, 3), (84, 85, 2, 2), (86, 87, 1, 1), (88, 92, 0, 0), (93, 94, 0, 1), (95, 96, 0, 2), (97, 100, 0, 3)];
        var facts = Adult with { Spo2Scale = 2 };
        Assert.Equal(101, bands.Sum(b => b.Last - b.First + 1));
        foreach (var (first, last, onAir, onOxygen) in bands)
        {
            for (var percent = first; percent <= last; percent++)
            {
                Assert.Equal((percent, onAir), (percent, News2.Of(With(facts, ("oxygen-saturation", percent))).Part("oxygen-saturation").Points));
                var given = News2.Of(With(facts, ("oxygen-saturation", percent), ("oxygen-flow", 2)));
                Assert.Equal((percent, onOxygen), (percent, given.Part("oxygen-saturation").Points));
                Assert.Equal(onOxygen + 2, given.Value);
                Assert.Equal("SpO2 scale 2.", given.Note);
            }
        }
    }

    [Fact]
    public void Scale_2_above_92_needs_to_know_of_oxygen()
    {
        var facts = Adult with { Spo2Scale = 2 };
        var values = Healthy.Where(h => h.Metric is not ("oxygen-flow" or "oxygen-saturation"));
        foreach (var percent in Enumerable.Range(80, 21))
        {
            var part = News2.Of(Of(facts, [.. values, ("oxygen-saturation", percent)])).Part("oxygen-saturation");
            Assert.Equal((percent, percent > 92), (percent, part.Points is null));
            Assert.Equal(percent > 92 ? "missing" : null, part.Why);
        }
    }

    // Chart 2: the aggregate score and what it triggers.
    [Theory]
    [InlineData(0, false, "none")]
    [InlineData(1, false, "low")]
    [InlineData(4, false, "low")]
    [InlineData(3, true, "low-medium")]
    [InlineData(4, true, "low-medium")]
    [InlineData(5, false, "medium")]
    [InlineData(5, true, "medium")]
    [InlineData(6, true, "medium")]
    [InlineData(7, false, "high")]
    [InlineData(7, true, "high")]
    [InlineData(20, true, "high")]
    public void The_sum_and_a_single_3_give_the_level(int sum, bool red, string level) => Assert.Equal(level, News2.Level(sum, red));

    [Fact]
    public void The_worst_of_everything_is_20()
    {
        var worst = News2.Of(With(("respiratory-rate", 30), ("oxygen-saturation", 80), ("oxygen-flow", 15), ("systolic", 70), ("heart-rate", 140), ("consciousness", 4), ("temperature", 34)));
        Assert.Equal((20, "high", true), (worst.Value, worst.Level, worst.Complete));
    }

    [Theory]
    [InlineData(35.04, 3)]
    [InlineData(35.05, 1)]
    [InlineData(38.04, 0)]
    [InlineData(38.05, 1)]
    [InlineData(39.049, 1)]
    [InlineData(39.05, 2)]
    public void Temperatures_are_read_to_a_tenth(decimal value, int points) => Assert.Equal(points, News2.Of(With(("temperature", value))).Part("temperature").Points);

    [Theory]
    [InlineData(8.4, 3)]
    [InlineData(8.5, 1)]
    [InlineData(24.49, 2)]
    [InlineData(24.5, 3)]
    public void Rates_are_read_to_a_whole_number(decimal value, int points) => Assert.Equal(points, News2.Of(With(("respiratory-rate", value))).Part("respiratory-rate").Points);

    [Theory]
    [InlineData(null, 21.0, null, 0)]
    [InlineData(null, 21.1, null, 2)]
    [InlineData(null, 28.0, null, 2)]
    [InlineData(null, null, 0.0, 0)]
    [InlineData(null, null, 0.5, 2)]
    [InlineData(true, 21.0, 0.0, 2)]
    [InlineData(false, 60.0, 10.0, 0)]
    [InlineData(null, null, null, null)]
    public void Oxygen_is_what_somebody_said_else_what_is_measured(bool? said, double? fraction, double? flow, int? points)
    {
        var values = Healthy.Where(h => h.Metric != "oxygen-flow").ToList();
        if (fraction is { } f)
        {
            values.Add(("inspired-oxygen", (decimal)f));
        }

        if (flow is { } l)
        {
            values.Add(("oxygen-flow", (decimal)l));
        }

        var score = News2.Of(Of(Adult with { Oxygen = said }, [.. values]));
        Assert.Equal(points, score.Part("oxygen").Points);
        Assert.Equal(points is not null, score.Complete);
    }

    public static TheoryData<string, string> Parts => new()
    {
        { "respiratory-rate", "respiratory-rate" }, { "oxygen-saturation", "oxygen-saturation" }, { "oxygen-flow", "oxygen" }, { "systolic", "systolic" }, { "heart-rate", "pulse" },
        { "consciousness", "consciousness" }, { "temperature", "temperature" },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void What_does_not_count_says_why_and_makes_the_score_incomplete(string metric, string part)
    {
        foreach (var (kind, why) in new[] { (VitalKind.Missing, "missing"), (VitalKind.Stale, "stale"), (VitalKind.Implausible, "implausible") })
        {
            // Alarming, if it counted.
            var score = News2.Of(Replacing(metric, kind == VitalKind.Missing ? default : new Vital(9_000, Now - 1, kind)));
            Assert.Equal(((int?)null, why), (score.Part(part).Points, score.Part(part).Why));
            Assert.Equal(kind == VitalKind.Missing ? null : 9m, score.Part(part).Amount);
            Assert.Equal((false, 0m, "none"), (score.Complete, score.Value, score.Level));
        }
    }

    [Fact]
    public void Without_any_value_there_is_no_score()
    {
        var score = News2.Of(Of());
        Assert.Equal((null, null, false), (score.Value, score.Level, score.Complete));
        Assert.All(score.Parts, p => Assert.Equal("missing", p.Why));
    }

    [Theory]
    [InlineData("2010-06-16", false)]
    [InlineData("2010-06-15", true)]
    public void Under_16_there_is_a_note_and_no_value(string born, bool valued)
    {
        var score = News2.Of(With(Adult with { BirthDate = DateOnly.Parse(born, System.Globalization.CultureInfo.InvariantCulture) }));
        Assert.Equal((valued, valued, !valued), (score.Value is not null, score.Complete, score.Note is not null));
    }

    [Fact]
    public void In_pregnancy_there_is_a_note_and_no_value()
    {
        var score = News2.Of(With(Adult with { Pregnant = true }));
        Assert.Equal((null, null, false, "NEWS2 is not for pregnant patients."), (score.Value, score.Level, score.Complete, score.Note));
    }

    [Fact]
    public void An_age_that_is_not_known_is_said() => Assert.Contains("age", News2.Of(With(PatientFacts.Unknown)).Note, StringComparison.Ordinal);
}
