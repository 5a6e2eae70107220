using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>The monitors of one partition. For one thread at a time: <see cref="PatientMonitors"/> sees to it.</summary>
/// <param name="find">A series by its number.</param>
/// <param name="models">What models said; null where none says anything.</param>
internal sealed class PartitionMonitors(Func<int, Series> find, FactBook facts, Scorer scorer, ModelBook? models = null)
{
    // A patient who is measured all the time is never due: the series of devices that went away would stay.
    private const long PruneEvery = 3_600_000;

    private readonly Dictionary<int, SeriesEnd> ends = [];
    private readonly Dictionary<(Tenant, string), PatientMonitor> patients = [];
    private readonly List<PatientMonitor> touched = [];
    private int factsSeen;
    private long pruned;

    /// <summary>The commit of the journal up to which samples were taken.</summary>
    public long Seq { get; private set; }

    public IReadOnlyCollection<PatientMonitor> Patients => patients.Values;

    public PatientMonitor? Find(Tenant tenant, string patient) => patients.GetValueOrDefault((tenant, patient));

    /// <summary>Takes samples; <see cref="Evaluate"/> makes states of them.</summary>
    /// <param name="seq">Their commit; 0 when that is not known.</param>
    public void Take(long seq, ReadOnlySpan<Sample> samples)
    {
        foreach (ref readonly var sample in samples)
        {
            var end = End(sample.Series);
            var value = new Measured(sample.Time, sample.Value, sample.Flags);
            end.Take(value);
            end.Metric.Take(value);
            if (!end.Patient.Touched)
            {
                end.Patient.Touched = true;
                touched.Add(end.Patient);
            }
        }

        Seq = Math.Max(Seq, seq);
    }

    /// <summary>Says that what was put into it goes up to a commit. All patients count as changed.</summary>
    public void Restored(long seq)
    {
        Seq = seq;
        foreach (var monitor in patients.Values)
        {
            monitor.Touched = true;
            touched.Add(monitor);
        }
    }

    /// <summary>New states of all patients of whom samples came.</summary>
    public IEnumerable<PatientState> Evaluate(long now)
    {
        foreach (var monitor in touched)
        {
            monitor.Touched = false;
            monitor.Facts = facts.Of(monitor.Tenant, monitor.Patient);
            yield return Evaluate(monitor, now);
        }

        touched.Clear();
    }

    /// <summary>New states of all patients of whom a value turned stale, or other facts are known than before. A patient of whom nothing came for a day gets a last one, without readings.</summary>
    public IEnumerable<PatientState> Tick(long now)
    {
        var version = facts.Version;
        var prune = now / PruneEvery != pruned;
        pruned = now / PruneEvery;
        List<PatientMonitor>? over = null;
        foreach (var monitor in patients.Values)
        {
            if (prune || now >= monitor.Due)
            {
                monitor.Prune(now, end => ends.Remove(end.Series.Number));
            }

            if (version != factsSeen && facts.Of(monitor.Tenant, monitor.Patient) is var known && !ReferenceEquals(known, monitor.Facts))
            {
                monitor.Facts = known;
            }
            else if (now < monitor.Due)
            {
                continue;
            }

            if (monitor.Metrics.Count == 0)
            {
                (over ??= []).Add(monitor);
            }

            yield return Evaluate(monitor, now);
        }

        factsSeen = version;
        over?.ForEach(m => patients.Remove((m.Tenant, m.Patient)));
    }

    /// <summary>A new state of one patient, of whom something else is known than before; none of whom no samples came.</summary>
    public IEnumerable<PatientState> Refresh(Tenant tenant, string patient, long now) => Find(tenant, patient) is { } monitor ? [Evaluate(monitor, now)] : [];

    /// <summary>The end of a series, made when it is new.</summary>
    /// <exception cref="KeyNotFoundException">There is no such series.</exception>
    public SeriesEnd End(int number)
    {
        if (ends.TryGetValue(number, out var end))
        {
            return end;
        }

        var series = find(number);
        if (!patients.TryGetValue((series.Tenant, series.Patient), out var monitor))
        {
            monitor = patients[(series.Tenant, series.Patient)] = new PatientMonitor(series.Tenant, series.Patient);
        }

        return ends[number] = monitor.Add(series);
    }

    private PatientState Evaluate(PatientMonitor monitor, long now)
    {
        monitor.Models = models?.Of(monitor.Tenant, monitor.Patient, now) ?? [];
        return monitor.Evaluate(now, scorer);
    }
}
