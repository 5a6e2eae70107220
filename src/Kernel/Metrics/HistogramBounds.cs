using System.Diagnostics.Metrics;
using System.Globalization;

namespace Salus.Kernel.Metrics;

/// <summary>Upper bounds of a histogram's buckets: what the instrument advises, or a scale that fits its unit.</summary>
internal static class HistogramBounds
{
    // A millisecond to ten seconds: one FHIR read takes about one, a slow search some hundred.
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Milliseconds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
    private static readonly double[] Bytes = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
    private static readonly double[] Counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

    public static double[] Of(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<float> h => Convert(h.Advice?.HistogramBucketBoundaries),
            Histogram<long> h => Convert(h.Advice?.HistogramBucketBoundaries),
            Histogram<int> h => Convert(h.Advice?.HistogramBucketBoundaries),
            _ => null,
        };
        return advised is { Length: > 0 }
            ? advised
            : instrument.Unit switch { "s" => Seconds, "ms" => Milliseconds, "By" => Bytes, _ => Counts };
    }

    private static double[]? Convert<T>(IReadOnlyList<T>? bounds)
        where T : IConvertible =>
        bounds?.Select(b => b.ToDouble(CultureInfo.InvariantCulture)).ToArray();
}
