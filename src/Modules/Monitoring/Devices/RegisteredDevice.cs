using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Devices;

/// <summary>A device as the registry knows it. Immutable but for what is counted.</summary>
internal sealed class RegisteredDevice(DeviceRow row, Placement[] placements, IReadOnlyDictionary<Metric, string> units, DeviceCounts counts)
{
    private readonly Placement? last = placements.LastOrDefault();

    public DeviceRow Row => row;

    /// <summary>Logical id.</summary>
    public string Id => row.Id;

    /// <summary>Whether its data is taken: not when it is inactive or was entered in error.</summary>
    public bool IsUsable => row.Status is not ("inactive" or "entered-in-error");

    /// <summary>In the order of time, without overlap.</summary>
    public IReadOnlyList<Placement> Placements => placements;

    public DeviceCounts Counts => counts;

    /// <summary>What the DeviceMetrics say of units.</summary>
    public IReadOnlyDictionary<Metric, string> Units => units;

    /// <summary>Every name that data may come under: the logical id, and each identifier with and without its system.</summary>
    public IEnumerable<string> Names => row.Identifiers.SelectMany(i => new[] { i, i[(i.IndexOf('|', StringComparison.Ordinal) + 1)..] }).Append(row.Id).Distinct(StringComparer.Ordinal);

    /// <summary>Who was on it at a time, milliseconds since 1970 UTC; null for nobody.</summary>
    public Placement? At(long time)
    {
        if (last is null || time >= last.From)
        {
            return last?.Has(time) == true ? last : null;
        }

        var (low, high) = (0, placements.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = placements[middle].From <= time ? (middle, high) : (low, middle - 1);
        }

        return placements[low].Has(time) ? placements[low] : null;
    }
}

/// <summary>What came from a device since this process started. Safe for all threads.</summary>
internal sealed class DeviceCounts
{
    private long samples;
    private long last;
    private long metrics;

    public long Samples => Interlocked.Read(ref samples);

    /// <summary>Time of the newest sample, milliseconds since 1970 UTC by the device's clock; 0 for none.</summary>
    public long Last => Interlocked.Read(ref last);

    /// <param name="seen">A bit for each metric's number.</param>
    public void Add(int count, long newest, long seen)
    {
        Interlocked.Add(ref samples, count);
        Interlocked.Or(ref metrics, seen);
        for (var known = Last; newest > known && Interlocked.CompareExchange(ref last, newest, known) != known; known = Last)
        {
        }
    }

    public bool Has(Metric metric) => (Interlocked.Read(ref metrics) & (1L << metric.Number)) != 0;
}
