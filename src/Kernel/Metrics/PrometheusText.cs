using System.Globalization;
using System.Text;

namespace Salus.Kernel.Metrics;

/// <summary>The text exposition format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in families)
        {
            Write(text, family);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        var series = family.Series().Select(s => (s.Labels, Numbers: s.Read())).Where(s => s.Numbers is not null).ToList();
        if (series.Count == 0)
        {
            return;
        }

        var name = family.Name.Text;
        text.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(family.Kind)).Append('\n');
        if (family.Name.Unit.Length > 0)
        {
            // Known to OpenMetrics; a comment to this format.
            text.Append("# UNIT ").Append(name).Append(' ').Append(family.Name.Unit).Append('\n');
        }

        foreach (var (labels, numbers) in series)
        {
            var (sum, buckets) = numbers!.Value;
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(text, name, labels, family.Bounds, sum, buckets);
            }
            else
            {
                Line(text, name, labels, Number(sum));
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, string labels, double[] bounds, double sum, long[] buckets)
    {
        var before = labels.Length == 0 ? "" : labels + ",";
        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i < bounds.Length ? Number(bounds[i]) : "+Inf";
            Line(text, name + "_bucket", $"{before}le=\"{bound}\"", Number(count));
        }

        Line(text, name + "_sum", labels, Number(sum));
        Line(text, name + "_count", labels, Number(count));
    }

    private static void Line(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string EscapeHelp(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings("\\n");

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
