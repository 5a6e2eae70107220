using System.Text;

namespace Salus.Kernel.Metrics;

/// <summary>A metric's name and unit as Prometheus wants them (https://prometheus.io/docs/practices/naming/).</summary>
/// <param name="Text">Such as <c>http_server_request_duration_seconds</c>.</param>
/// <param name="Unit">Such as <c>seconds</c>; empty when it is a plain number.</param>
internal sealed record MetricName(string Text, string Unit)
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["min"] = "minutes", ["h"] = "hours", ["d"] = "days",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["%"] = "percent", ["Cel"] = "celsius", ["Hz"] = "hertz",
        ["bytes"] = "bytes", ["seconds"] = "seconds",
    };

    // A gauge may not end like a part of a histogram or a counter.
    private static readonly string[] Taken = ["_count", "_sum", "_bucket", "_total"];

    /// <param name="instrument">Such as <c>http.server.request.duration</c>.</param>
    /// <param name="unit">In UCUM, such as <c>s</c>, <c>By</c> or <c>{request}</c>.</param>
    /// <param name="kind">What it measures.</param>
    public static MetricName Of(string instrument, string? unit, MetricKind kind)
    {
        var name = Sanitize(instrument);
        var word = Units.GetValueOrDefault(unit ?? "", "");
        if (Array.Find(Taken, t => name.EndsWith(t, StringComparison.Ordinal)) is { } ending)
        {
            name = ending == "_count" && kind != MetricKind.Counter ? $"{name[..^ending.Length]}_number" : name[..^ending.Length];
        }

        if (word.Length > 0 && !name.EndsWith("_" + word, StringComparison.Ordinal))
        {
            name = $"{name}_{word}";
        }

        return new MetricName(kind == MetricKind.Counter ? name + "_total" : name, word);
    }

    private static string Sanitize(string instrument)
    {
        var name = new StringBuilder(instrument.Length);
        foreach (var c in instrument)
        {
            var legal = char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_';
            if (legal != '_' || (name.Length > 0 && name[^1] != '_'))
            {
                name.Append(legal);
            }
        }

        var text = name.ToString().TrimEnd('_');
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }
}
