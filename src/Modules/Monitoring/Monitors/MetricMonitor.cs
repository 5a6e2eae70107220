using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>A metric of a patient, from whichever device: the newest values, the windows and the trend. About 3 kB. For one thread at a time.</summary>
internal sealed class MetricMonitor(PatientMonitor patient, Metric metric)
{
    private const long Minute = 60_000;
    private const int FewestMinutes = 3;
    private const int ShortestSpan = 20;

    private readonly List<SeriesEnd> ends = new(1);
    private readonly BucketRing[] rings = [new(Minute, 60), new(10 * Minute, 36), new(30 * Minute, 48)];
    private long slopeMinute = -1;
    private int? slope;

    public PatientMonitor Patient => patient;

    public Metric Metric => metric;

    /// <summary>Milliseconds.</summary>
    public long StaleAfter { get; } = (long)metric.Stale.TotalMilliseconds;

    /// <summary>By the numbers of the series.</summary>
    public IReadOnlyList<SeriesEnd> Ends => ends;

    public IReadOnlyList<BucketRing> Rings => rings;

    public SeriesEnd Add(Series series)
    {
        var end = new SeriesEnd(series, this);
        var place = ends.FindIndex(e => e.Series.Number > series.Number);
        ends.Insert(place < 0 ? ends.Count : place, end);
        return end;
    }

    public void Remove(SeriesEnd end) => ends.Remove(end);

    /// <summary>Adds to the windows. What is implausible is in none: a trend made of artefacts is none.</summary>
    public void Take(Measured value)
    {
        if (value.Implausible)
        {
            return;
        }

        foreach (var ring in rings)
        {
            ring.Add(value.Time, value.Value);
        }

        patient.Late(value.Time);

        // The trend is made of whole minutes: it stands until the next one, unless something came late or too early.
        if (value.Time / Minute != slopeMinute)
        {
            slopeMinute = -1;
        }
    }

    /// <summary>What came in an hour, counted since 1970, of the last day.</summary>
    public Bucket Hour(long hour)
    {
        var (first, second) = (rings[2][2 * hour], rings[2][(2 * hour) + 1]);
        return first.Count == 0 ? second : second.Count == 0 ? first : new Bucket { Min = Math.Min(first.Min, second.Min), Max = Math.Max(first.Max, second.Max), Sum = first.Sum + second.Sum, Count = first.Count + second.Count };
    }

    public Window Window(WindowSpan span, long now) => rings[(int)span].Until(now);

    /// <summary>The newest value of all series, at the same time that of the series that was known first; null when the last day has none.</summary>
    public Reading? Reading(long now)
    {
        SeriesEnd? newest = null;
        foreach (var end in ends)
        {
            if (!end.IsOver(now) && (newest is null || end.Newest.Time > newest.Newest.Time))
            {
                newest = end;
            }
        }

        return newest is null
            ? null
            : new(metric, newest.Newest.Value, newest.Newest.Time, newest.Newest.Flags, newest.Series.Device, Slope(now)) { Counts = newest.NewestCounts(now) };
    }

    /// <summary>What scores use: a fresh value rather than none, the newest of these, at the same time that of the series that was known first.</summary>
    public Vital Vital(long now)
    {
        var best = default(Vital);
        foreach (var end in ends)
        {
            var vital = end.Vital(now);
            if (vital.Kind > best.Kind || (vital.Kind == best.Kind && vital.Time > best.Time))
            {
                best = vital;
            }
        }

        return best;
    }

    /// <summary>
    /// Trend of the last hour in thousandths of the unit for an hour: least squares over the means of its whole minutes. Null with fewer than 3 of these or less than 20 minutes between the
    /// first and the last. Integers throughout, so that it is the same on every machine.
    /// </summary>
    public int? Slope(long now)
    {
        var minute = now / Minute;
        if (minute != slopeMinute)
        {
            slope = LeastSquares(minute);
            slopeMinute = minute;
        }

        return slope;
    }

    private int? LeastSquares(long minute)
    {
        var (n, sx, sy, sxx, sxy, first, last) = (0L, 0L, 0L, 0L, 0L, 0L, 0L);
        for (var x = 1L; x < 60; x++)
        {
            var bucket = rings[0][minute - 60 + x];
            if (bucket.Count == 0)
            {
                continue;
            }

            var y = bucket.Sum * 1000 / bucket.Count; // millionths of the unit
            (first, last) = (n == 0 ? x : first, x);
            n++;
            sx += x;
            sy += y;
            sxx += x * x;
            sxy += x * y;
        }

        if (n < FewestMinutes || last - first < ShortestSpan)
        {
            return null;
        }

        var rise = ((n * sxy) - (sx * sy)) * 60; // from a minute to an hour
        var run = ((n * sxx) - (sx * sx)) * 1000; // from millionths to thousandths
        return (int)((rise + (Math.Sign(rise) * (run / 2))) / run);
    }
}
