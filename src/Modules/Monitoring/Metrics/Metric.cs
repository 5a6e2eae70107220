using Salus.Fhir.Ucum;

namespace Salus.Monitoring.Metrics;

/// <summary>Something that devices measure; a line of <c>metrics.txt</c>.</summary>
/// <param name="Number">Stored with samples.</param>
/// <param name="Name">The short name, such as <c>heart-rate</c>.</param>
/// <param name="Loinc">LOINC codes by which it comes in; the first is the code of Observations made of it.</param>
/// <param name="Mdc">IEEE 11073-10101 codes by which it comes in.</param>
/// <param name="Unit">The unit of stored values.</param>
/// <param name="Possible">What a living patient and a working device can give; beyond it a value is rejected.</param>
/// <param name="Plausible">Beyond it a value is flagged.</param>
/// <param name="Stale">After this long the last value counts as missing.</param>
/// <param name="Display">The name for people.</param>
internal sealed record Metric(
    short Number, string Name, IReadOnlyList<string> Loinc, IReadOnlyList<int> Mdc, UcumUnit Unit, MetricRange Possible, MetricRange Plausible, TimeSpan Stale, string Display);

/// <summary>From lowest to highest, both included, in the metric's unit.</summary>
internal readonly record struct MetricRange(decimal Low, decimal High)
{
    public bool Has(decimal value) => value >= Low && value <= High;
}
