namespace Salus.Monitoring.Storage;

/// <summary>What the samples of a minute or an hour come to. Two of parts give that of the whole, in whichever order.</summary>
/// <param name="At">When the period begins, milliseconds since 1970 UTC.</param>
/// <param name="Sum">Exact, in thousandths of the unit, as the other values.</param>
internal readonly record struct Aggregate(long At, int Min, int Max, long Sum, int Count, int Last, long LastAt)
{
    /// <summary>In thousandths of the unit, rounded.</summary>
    public decimal Mean => (decimal)Sum / Count;

    public Aggregate With(Aggregate other) => new(
        At, Math.Min(Min, other.Min), Math.Max(Max, other.Max), Sum + other.Sum, Count + other.Count, other.LastAt >= LastAt ? other.Last : Last, Math.Max(LastAt, other.LastAt));

    /// <summary>Those of all periods that have samples, in order.</summary>
    /// <param name="points">In order of time.</param>
    public static List<Aggregate> Of(ReadOnlySpan<Point> points, long period)
    {
        var all = new List<Aggregate>();
        foreach (var point in points)
        {
            var at = UnixTime.Floor(point.Time, period);
            var one = new Aggregate(at, point.Value, point.Value, point.Value, 1, point.Value, point.Time);
            if (all.Count > 0 && all[^1].At == at)
            {
                all[^1] = all[^1].With(one);
            }
            else
            {
                all.Add(one);
            }
        }

        return all;
    }
}
