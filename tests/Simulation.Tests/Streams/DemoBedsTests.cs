using Salus.Simulation.Demo;

namespace Salus.Simulation.Tests.Streams;

/// <summary>The wards of the demo hospital that are live.</summary>
public sealed class DemoBedsTests
{
    private static readonly HospitalPlan Plan = new(Until: Hospital.Until);

    private static DemoBeds Beds(string wards = "ward-med,ward-icu") => new(new SyntheticHospital(Plan, TimeProvider.System), Plan, wards);

    [Fact]
    public void Adults_of_the_wards_have_a_monitor_each()
    {
        var places = Beds().Places;
        Assert.Equal(25, places.Count);
        Assert.Equal(16, places.Count(p => p.Bed.StartsWith("bed-med-", StringComparison.Ordinal)));
        Assert.Equal(25, places.Select(p => p.Patient).Distinct().Count());
        Assert.All(places, p => Assert.Equal($"demo-monitor-{p.Bed}", p.Device));
        Assert.Empty(Beds("ward-paed").Places);
        Assert.Empty(Beds("no-such-ward, ").Places);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(14)]
    public void The_first_patient_is_getting_worse_when_the_monitors_begin(int hour)
    {
        var since = Bedside.Start + (hour * Bedside.Hour);
        var scores = new ScoredPatient(Beds().Monitors(since, Bedside.Start)[0]).Scores(hour + 2, seconds: 5).ToList();
        Assert.StartsWith("bed-med-", Beds().Places[0].Bed, StringComparison.Ordinal);
        Assert.True(scores.First(s => s.Hour >= hour && s.News2 >= 5).Hour < hour + 0.5, "no medium score in half an hour");
        Assert.True(scores.First(s => s.Hour >= hour && s.News2 >= 7).Hour < hour + 1.5, "no high score in an hour and a half");
    }

    [Fact]
    public void The_wall_is_not_red_from_end_to_end()
    {
        var since = Bedside.Start + (2 * Bedside.Hour);
        var scores = Beds().Monitors(since, Bedside.Start).Select(m => new ScoredPatient(m).Scores(2.2, seconds: 5).Last().News2).ToList();
        Assert.InRange(scores.Count(s => s >= 5), 0, 3);
        Assert.InRange(scores.Count(s => s == 0), 3, 15);
        Assert.True(scores.Distinct().Count() >= 4, string.Join(' ', scores));
    }
}
