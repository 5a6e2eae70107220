using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Scores;
using Salus.Monitoring.Tests.Scores;
using static Salus.Monitoring.Tests.Monitors.Ward;

namespace Salus.Monitoring.Tests.Monitors;

public sealed class PatientMonitorTests
{
    private readonly Ward ward = new();

    [Fact]
    public void The_newest_value_of_a_metric_is_the_reading_whatever_came_last()
    {
        ward.Commit(ward.Sample("heart-rate", 80, 1000));
        ward.Commit(ward.Sample("heart-rate", 70, 5000));
        Assert.Equal((80m, ward.Now - 1000), (ward.State()["heart-rate"]!.Amount, ward.State()["heart-rate"]!.Time));
    }

    [Fact]
    public void Of_two_devices_the_newer_value_counts_and_at_the_same_time_the_series_that_was_first()
    {
        ward.Commit(ward.Sample("heart-rate", 80, 2000, "d1"), ward.Sample("heart-rate", 90, 1000, "d2"));
        Assert.Equal("d2", ward.State()["heart-rate"]!.Device);
        ward.Commit(ward.Sample("heart-rate", 100, 1000, "d1"));
        Assert.Equal(("d1", 100m), (ward.State()["heart-rate"]!.Device, ward.State()["heart-rate"]!.Amount));
    }

    [Fact]
    public void An_observer_hears_of_a_patient_once_for_a_commit()
    {
        ward.Commit(ward.Sample("heart-rate", 80), ward.Sample("respiratory-rate", 15), ward.Sample("heart-rate", 81, 500), ward.Sample("systolic", 120, patient: "p2"));
        Assert.Equal(["p1", "p2"], ward.Heard.Select(s => s.Patient).Order());
        Assert.Equal(2, ward.State().Readings.Count);
    }

    [Fact]
    public void An_implausible_value_is_shown_and_counts_when_a_second_one_confirms_it()
    {
        ward.Commit(ward.Sample("heart-rate", 80, 3000), ward.Sample("systolic", 100, 3000));
        ward.Commit(ward.Sample("heart-rate", 255, 2000));
        Assert.Equal((255m, false), (ward.State()["heart-rate"]!.Amount, ward.State()["heart-rate"]!.Counts));
        Assert.Equal(0.8m, ward.State().Scores[ShockIndex.Name]!.Value);
        ward.Commit(ward.Sample("heart-rate", 260, 1000));
        Assert.Equal((true, 2.6m), (ward.State()["heart-rate"]!.Counts, ward.State().Scores[ShockIndex.Name]!.Value));
    }

    [Fact]
    public void Too_low_does_not_confirm_too_high_and_neither_does_long_ago()
    {
        ward.Commit(ward.Sample("systolic", 100), ward.Sample("heart-rate", 255, 2000), ward.Sample("heart-rate", 5, 1000));
        Assert.Equal("implausible", ward.State().Scores[News2.Name]!.Part("pulse").Why);
        Assert.Null(ward.State().Scores[ShockIndex.Name]!.Value);
        ward.Commit(ward.Sample("heart-rate", 255, 301_000, "d2"), ward.Sample("heart-rate", 256, 0, "d2"));
        Assert.Equal("implausible", ward.State().Scores[News2.Name]!.Part("pulse").Why);
    }

    [Fact]
    public void A_value_turns_stale_by_the_clock_alone_and_observers_hear_it()
    {
        ward.Commit(ward.Sample("heart-rate", 130));
        Assert.Equal(2, ward.State().Scores[News2.Name]!.Value);
        ward.Now += 300_000;
        ward.Monitors.Tick();
        Assert.Single(ward.Heard);
        ward.Now += 1;
        ward.Monitors.Tick();
        Assert.Equal(2, ward.Heard.Count);
        var part = ward.State().Scores[News2.Name]!.Part("pulse");
        Assert.Equal((null, "stale", 130m, ward.Now - 300_001), (part.Points, part.Why, part.Amount, part.Time));
        ward.Monitors.Tick();
        Assert.Equal(2, ward.Heard.Count);
    }

    [Fact]
    public void After_a_day_without_values_there_is_a_last_state_and_then_none()
    {
        ward.Commit(ward.Sample("heart-rate", 80));
        ward.Now += 24 * Hour;
        ward.Monitors.Tick();
        Assert.NotNull(ward.State());
        ward.Now += 1;
        ward.Monitors.Tick();
        Assert.Empty(ward.Heard[^1].Readings);
        Assert.Null(ward.Book.Find(Tenant.Default, "p1"));
        ward.Commit(ward.Sample("heart-rate", 81));
        Assert.Equal(81m, ward.State()["heart-rate"]!.Amount);
    }

