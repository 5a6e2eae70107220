using Salus.Bench.Load;

namespace Salus.Bench.Tests;

public sealed class LatenciesTests
{
    [Fact]
    public void Percentiles_are_those_of_the_sorted_values()
    {
        var (random, latencies) = (new Random(7), new Latencies());
        // From 0.1 ms to 10 s, each power of ten as likely.
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Pow(10, random.NextDouble() * 5) / 10).ToList();
        values.ForEach(v => latencies.Record(TimeSpan.FromMilliseconds(v)));
        foreach (var part in (double[])[0.001, 0.5, 0.9, 0.99, 0.999])
        {
            var exact = values.Percentile(part);
            Assert.InRange(latencies.Percentile(part), exact * 0.999, exact * 1.009);
        }

        Assert.Equal(20_000, latencies.Count);
        Assert.Equal(values.Max(), latencies.MaxMilliseconds, 0.001);
        Assert.Equal(latencies.MaxMilliseconds, latencies.Percentile(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1_000_000)]
    [InlineData(long.MaxValue / 100)]
    public void One_value_is_every_percentile(long ticks)
    {
        var latencies = new Latencies();
        latencies.Record(TimeSpan.FromTicks(ticks));
        Assert.Equal(latencies.MaxMilliseconds, latencies.Percentile(0.5));
        Assert.Equal(TimeSpan.FromTicks(ticks).TotalMilliseconds, latencies.MaxMilliseconds, 1e-6 * Math.Max(1, ticks));
    }
}
