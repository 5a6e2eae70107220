using Salus.Bench.EarlyWarning;

namespace Salus.Bench.Tests;

public sealed class RocCountsTests
{
    [Fact]
    public void The_area_is_the_share_of_pairs_that_stand_right_and_half_of_the_ties()
    {
        var random = new Random(3);
        var patients = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 12).Select(_ => (Score: (decimal)random.Next(8), Positive: random.Next(5) == 0)).ToList()).ToList();
        var counts = new RocCounts(1);
        patients.ForEach(p => counts.Add(p));
        var all = patients.SelectMany(p => p).ToList();
        var pairs = all.Where(h => h.Positive).SelectMany(_ => all.Where(h => !h.Positive), (p, n) => p.Score > n.Score ? 1.0 : p.Score == n.Score ? 0.5 : 0).ToList();
        Assert.Equal(pairs.Average(), counts.Area(), 1e-12);
        Assert.Equal((all.Count(h => h.Positive), all.Count(h => !h.Positive)), (counts.Positive, counts.Negative));
        Assert.Equal((all.Count(h => h.Positive && h.Score >= 5), all.Count(h => !h.Positive && h.Score >= 5)), counts.From(5));
        var (low, high) = counts.Interval(200, 1);
        Assert.True(low < counts.Area() && counts.Area() < high);
    }

    [Fact]
    public void Scores_apart_by_less_than_the_step_are_equal()
    {
        var counts = new RocCounts(0.01m);
        counts.Add([(0.701m, true), (0.709m, false)]);
        Assert.Equal(0.5, counts.Area());
        counts.Add([(0.9m, true), (0.1m, false)]);
        Assert.Equal(0.875, counts.Area());
    }
}
