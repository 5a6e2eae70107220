using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Devices;

/// <summary>That a patient is on a device, for a time. Made anew when the record changes.</summary>
/// <param name="use">Logical id of the DeviceUseStatement.</param>
/// <param name="from">Milliseconds since 1970 UTC.</param>
/// <param name="until">The first millisecond after it.</param>
internal sealed class Placement(string use, string patient, long from, long until)
{
    // By the metric's number: 0 until the series is known. A race writes the same number twice.
    private int[] series = new int[32];

    public string Use => use;

    /// <summary>Logical id of the Patient.</summary>
    public string Patient => patient;

    public long From => from;

    public long Until => until;

    public bool Has(long time) => time >= from && time < until;

    /// <summary>Whether one of a patient's placements has a time. One that began before the patient was discharged ends with the discharge, whatever its statement says; one without a beginning may be of today.</summary>
    /// <param name="placements">Null where no statement ever said of a device: then nothing says that the patient is on none.</param>
    /// <param name="discharged">Milliseconds since 1970 UTC; null for a patient who was not.</param>
    public static bool AnyHas(IReadOnlyList<Placement>? placements, long time, long? discharged)
    {
        foreach (var placement in placements ?? [])
        {
            if (placement.Has(time) && !(discharged <= time && placement.From > long.MinValue && placement.From <= discharged))
            {
                return true;
            }
        }

        return placements is null;
    }

    /// <summary>Number of the series of a metric; 0 when nobody has asked for it yet.</summary>
    public int Series(int metric) => (uint)metric < (uint)series.Length ? series[metric] : 0;

    public void Keep(Series made)
    {
        lock (this)
        {
            if (made.Metric.Number >= series.Length)
            {
                Array.Resize(ref series, made.Metric.Number + 32);
            }

            series[made.Metric.Number] = made.Number;
        }
    }

    /// <summary>
    /// The placements of one device, in the order of time and without overlap: where statements overlap, the one that starts later counts from its start, and the earlier one is over
    /// then, also when the later one ends before it. Of two that start together, the one that was written later counts.
    /// </summary>
    public static Placement[] Of(IEnumerable<DeviceUseRow> uses)
    {
        var ordered = uses.Where(u => u.Counts && (u.Start ?? long.MinValue) < (u.Until ?? long.MaxValue)).OrderBy(u => u.Start ?? long.MinValue).ThenBy(u => u.Position).ToArray();
        return
        [
            .. ordered.Select((u, i) => new Placement(
                u.Id, u.Patient!, u.Start ?? long.MinValue, Math.Min(u.Until ?? long.MaxValue, i + 1 < ordered.Length ? ordered[i + 1].Start ?? long.MinValue : long.MaxValue)))
            .Where(p => p.From < p.Until),
        ];
    }
}