    [Fact]
    public void Windows_have_what_came_in_their_time_late_or_not()
    {
        var heart = MetricSet.Default["heart-rate"];
        ward.Commit(ward.Sample("heart-rate", 60), ward.Sample("heart-rate", 100, 30 * Minute), ward.Sample("heart-rate", 255, 10 * Minute));
        ward.Commit(ward.Sample("heart-rate", 40, 5 * Hour), ward.Sample("heart-rate", 150, 20 * Hour), ward.Sample("heart-rate", 200, 25 * Hour));
        Assert.Equal(new Window(60_000, 100_000, 160_000, 2), ward.Monitors.Window(Tenant.Default, "p1", heart, WindowSpan.Hour));
        Assert.Equal(new Window(40_000, 100_000, 200_000, 3), ward.Monitors.Window(Tenant.Default, "p1", heart, WindowSpan.SixHours));
        Assert.Equal(new Window(40_000, 150_000, 350_000, 4), ward.Monitors.Window(Tenant.Default, "p1", heart, WindowSpan.Day));
        ward.Now += 23 * Hour + 31 * Minute;
        Assert.Equal(new Window(60_000, 60_000, 60_000, 1), ward.Monitors.Window(Tenant.Default, "p1", heart, WindowSpan.Day));
        Assert.Equal(0, ward.Monitors.Window(Tenant.Default, "p1", heart, WindowSpan.Hour)!.Value.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(-12)]
    public void The_slope_of_a_straight_line_is_the_slope(decimal perHour)
    {
        ward.Commit([.. Enumerable.Range(1, 50).Select(m => ward.Sample("heart-rate", 100 - (perHour * m / 60), m * Minute))]);
        Assert.Equal((int)(perHour * 1000), ward.State()["heart-rate"]!.Slope);
    }

    [Fact]
    public void The_slope_is_that_of_least_squares()
    {
        // Minutes 0, 30, 50 with 80, 84, 83 /min: sums by hand give 0.0684.../min.
        ward.Commit(ward.Sample("heart-rate", 83, 5 * Minute), ward.Sample("heart-rate", 84, 25 * Minute), ward.Sample("heart-rate", 80, 55 * Minute));
        double[] x = [0, 30, 50], y = [80, 84, 83];
        var (mx, my) = (x.Average(), y.Average());
        var expected = x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx)) * 60;
        Assert.Equal((int)Math.Round(expected * 1000, MidpointRounding.AwayFromZero), ward.State()["heart-rate"]!.Slope);
    }

    [Fact]
    public void Too_little_gives_no_slope_and_a_late_value_completes_it()
    {
        ward.Commit(ward.Sample("heart-rate", 83, 5 * Minute), ward.Sample("heart-rate", 84, 25 * Minute));
        Assert.Null(ward.State()["heart-rate"]!.Slope);
        ward.Commit(ward.Sample("heart-rate", 85, 15 * Minute));
        Assert.Equal(-3000, ward.State()["heart-rate"]!.Slope);
    }

    [Fact]
    public void Other_facts_give_other_scores_at_the_next_tick()
    {
        ward.Commit(ward.Sample("heart-rate", 80));
        Assert.NotNull(ward.State().Scores[News2.Name]!.Value);
        ward.Facts.Set(Tenant.Default, "p1", Inputs.Adult with { BirthDate = new DateOnly(2020, 1, 1) });
        ward.Monitors.Tick();
        Assert.Null(ward.State().Scores[News2.Name]!.Value);
        Assert.Equal(2, ward.Heard.Count);
        ward.Monitors.Tick();
        Assert.Equal(2, ward.Heard.Count);
    }

    [Fact]
    public void A_patient_whose_facts_were_not_read_yet_has_readings_and_no_scores()
    {
        var monitor = new PatientMonitor(Tenant.Default, "p9");
        var end = monitor.Add(new Series(1, Tenant.Default, "p9", "d1", MetricSet.Default["heart-rate"]));
        end.Take(new(ward.Now, 80_000, SampleFlags.None));
        var state = monitor.Evaluate(ward.Now, new Scorer([]));
        Assert.Equal((1, 0), (state.Readings.Count, state.Scores.All.Count));
    }

    [Fact]
    public void A_sample_of_a_series_that_nobody_knows_holds_up_nothing()
    {
        ward.Commit(ward.Sample("heart-rate", 80));
        // Nobody has this series.
        ward.Monitors.Committed(Ward.PartitionOf("p1"), 1, [new Sample(1, ward.Now + 1, 90_000, SampleFlags.None), new Sample(99, ward.Now, 1, SampleFlags.None)]);
        ward.Commit(ward.Sample("heart-rate", 95, -2));
        Assert.Equal(95m, ward.State()["heart-rate"]!.Amount);
    }

    [Fact]
    public void An_observer_that_throws_is_told_of_the_next_patient_all_the_same()
    {
        ward.Throws = true;
        var samples = Enumerable.Range(1, 200).Select(p => ward.Sample("heart-rate", 80, patient: $"p{p}")).ToArray();
        ward.Commit(samples);
        Assert.Equal(200, ward.Heard.Count);
        ward.Commit(ward.Sample("heart-rate", 81, -1));
        Assert.Equal(201, ward.Heard.Count);
    }

    [Fact]
    public void Series_of_devices_that_went_away_are_forgotten_while_the_patient_is_measured_on()
    {
        ward.Commit(ward.Sample("heart-rate", 80, device: "d1"));
        for (var hour = 0; hour < 26; hour++)
        {
            ward.Now += Hour;
            ward.Commit(ward.Sample("heart-rate", 70, device: "d2"));
            ward.Monitors.Tick();
        }

        // A version, one metric, its number, one series.
        Assert.Equal(new byte[] { 1, 1, 1, 1, 2 }, ward.Monitors.Snapshot(Ward.PartitionOf("p1")).Patients.Single().Data[..5]);
        Assert.Equal(1, ward.Monitors.SeriesCount(Tenant.Default, "p1"));
    }
}
