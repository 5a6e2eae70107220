using Salus.Simulation.Chance;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Tests.Streams;

/// <summary>The curves of simulated monitors: beats come at the rate and in the rhythm that the numbers say.</summary>
public sealed class CardiogramTests
{
    [Fact]
    public void The_same_seed_gives_the_same_curves_and_another_one_others()
    {
        var first = Draw(1, seconds: 30);
        Assert.Equal(Numbers(first, StreamSignal.LeadTwo), Numbers(Draw(1, seconds: 30), StreamSignal.LeadTwo));
        Assert.Equal(Numbers(first, StreamSignal.Pleth), Numbers(Draw(1, seconds: 30), StreamSignal.Pleth));
        Assert.NotEqual(Numbers(first, StreamSignal.LeadTwo), Numbers(Draw(2, seconds: 30), StreamSignal.LeadTwo));
    }

    [Fact]
    public void Blocks_follow_each_other_without_a_gap()
    {
        foreach (var signal in Draw(3, seconds: 60).GroupBy(b => b.Signal))
        {
            Assert.All(signal.Zip(signal.Skip(1)), p => Assert.Equal(p.First.Start + (p.First.Samples.Length * p.First.Period), p.Second.Start));
            Assert.Equal(60_000, signal.Sum(b => b.Samples.Length * b.Period));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void The_ECG_has_as_many_beats_as_the_number_says_and_each_its_waves(int seed)
    {
        var monitor = Bedside.Monitor(seed, draws: true);
        var blocks = Draw(monitor, 0, 120);
        var rate = monitor.Runs[(int)StreamMetric.HeartRate]!.Samples.ToArray().Average(s => s.Thousandths / 1000.0);
        var beats = Beats(Numbers(blocks, StreamSignal.LeadTwo));
        Assert.InRange(beats.Count / 2.0, rate - 3, rate + 3);
        var lead = Numbers(blocks, StreamSignal.LeadTwo).Select(n => n * (double)Cardiogram.LeadFactor).ToArray();
        var clean = beats.Where(b => b > 60 && b < lead.Length - 120).ToList();
        // Millivolts above the base line, 60 ms before the beat: P within 0.2 s, T within 0.4 s after it.
        var (p, t) = (clean.Average(b => lead[(b - 55)..(b - 20)].Max() - lead[b - 18]), clean.Average(b => lead[(b + 40)..(b + 100)].Max() - lead[b - 18]));
        Assert.InRange(p, 0.08, 0.25);
        Assert.InRange(t, 0.2, 0.5);
        Assert.InRange(clean.Average(b => lead[b] - lead[b - 18]), 0.9, 1.3);
    }

    [Fact]
    public void The_pulse_follows_the_beat()
    {
        var blocks = Draw(1, seconds: 60);
        var beats = Beats(Numbers(blocks, StreamSignal.LeadTwo)).Select(b => b * Cardiogram.LeadPeriod).ToList();
        var pleth = Numbers(blocks, StreamSignal.Pleth);
        foreach (var beat in beats.Where(b => b is > 2000 and < 58_000))
        {
            var from = beat / Cardiogram.PlethPeriod;
            var top = Array.IndexOf(pleth, pleth[from..(from + 70)].Max(), from) - from;
            Assert.InRange(top * Cardiogram.PlethPeriod, 250, 480);
        }
    }

    [Fact]
    public void An_arrhythmia_is_irregular_and_has_early_wide_beats()
    {
        var (calm, ill) = (Scatter(Story.Calm), Scatter(new IllnessStory(IllnessCourse.Find("arrhythmia")!, Bedside.Start - (long)(Peak() * Bedside.Hour))));
        Assert.InRange(calm, 0.005, 0.06);
        Assert.InRange(ill, 0.1, 0.5);
        var beats = new Rhythm(Dice.For(1, "rhythm"), 0);
        beats.Advance(600_000, 0, 80, _ => 0, 1);
        var early = beats.Beats.Where(b => b.Premature).ToList();
        Assert.InRange(early.Count, 10, 80);
        // Behind each a compensatory pause, so that together they are as long as two usual intervals.
        foreach (var beat in early.SkipLast(1))
        {
            var next = beats.Beats.First(b => b.Time > beat.Time);
            Assert.InRange(next.Interval / beat.Interval, 1.5, 3);
        }

        static double Scatter(Story story)
        {
            var at = Beats(Numbers(Draw(Bedside.Monitor(5, story: story, draws: true), 0, 120), StreamSignal.LeadTwo));
            var intervals = at.Zip(at.Skip(1), (a, b) => (double)(b - a)).ToList();
            return Math.Sqrt(intervals.Average(i => Math.Pow(i - intervals.Average(), 2))) / intervals.Average();
        }

        static double Peak() => IllnessCourse.Find("arrhythmia")!.Keys.MaxBy(k => k.Shift.Irregular).Hour;
    }

    [Fact]
    public void Where_a_probe_or_the_device_is_off_there_is_no_curve_and_the_disturbed_is_questionable()
    {
        var all = Enumerable.Range(1, 3).SelectMany(seed => Draw(Bedside.Monitor(seed, draws: true), 0, 8 * 3600, seconds: 10)).ToList();
        var (lead, pleth) = (all.Where(b => b.Signal == StreamSignal.LeadTwo).ToList(), all.Where(b => b.Signal == StreamSignal.Pleth).ToList());
        Assert.InRange(lead.Sum(b => b.Samples.Length) * 4 / (3 * 8 * 3_600_000.0), 0.9, 0.9999);
        Assert.InRange(pleth.Sum(b => b.Samples.Length) * 8 / (3 * 8 * 3_600_000.0), 0.9, 0.9999);
        Assert.InRange(lead.Count(b => b.Questionable), 1, lead.Count / 20);
        Assert.InRange(pleth.Count(b => b.Questionable), 1, pleth.Count / 20);
        Assert.All(pleth, b => Assert.All(b.Samples, s => Assert.InRange(s, 0, 2000)));
    }

    [Fact]
    public void Who_does_not_draw_measures_the_same()
    {
        var (draws, plain) = (new BedsideMonitor("d", "p", Normal.Draw(false, Dice.For(1, "n")), Story.Calm, 1) { Draws = true }, new BedsideMonitor("d", "p", Normal.Draw(false, Dice.For(1, "n")), Story.Calm, 1));
        Assert.Equal(plain.Watch(2), draws.Watch(2));
        Assert.Empty(plain.Blocks);
    }

    private static List<SignalBlock> Draw(int seed, int seconds) => Draw(Bedside.Monitor(seed, draws: true), 0, seconds);

    // A monitor of the same patient that draws; its interruptions come later than what is watched, but for long times.
    private static List<SignalBlock> Draw(BedsideMonitor like, int from, int until, int seconds = 1)
    {
        var pace = new Pace(seconds);
        var blocks = new List<SignalBlock>();
        for (var at = from + seconds; at <= until; at += seconds)
        {
            like.Tick(Bedside.Start + (at * 1000L), Bedside.Start + (at * 1000L), pace);
            blocks.AddRange(like.Blocks.Skip(blocks.Count));
        }

        return blocks;
    }

    private static int[] Numbers(IEnumerable<SignalBlock> blocks, StreamSignal signal) => [.. blocks.Where(b => b.Signal == signal).SelectMany(b => b.Samples)];

    // Where the lead is highest within 0.2 s and above half a millivolt.
    private static List<int> Beats(int[] lead)
    {
        var beats = new List<int>();
        for (var i = 50; i < lead.Length - 50; i++)
        {
            if (lead[i] > 200 && lead[i] == lead[(i - 25)..(i + 26)].Max() && (beats.Count == 0 || i - beats[^1] > 40))
            {
                beats.Add(i);
            }
        }

        return beats;
    }
}
