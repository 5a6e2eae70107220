using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Snapshots;

namespace Salus.Monitoring.Cluster;

/// <summary>Takes partitions over from whoever had them, and gives them back: samples, monitors, and the state of rules.</summary>
internal sealed class Takeover
{
    private readonly SampleOwner owner;
    private readonly PartitionReplay replay;
    private readonly AlertEngine alerts;
    private readonly PatientMonitors monitors;
    private readonly Rebuild rebuild;
    private readonly SnapshotWriter snapshots;
    private readonly ILogger<Takeover> log;

    public Takeover(
        SampleOwner owner, PartitionReplay replay, AlertEngine alerts, PatientMonitors monitors, Rebuild rebuild, SnapshotWriter snapshots, ILogger<Takeover> log)
    {
        (this.owner, this.replay, this.alerts, this.monitors, this.rebuild, this.snapshots, this.log) = (owner, replay, alerts, monitors, rebuild, snapshots, log);
        owner.Gone += Forget;
    }

    /// <summary>
    /// Returns when the patients of these partitions are scored and judged here. For one call at a time. What fails may be begun again.
    /// </summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task GainAsync(IReadOnlyCollection<int> partitions, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        // What it has already stays: a new epoch would make alerts that wait to be stored somebody else's.
        int[] numbers = [.. partitions.Where(p => !owner.Holds(p))];
        if (numbers.Length == 0)
        {
            return;
        }

        var claims = await owner.ClaimAsync([.. numbers.Select(p => (short)p)], ct);
        try
        {
            // Rules know what is open before the monitors begin to speak.
            await alerts.LoadAsync(numbers, ct);
            var samples = await replay.RunAsync(claims, ct);
            foreach (var partition in numbers)
            {
                await rebuild.PartitionAsync(partition, ct);
            }

            MonitoringLog.TookOver(log, numbers.Length, samples, Stopwatch.GetElapsedTime(begun));
        }
        catch
        {
            // What is known of half is known of nothing: the next attempt begins at the beginning.
            Array.ForEach(numbers, owner.Release);
            throw;
        }
    }

    /// <summary>Writes a snapshot, which saves time to the process that takes over.</summary>
    public async Task PrepareAsync(int partition, CancellationToken ct)
    {
        try
        {
            await snapshots.WriteAsync(partition, ct);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            MonitoringLog.SnapshotFailed(log, e, partition);
        }
    }

    /// <summary>Gives a partition up; the next process finds all of it in the database.</summary>
    public void GiveBack(int partition)
    {
        if (owner.Holds(partition))
        {
            owner.Release(partition);
            MonitoringLog.GaveBack(log, partition);
        }
    }

    private void Forget(int partition)
    {
        alerts.Forget(partition);
        monitors.Forget(partition);
    }
}
