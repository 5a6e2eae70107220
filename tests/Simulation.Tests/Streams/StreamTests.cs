using Salus.Monitoring.Metrics;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Tests.Streams;

/// <summary>What simulated monitors show.</summary>
public sealed class StreamTests
{
    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_one_others()
    {
        var first = Bedside.Monitor(1, intensive: true).Watch(2);
        Assert.Equal(first, Bedside.Monitor(1, intensive: true).Watch(2));
        Assert.NotEqual(first[StreamMetric.HeartRate], Bedside.Monitor(2, intensive: true).Watch(2)[StreamMetric.HeartRate]);
    }

    [Fact]
    public void A_monitor_does_not_depend_on_the_others_of_its_ward()
    {
        var plan = new StreamPlan(40, Scenario: "sepsis", Ill: 4);
        var beds = Enumerable.Range(0, 40).Select(i => ($"d{i}", $"p{i}")).ToArray();
        var all = new BedsideStreams(plan, null!, TimeProvider.System).Monitors(beds, Bedside.Start);
        var again = new BedsideStreams(plan, null!, TimeProvider.System).Monitors(beds, Bedside.Start);
        all[3].Watch(1);
        Assert.Equal(all[17].Watch(1), again[17].Watch(1));
        Assert.Equal(4, all.Count(m => m.Story != Story.Calm));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_value_is_possible_and_has_a_known_metric(bool intensive)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            foreach (var course in IllnessCourse.All)
            {
                foreach (var (metric, samples) in Bedside.Falling(course.Name, seed, intensive).Watch(course.Hours + 2, seconds: 20).Where(m => m.Value.Count > 0))
                {
                    var known = MetricSet.Default.Find((int)metric);
                    Assert.Equal((StreamMetrics.Name((int)metric), StreamMetrics.Unit((int)metric)), (known?.Name, known?.Unit.Code));
                    Assert.All(samples, s => Assert.True(known!.Possible.Has(s.Thousandths / 1000m), $"{metric} {s.Thousandths}"));
                    Assert.Equal(samples.Select(s => s.Time).Order(), samples.Select(s => s.Time));
                }
            }
        }
    }

    [Fact]
    public void Noise_has_a_memory_and_heart_and_pressure_share_it()
    {
        var all = Bedside.Monitor(3, intensive: true).Watch(6);
        var heart = all[StreamMetric.HeartRate].Clean(40, 130);
        // White noise has 0 at every distance.
        Assert.InRange(Bedside.Correlation(heart, heart[1..]), 0.85, 1);
        Assert.InRange(Bedside.Correlation(heart, heart[60..]), 0.3, 0.98);
        var heartAt = all[StreamMetric.HeartRate].Where(s => !s.Questionable && s.Thousandths < 130_000).ToDictionary(s => s.Time, s => s.Thousandths / 1000.0);
        var pairs = all[StreamMetric.ArterialSystolic].Where(s => s.Thousandths < 250_000 && heartAt.ContainsKey(s.Time)).Select(s => (Heart: heartAt[s.Time], Pressure: s.Thousandths / 1000.0)).ToList();
        Assert.InRange(Bedside.Correlation([.. pairs.Select(p => p.Heart)], [.. pairs.Select(p => p.Pressure)]), 0.1, 0.95);
    }

    [Fact]
    public void Temperature_heart_and_pressure_are_lower_at_night()
    {
        double night = 0, day = 0, coldNight = 0, warmDay = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var all = Bedside.Monitor(seed, intensive: true).Watch(24, seconds: 30);
            night += Mean(all[StreamMetric.HeartRate], 3, 5, 200);
            day += Mean(all[StreamMetric.HeartRate], 15, 17, 200);
            coldNight += Mean(all[StreamMetric.Temperature], 4, 6, 45);
            warmDay += Mean(all[StreamMetric.Temperature], 16, 18, 45);
        }

        Assert.InRange((day - night) / 20, 4, 10);
        Assert.InRange((warmDay - coldNight) / 20, 0.4, 0.6);
        Assert.Equal((-1.0, 1.0), (Math.Round(DayWave.Of(Bedside.Start + (4 * Bedside.Hour)), 3), Math.Round(DayWave.Of(Bedside.Start + (16 * Bedside.Hour)), 3)));
    }

    [Fact]
    public void Artefacts_drop_outs_and_switched_off_devices_come_and_are_rare()
    {
        var all = Enumerable.Range(1, 6).Select(seed => Bedside.Monitor(seed, intensive: true).Watch(96)).ToList();
        var seconds = 6 * 96 * 3600.0;
        var heart = all.SelectMany(a => a[StreamMetric.HeartRate]).ToList();
        Assert.InRange(heart.Count / seconds, 0.95, 0.9995);
        Assert.InRange(heart.Count(s => s.Questionable) / seconds, 0.0001, 0.005);
        var saturation = all.SelectMany(a => a[StreamMetric.OxygenSaturation]).ToList();
        var low = saturation.Where(s => s.Thousandths < 90_000).ToList();
        Assert.InRange(low.Count / seconds, 0.0001, 0.01);
        Assert.InRange(low.Count(s => s.Questionable) / (double)low.Count, 0.5, 0.99);
        Assert.InRange(all.SelectMany(a => a[StreamMetric.ArterialSystolic]).Count(s => s.Thousandths > 290_000) / seconds, 0.0002, 0.005);
        // Minutes without anything at all: somebody is away for an examination.
        Assert.Contains(all, a => a[StreamMetric.ArterialMean].Zip(a[StreamMetric.ArterialMean].Skip(1)).Any(p => p.Second.Time - p.First.Time > 8 * 60_000));
    }

    private static double Mean(List<StreamSample> samples, int from, int until, double most) =>
        samples.Where(s => !s.Questionable && s.Time >= Bedside.Start + (from * Bedside.Hour) && s.Time < Bedside.Start + (until * Bedside.Hour) && s.Thousandths < most * 1000).Average(s => s.Thousandths / 1000.0);
}
