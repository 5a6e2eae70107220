namespace Salus.Bench;

/// <summary>Order statistics of measured values.</summary>
internal static class Statistics
{
    /// <summary>The value below which that part of the values lies (nearest rank).</summary>
    public static double Percentile(this IReadOnlyCollection<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    public static double Median(this IReadOnlyCollection<double> values) => values.Percentile(0.5);
}
