using System.Collections.Frozen;
using System.Globalization;
using Salus.Fhir.Ucum;

namespace Salus.Monitoring.Metrics;

/// <summary>All metrics, as <c>metrics.txt</c> lists them. Immutable.</summary>
internal sealed class MetricSet
{
    private readonly FrozenDictionary<string, Metric> byName;
    private readonly FrozenDictionary<string, Metric> byLoinc;
    private readonly FrozenDictionary<int, Metric> byMdc;
    private readonly Metric?[] byNumber;

    private MetricSet(IReadOnlyList<Metric> all)
    {
        All = all;
        byName = all.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);
        byLoinc = all.SelectMany(m => m.Loinc, (m, code) => (m, code)).ToFrozenDictionary(p => p.code, p => p.m, StringComparer.Ordinal);
        byMdc = all.SelectMany(m => m.Mdc, (m, code) => (m, code)).ToFrozenDictionary(p => p.code, p => p.m);
        byNumber = new Metric?[all.Max(m => m.Number) + 1];
        foreach (var metric in all)
        {
            byNumber[metric.Number] = metric;
        }
    }

    public static MetricSet Default { get; } = Read();

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<Metric> All { get; }

    public Metric this[string name] => byName[name];

    /// <summary>By its short name, or a LOINC or MDC code; null for what is not known.</summary>
    public Metric? Find(string code) =>
        byName.GetValueOrDefault(code) ?? byLoinc.GetValueOrDefault(code) ?? (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var mdc) ? byMdc.GetValueOrDefault(mdc) : null);

    /// <summary>By its stored number; null for what is not known.</summary>
    public Metric? Find(int number) => (uint)number < (uint)byNumber.Length ? byNumber[number] : null;

    private static MetricSet Read()
    {
        using var reader = new StreamReader(typeof(MetricSet).Assembly.GetManifestResourceStream("Salus.Monitoring.Metrics.metrics.txt")!);
        return new MetricSet([.. reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(Line).OrderBy(m => m.Number)]);
    }

    private static Metric Line(string line) => line.Split('|').Select(c => c.Trim()).ToArray() is [var number, var name, var loinc, var mdc, var unit, var possible, var plausible, var stale, var display]
        ? new Metric(
            short.Parse(number, CultureInfo.InvariantCulture), name, loinc.Split(' '), mdc == "-" ? [] : [.. mdc.Split(' ').Select(c => int.Parse(c, CultureInfo.InvariantCulture))],
            UcumUnit.TryParse(unit, out var parsed, out var error) ? parsed : throw new InvalidOperationException($"metrics.txt, {name}: {error}"),
            Range(possible), Range(plausible), TimeSpan.FromSeconds(int.Parse(stale, CultureInfo.InvariantCulture)), display)
        : throw new InvalidOperationException($"metrics.txt: '{line}' has not nine cells.");

    private static MetricRange Range(string cell) => cell.Split(' ') is [var low, var high]
        ? new MetricRange(decimal.Parse(low, CultureInfo.InvariantCulture), decimal.Parse(high, CultureInfo.InvariantCulture))
        : throw new InvalidOperationException($"metrics.txt: '{cell}' is not a range.");
}
