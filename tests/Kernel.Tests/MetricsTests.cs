using System.Diagnostics.Metrics;
using Salus.Kernel.Metrics;

namespace Salus.Kernel.Tests;

public sealed class MetricsTests : IDisposable
{
    private readonly Meter meter = new("Salus.Tests");
    private readonly MetricsRegistry registry = new();

    public void Dispose()
    {
        meter.Dispose();
        registry.Dispose();
    }

    [Fact]
    public void A_counter_has_help_type_unit_and_labels()
    {
        var counter = meter.CreateCounter<long>("salus.test.bytes.read", "By", "What was read");
        counter.Add(2, new KeyValuePair<string, object?>("resource.type", "Patient"), new("ok", true));
        counter.Add(3, new KeyValuePair<string, object?>("ok", true), new("resource.type", "Patient"));

        Assert.Equal(
            [
                "# HELP salus_test_bytes_read_bytes_total What was read",
                "# TYPE salus_test_bytes_read_bytes_total counter",
                "# UNIT salus_test_bytes_read_bytes_total bytes",
                """salus_test_bytes_read_bytes_total{ok="true",resource_type="Patient"} 5""",
            ],
            Lines("salus_test_bytes_read"));
    }

    [Fact]
    public void Label_values_and_help_are_escaped()
    {
        meter.CreateCounter<long>("salus.test.escaped", null, "one\\two\nthree").Add(1, new KeyValuePair<string, object?>("path", "C:\\x \"y\"\nz"));

        Assert.Equal(
            ["# HELP salus_test_escaped_total one\\\\two\\nthree", "# TYPE salus_test_escaped_total counter", "salus_test_escaped_total{path=\"C:\\\\x \\\"y\\\"\\nz\"} 1"],
            Lines("salus_test_escaped"));
    }

    [Fact]
    public void Histogram_buckets_are_cumulative_and_include_their_bound()
    {
        var histogram = meter.CreateHistogram("salus.test.duration", "s", "Time", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.3, 0.9, 5 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("le", "x"));
        }

        Assert.Equal(
            [
                """salus_test_duration_seconds_bucket{le_="x",le="0.1"} 2""",
                """salus_test_duration_seconds_bucket{le_="x",le="0.5"} 3""",
                """salus_test_duration_seconds_bucket{le_="x",le="1"} 4""",
                """salus_test_duration_seconds_bucket{le_="x",le="+Inf"} 5""",
                """salus_test_duration_seconds_sum{le_="x"} 6.35""",
                """salus_test_duration_seconds_count{le_="x"} 5""",
            ],
            Lines("salus_test_duration").Where(l => l[0] != '#'));
    }

    [Fact]
    public void An_up_down_counter_and_a_gauge_are_gauges()
    {
        var level = meter.CreateUpDownCounter<int>("salus.test.open.count");
        level.Add(5);
        level.Add(-2);
        var reading = meter.CreateGauge<double>("salus.test.reading");
        reading.Record(1.5);
        reading.Record(0.25);

        Assert.Contains("# TYPE salus_test_open_number gauge", Lines("salus_test_open"));
        Assert.Contains("salus_test_open_number 3", Lines("salus_test_open"));
        Assert.Contains("salus_test_reading 0.25", Lines("salus_test_reading"));
    }

    [Fact]
    public void An_observed_value_is_the_last_one_and_goes_when_it_is_gone()
    {
        var values = new List<Measurement<long>> { new(7, new KeyValuePair<string, object?>("bed", "1")), new(8, new KeyValuePair<string, object?>("bed", "2")) };
        meter.CreateObservableGauge("salus.test.observed", () => values);
        meter.CreateObservableCounter("salus.test.steps", () => 41L);
        Lines("salus_test_observed");
        values.RemoveAt(1);

        Assert.Equal(["""salus_test_observed{bed="1"} 7"""], Lines("salus_test_observed").Where(l => l[0] != '#'));
        Assert.Contains("salus_test_steps_total 41", Lines("salus_test_steps"));
    }

    [Fact]
    public void More_than_a_hundred_label_combinations_become_one_other()
    {
        var counter = meter.CreateCounter<long>("salus.test.many");
        for (var i = 0; i < 1_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        var lines = Lines("salus_test_many").Where(l => l[0] != '#').ToList();
        Assert.Equal(101, lines.Count);
        Assert.Equal("""salus_test_many_total{id="other"} 900""", lines[^1]);
    }

    [Fact]
    public void Meters_that_are_not_on_the_list_are_left_out()
    {
        using var stranger = new Meter("Stranger");
        stranger.CreateCounter<long>("salus.test.stranger").Add(1);

        Assert.Empty(Lines("salus_test_stranger"));
    }

    private List<string> Lines(string name) =>
        [.. registry.Read().Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal) || l.Contains($" {name}", StringComparison.Ordinal))];
}
