using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Monitors.Snapshots;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>
/// The monitors of all patients, in 64 partitions. What happens to a partition happens on one thread at a time, in order; so observers hear of a patient in order. Safe for all threads.
/// </summary>
internal sealed class PatientMonitors : ISampleObserver
{
    private readonly Partition[] partitions = new Partition[Partitions.Count];
    private readonly Func<int, Series> find;
    private readonly FactBook facts;
    private readonly Scorer scorer;
    private readonly MonitorBook states;
    private readonly IPatientObserver[] observers;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly ModelBook? models;

    /// <param name="find">A series by its number.</param>
    public PatientMonitors(Func<int, Series> find, FactBook facts, Scorer scorer, MonitorBook states, IEnumerable<IPatientObserver> observers, TimeProvider time, ILogger<PatientMonitors> log, ModelBook? models = null)
    {
        (this.find, this.facts, this.scorer, this.states, this.time, this.log, this.models) = (find, facts, scorer, states, time, log, models);
        this.observers = [.. observers];
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = new Partition { Monitors = Empty() };
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Takes samples that are durable, and tells the observers of every patient among them once. Never throws: what is durable cannot be refused.</summary>
    /// <param name="seq">Their commit; what the partition has up to it is not taken again. 0 where commits have no numbers.</param>
    public void Committed(int partition, long seq, ReadOnlySpan<Sample> samples)
    {
        var place = partitions[partition];
        lock (place.Gate)
        {
            if (place.Held is { } held)
            {
                held.Add((seq, samples.ToArray()));
                return;
            }

            if (place.Forgotten)
            {
                return;
            }

            // Read from the journal before it was told.
            if (seq != 0 && seq <= place.Monitors.Seq)
            {
                return;
            }

            try
            {
                place.Monitors.Take(seq, samples);
                Publish(place.Monitors.Evaluate(Now));
            }
            catch (Exception e)
            {
                MonitoringLog.MonitorsFailed(log, e, partition);
            }
        }
    }

    /// <summary>Has a look at what time alone changes: what turned stale, what was found out about patients. Every second.</summary>
    public void Tick()
    {
        for (var partition = 0; partition < partitions.Length; partition++)
        {
            var place = partitions[partition];
            lock (place.Gate)
            {
                try
                {
                    Publish(place.Monitors.Tick(Now));
                }
                catch (Exception e)
                {
                    MonitoringLog.MonitorsFailed(log, e, partition);
                }
            }
        }
    }

    /// <summary>Makes the state of a patient anew: something else is known of them than before. Never throws.</summary>
    public void Refresh(Tenant tenant, string patient)
    {
        var partition = Partitions.Of(tenant, patient);
        var place = partitions[partition];
        lock (place.Gate)
        {
            // While the monitors are being made, their first states will have it.
            if (place.Held is not null)
            {
                return;
            }

            try
            {
                Publish(place.Monitors.Refresh(tenant, patient, Now));
            }
            catch (Exception e)
            {
                MonitoringLog.MonitorsFailed(log, e, partition);
            }
        }
    }

    /// <summary>A metric of a patient in the last hours; null when it did not come in the last day.</summary>
    public Window? Window(Tenant tenant, string patient, Metric metric, WindowSpan span)
    {
        var place = partitions[Partitions.Of(tenant, patient)];
        lock (place.Gate)
        {
            return place.Monitors.Find(tenant, patient)?.Window(metric, span, Now);
        }
    }

    /// <summary>Of how many series of a patient something is known.</summary>
    internal int SeriesCount(Tenant tenant, string patient)
    {
        var place = partitions[Partitions.Of(tenant, patient)];
        lock (place.Gate)
        {
            return place.Monitors.Find(tenant, patient)?.Metrics.Sum(m => m.Ends.Count) ?? 0;
        }
    }

    /// <summary>Gives a partition to other monitors. What is committed meanwhile waits, and is then taken unless they have it.</summary>
    /// <param name="rebuilt">Makes them; the argument is empty.</param>
    public async Task ReplaceAsync(int partition, Func<PartitionMonitors, Task> rebuilt)
    {
        var place = partitions[partition];
        lock (place.Gate)
        {
            place.Held ??= [];
        }

        var monitors = Empty();
        try
        {
            await rebuilt(monitors);
        }
        catch
        {
            // What came meanwhile is shown at least.
            monitors = Empty();
            throw;
        }
        finally
        {
            lock (place.Gate)
            {
                foreach (var (seq, samples) in place.Held!.Where(h => h.Seq == 0 || h.Seq > monitors.Seq))
                {
                    monitors.Take(seq, samples);
                }

                (place.Monitors, place.Held, place.Forgotten) = (monitors, null, false);
                Publish(monitors.Evaluate(Now));
            }
        }
    }

    /// <summary>Another process has the partition: what is still on its way here counts no more. The last states stay, until that process tells others.</summary>
    public void Forget(int partition)
    {
        var place = partitions[partition];
        lock (place.Gate)
        {
            (place.Monitors, place.Forgotten) = (Empty(), true);
        }
    }

    /// <summary>What a partition knows at one moment, and up to which commit.</summary>
    public PartitionSnapshot Snapshot(int partition)
    {
        var place = partitions[partition];
        lock (place.Gate)
        {
            var now = Now;
            return new(place.Monitors.Seq, [.. place.Monitors.Patients.Select(p => new PatientSnapshot(p.Tenant, p.Patient, SnapshotFormat.Write(p, now)))]);
        }
    }

    private PartitionMonitors Empty() => new(find, facts, scorer, models);

    private void Publish(IEnumerable<PatientState> changed)
    {
        foreach (var state in changed)
        {
            states.Put(state);
            foreach (var observer in observers)
            {
                Tell(observer, state);
            }
        }
    }

    private void Tell(IPatientObserver observer, PatientState state)
    {
        try
        {
            observer.Changed(state);
        }
        catch (Exception e)
        {
            // It is not to throw. If it does, the others and the next patient go on.
            MonitoringLog.StateObserverFailed(log, e, observer.GetType().Name);
        }
    }

    private sealed class Partition
    {
        public Lock Gate { get; } = new();

        public required PartitionMonitors Monitors { get; set; }

        public bool Forgotten { get; set; }

        /// <summary>What was committed while the monitors are being made; null otherwise.</summary>
        public List<(long Seq, Sample[] Samples)>? Held { get; set; }
    }
}
