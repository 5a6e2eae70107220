using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Tests.Metrics;

public sealed class MetricSetTests
{
    [Fact]
    public void Every_metric_is_found_by_each_of_its_codes()
    {
        foreach (var metric in MetricSet.Default.All)
        {
            Assert.Same(metric, MetricSet.Default.Find(metric.Number));
            Assert.All([metric.Name, .. metric.Loinc, .. metric.Mdc.Select(c => c.ToString())], code => Assert.Same(metric, MetricSet.Default.Find(code)));
        }
    }

    [Fact]
    public void Plausible_values_are_possible_and_fit_into_a_sample()
    {
        foreach (var metric in MetricSet.Default.All)
        {
            Assert.True(metric.Possible.Has(metric.Plausible.Low) && metric.Possible.Has(metric.Plausible.High), metric.Name);
            Assert.True(metric.Possible.High * Sample.Scale < int.MaxValue, metric.Name);
        }
    }

    [Theory]
    [InlineData("heart rate")]
    [InlineData("")]
    [InlineData("8867-5")]
    [InlineData("-147842")]
    public void What_is_not_listed_is_not_found(string code) => Assert.Null(MetricSet.Default.Find(code));
}
