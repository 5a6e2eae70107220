using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Monitors.Snapshots;

/// <summary>Writes a snapshot of one partition after the other, so that each has a new one every few minutes. Only where samples are stored: alone a snapshot says too little.</summary>
internal sealed class SnapshotWriter(
    PatientMonitors monitors, SnapshotTable table, IEnumerable<ISamplePast> pasts, IOptions<MonitoringOptions> options, TimeProvider time, ILogger<SnapshotWriter> log, SampleOwner? owner = null)
    : BackgroundService
{
    private readonly long[] written = new long[Partitions.Count];

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pace = TimeSpan.FromMinutes(options.Value.SnapshotMinutes) / Partitions.Count;
        var partition = -1;
        // After a failure the one before still counts, and more samples after it.
        return !pasts.Any() ? Task.CompletedTask : new WorkLoop(time, (e, _) => MonitoringLog.SnapshotFailed(log, e, partition), pace, pace).RunAsync(
            async ct =>
            {
                await Task.Delay(pace, time, ct);
                partition = (partition + 1) % Partitions.Count;
                await WriteAsync(partition, ct);
            },
            stoppingToken);
    }

    /// <summary>Writes one, unless nothing was committed since the one before.</summary>
    public async Task WriteAsync(int partition, CancellationToken ct)
    {
        // Clustered, it is the holder's to write. Looked at first: what is taken over meanwhile has another epoch.
        Holding? holding = owner is { Clustered: true } ? new(partition, owner.Epoch(partition)) : null;
        var snapshot = monitors.Snapshot(partition);
        if (snapshot.Seq > written[partition] && holding is not { Epoch: 0 })
        {
            await table.WriteAsync(partition, snapshot, ct, holding);
            written[partition] = snapshot.Seq;
        }
    }
}
