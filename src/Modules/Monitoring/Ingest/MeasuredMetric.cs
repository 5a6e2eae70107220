using System.Collections.Concurrent;
using System.Text;
using Salus.Fhir.Ucum;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Ingest;

/// <summary>A metric with its limits in thousandths of its unit, and the units that its values came in. Safe for all threads.</summary>
internal sealed class MeasuredMetric(Metric metric)
{
    // Units come from outside: what is beyond these is worked out each time.
    private const int MostUnits = 64;

    private readonly byte[] unit = Encoding.UTF8.GetBytes(metric.Unit.Code);
    private readonly ConcurrentDictionary<byte[], UnitConversion> conversions = new(Utf8Keys.Comparer);
    private readonly long possibleLow = (long)(metric.Possible.Low * Sample.Scale);
    private readonly long possibleHigh = (long)(metric.Possible.High * Sample.Scale);
    private readonly long plausibleLow = (long)(metric.Plausible.Low * Sample.Scale);
    private readonly long plausibleHigh = (long)(metric.Plausible.High * Sample.Scale);

    public Metric Metric => metric;

    /// <summary>The short name as UTF-8.</summary>
    public byte[] Code { get; } = Encoding.UTF8.GetBytes(metric.Name);

    public int Number { get; } = metric.Number;

    /// <summary>False for scores and stages: there is nothing to mistake.</summary>
    public bool NeedsUnit { get; } = metric.Unit.Code != "1" && !metric.Unit.Code.StartsWith('{');

    public bool IsPossible(long thousandths) => thousandths >= possibleLow && thousandths <= possibleHigh;

    public bool IsPlausible(long thousandths) => thousandths >= plausibleLow && thousandths <= plausibleHigh;

    /// <summary>How values of a unit become values of this metric's.</summary>
    /// <param name="code">UCUM, as UTF-8.</param>
    public UnitConversion From(ReadOnlySpan<byte> code)
    {
        if (code.SequenceEqual(unit))
        {
            return UnitConversion.None;
        }

        var known = conversions.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(code, out var found))
        {
            return found;
        }

        var made = code.Length > UcumUnit.LongestCode ? UnitConversion.Wrong("The unit is no UCUM code: it is too long.") : UnitConversion.Of(Encoding.UTF8.GetString(code), metric);
        if (conversions.Count < MostUnits)
        {
            conversions.TryAdd(code.ToArray(), made);
        }

        return made;
    }
}

/// <summary>The metrics by what they are called in requests: the short name, LOINC and MDC codes.</summary>
internal sealed class MeasuredMetrics
{
    private readonly Dictionary<byte[], MeasuredMetric> byCode = new(Utf8Keys.Comparer);
    private readonly Dictionary<byte[], MeasuredMetric>.AlternateLookup<ReadOnlySpan<byte>> lookup;
    private readonly MeasuredMetric?[] byNumber;

    public MeasuredMetrics(MetricSet metrics)
    {
        byNumber = new MeasuredMetric?[metrics.All.Max(m => m.Number) + 1];
        foreach (var metric in metrics.All)
        {
            var made = byNumber[metric.Number] = new MeasuredMetric(metric);
            foreach (var code in metric.Loinc.Append(metric.Name).Concat(metric.Mdc.Select(c => c.ToString(System.Globalization.CultureInfo.InvariantCulture))))
            {
                byCode[Encoding.UTF8.GetBytes(code)] = made;
            }
        }

        lookup = byCode.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Null for what is not known.</summary>
    public MeasuredMetric? Find(ReadOnlySpan<byte> code) => lookup.TryGetValue(code, out var found) ? found : null;

    /// <summary>By the number that is stored; null for what is not known.</summary>
    public MeasuredMetric? Find(ulong number) => number < (ulong)byNumber.Length ? byNumber[number] : null;
}
