using System.Globalization;
using System.Text;

namespace Salus.Kernel.Metrics;

/// <summary>Labels in the text format: <c>method="GET",route="/fhir/{type}"</c>, ordered by name.</summary>
internal static class MetricLabels
{
    /// <param name="tags">Names and values as the instrument gave them.</param>
    /// <param name="instead">A value to show in place of all of them.</param>
    public static string Render(ReadOnlySpan<KeyValuePair<string, object?>> tags, string? instead)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var name = Name(key);
            var text = instead ?? Text(value);
            // Two names that differ only in what is replaced: keep both values, as OpenTelemetry does.
            labels[name] = labels.TryGetValue(name, out var before) && instead is null ? $"{before};{text}" : text;
        }

        return string.Join(',', labels.Select(l => $"{l.Key}=\"{Escape(l.Value)}\""));
    }

    /// <summary>Backslash, quote and line feed are the three that the format escapes in a label value.</summary>
    public static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Name(string key)
    {
        var name = new StringBuilder(key.Length + 1);
        foreach (var c in key)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
        }

        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            name.Insert(0, '_');
        }

        var text = name.ToString();
        // "le" is the bucket's; two leading underscores are Prometheus's own.
        return text == "le" ? "le_" : text.StartsWith("__", StringComparison.Ordinal) ? "_" + text.TrimStart('_') : text;
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
