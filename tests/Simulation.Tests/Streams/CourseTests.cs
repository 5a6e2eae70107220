using Salus.Simulation.Streams;

namespace Salus.Simulation.Tests.Streams;

/// <summary>The courses of courses.txt, scored by the real patient monitor: the onset is at hour 1.</summary>
public sealed class CourseTests
{
    private const int Seeds = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Calm_patients_stay_below_5_for_95_percent_of_the_time(bool intensive)
    {
        var shares = new List<double>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var scores = new ScoredPatient(Bedside.Monitor(seed, intensive)).Scores(24, seconds: 5).Select(s => s.News2).ToList();
            shares.Add(scores.Count(s => s < 5) / (double)scores.Count);
        }

        Assert.True(shares.Min() >= 0.95, $"the least is {shares.Min():0.000}, the mean {shares.Average():0.000}");
    }

    [Theory]
    [InlineData("sepsis")]
    [InlineData("respiratory-failure")]
    [InlineData("bleeding")]
    public void A_deterioration_reaches_7_within_its_hours_and_is_over_in_the_end(string name)
    {
        var course = IllnessCourse.Find(name)!;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var scores = new ScoredPatient(Bedside.Falling(name, seed, intensive: seed % 3 == 0)).Scores(course.Hours + 4, seconds: 10).ToList();
            var emergency = scores.First(s => s.Hour > 1 && s.News2 >= 7);
            Assert.True(emergency.Hour - 1 <= course.EmergencyWithin, $"seed {seed}: NEWS2 of 7 at hour {emergency.Hour - 1:0.00}");
            // It takes its time: whoever looks can see it come.
            Assert.True(emergency.Hour - 1 > 0.75, $"seed {seed}: NEWS2 of 7 at hour {emergency.Hour - 1:0.00}");
            var after = scores.Where(s => s.Hour > course.Hours + 2).ToList();
            Assert.True(after.Count(s => s.News2 < 5) >= 0.9 * after.Count, $"seed {seed}: not over");
        }
    }

    [Fact]
    public void Sepsis_fulfils_the_criteria_of_qSOFA_at_its_height()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var height = new ScoredPatient(Bedside.Falling("sepsis", seed)).States(8, seconds: 10).Last(s => s.State.Scores["qsofa"]?.Value is not null);
            Assert.True(height.State.Scores["qsofa"]!.Value >= 2, $"seed {seed}: {string.Join(", ", height.State.Readings.Select(r => $"{r.Metric.Name} {r.Amount}"))}");
        }
    }

    [Fact]
    public void An_arrhythmia_is_fast_and_irregular_from_one_minute_to_the_next()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var heart = Bedside.Falling("arrhythmia", seed).Watch(3)[StreamMetric.HeartRate].Where(s => !s.Questionable).ToList();
            var before = Between(heart, 0.5, 1);
            var during = Between(heart, 1.1, 2);
            Assert.InRange(during.Average(), 135, 200);
            Assert.True(Deviation(during) > 2 * Deviation(before), $"seed {seed}");
        }
    }

    [Fact]
    public void Courses_begin_and_end_with_nothing_and_go_without_jumps_but_in_arrhythmia()
    {
        foreach (var course in IllnessCourse.All)
        {
            Assert.True(course.At(0).IsNone && course.At(course.Hours).IsNone && course.At(-1).IsNone && course.At(1000).IsNone);
            Assert.Equal(course.Keys.Select(k => k.Hour).Order(), course.Keys.Select(k => k.Hour));
            for (var minute = 1; minute < course.Hours * 60 && course.Name != "arrhythmia"; minute++)
            {
                Assert.InRange(Math.Abs(course.At(minute / 60.0).HeartRate - course.At((minute - 1) / 60.0).HeartRate), 0, 1);
            }
        }
    }

    [Fact]
    public void In_turns_few_are_ill_at_once_everybody_is_some_time_and_a_restart_changes_nothing()
    {
        const int Beds = 25;
        var first = Bedside.Start;
        var stories = Enumerable.Range(0, Beds).Select(turn => new TurnStory(turn, Beds, first)).ToList();
        var seen = new HashSet<int>();
        for (var hour = 0; hour < Beds * TurnStory.Interval; hour++)
        {
            var ill = Enumerable.Range(0, Beds).Where(i => !stories[i].At(first + (hour * Bedside.Hour) + 1_800_000).IsNone).ToList();
            Assert.InRange(ill.Count, 1, 4);
            seen.UnionWith(ill);
            Assert.Equal(stories[ill[0]].At(first + (hour * Bedside.Hour)), new TurnStory(ill[0], Beds, first).At(first + (hour * Bedside.Hour)));
        }

        Assert.Equal(Beds, seen.Count);
        Assert.Equal(IllnessCourse.Find("sepsis")!.At(3), stories[0].At(first + (3 * Bedside.Hour)));
        Assert.Equal(IllnessCourse.Find("respiratory-failure")!.At(3), stories[1].At(first + ((3 + TurnStory.Interval) * Bedside.Hour)));
    }

    private static double[] Between(List<StreamSample> samples, double from, double until) =>
        [.. samples.Where(s => s.Time >= Bedside.Start + (from * Bedside.Hour) && s.Time < Bedside.Start + (until * Bedside.Hour)).Select(s => s.Thousandths / 1000.0)];

    // Of the difference from one second to the next: the slow changes of both are alike.
    private static double Deviation(double[] values) => Math.Sqrt(values.Zip(values.Skip(1)).Average(p => (p.Second - p.First) * (p.Second - p.First)));
}
