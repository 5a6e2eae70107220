using Salus.Simulation.Chance;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Tests.Streams;

/// <summary>Monitors to watch, and what they measured.</summary>
internal static class Bedside
{
    public const long Hour = 3_600_000;

    /// <summary>Midnight.</summary>
    public static readonly long Start = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static BedsideMonitor Monitor(int seed, bool intensive = false, Story? story = null, bool draws = false) =>
        new($"device-{seed}", $"patient-{seed}", Normal.Draw(intensive, Dice.For(seed, "normal")), story ?? Story.Calm, seed) { Draws = draws };

    /// <summary>One monitor in the scenario of a course that begins after an hour.</summary>
    public static BedsideMonitor Falling(string course, int seed, bool intensive = false) =>
        Monitor(seed, intensive, new IllnessStory(IllnessCourse.Find(course)!, Start + Hour));

    /// <summary>Lets it measure, and gives everything that it measured of each metric.</summary>
    public static Dictionary<StreamMetric, List<StreamSample>> Watch(this BedsideMonitor monitor, double hours, int seconds = 1)
    {
        var pace = new Pace(seconds);
        for (var at = 0L; at < hours * Hour; at += seconds * 1000)
        {
            monitor.Tick(Start + at, Start + at, pace);
        }

        var all = new Dictionary<StreamMetric, List<StreamSample>>();
        for (var metric = 0; metric < monitor.Runs.Length; metric++)
        {
            all[(StreamMetric)metric] = monitor.Runs[metric] is { } run ? [.. run.Samples] : [];
        }

        return all;
    }

    /// <summary>In the metric's unit, without what is disturbed.</summary>
    public static double[] Clean(this List<StreamSample> samples, double low, double high) => [.. samples.Where(s => !s.Questionable).Select(s => s.Thousandths / 1000.0).Where(v => v >= low && v <= high)];

    public static double Correlation(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var n = Math.Min(a.Count, b.Count);
        var (meanA, meanB) = (a.Take(n).Average(), b.Take(n).Average());
        double both = 0, ofA = 0, ofB = 0;
        for (var i = 0; i < n; i++)
        {
            both += (a[i] - meanA) * (b[i] - meanB);
            ofA += (a[i] - meanA) * (a[i] - meanA);
            ofB += (b[i] - meanB) * (b[i] - meanB);
        }

        return both / Math.Sqrt(ofA * ofB);
    }
}
