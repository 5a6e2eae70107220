using Microsoft.Extensions.Logging;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Monitors.Snapshots;

/// <summary>Makes the monitors of a partition anew: from its snapshot and the samples committed after it, else from all samples of a day.</summary>
internal sealed class Rebuild(PatientMonitors monitors, SnapshotTable table, IEnumerable<ISamplePast> pasts, TimeProvider time, ILogger<Rebuild> log)
{
    private readonly ISamplePast? past = pasts.FirstOrDefault();

    /// <summary>All partitions, one after the other. Nothing to do where no samples are stored.</summary>
    public async Task AllAsync(CancellationToken ct)
    {
        for (var partition = 0; partition < Partitions.Count && past is not null; partition++)
        {
            await PartitionAsync(partition, ct);
        }
    }

    /// <summary>One partition: when the process starts, or gets it from another one.</summary>
    public async Task PartitionAsync(int partition, CancellationToken ct)
    {
        if (past is null)
        {
            return;
        }

        if (await table.ReadAsync(partition, ct) is { } snapshot && await past.AfterAsync(partition, snapshot.Seq, ct) is { } later && await FromAsync(partition, snapshot, later, ct))
        {
            return;
        }

        var since = time.GetUtcNow().ToUnixTimeMilliseconds() - SeriesEnd.Day;
        await monitors.ReplaceAsync(partition, empty => TakeAsync(empty, past.SinceAsync(partition, since, ct), ct));
    }

    // False when the snapshot is not readable: of another version, or damaged. What it held stands in the samples.
    private async Task<bool> FromAsync(int partition, PartitionSnapshot snapshot, IAsyncEnumerable<PastSamples> later, CancellationToken ct)
    {
        try
        {
            await monitors.ReplaceAsync(partition, async empty =>
            {
                foreach (var patient in snapshot.Patients)
                {
                    SnapshotFormat.Read(patient.Data, empty);
                }

                empty.Restored(snapshot.Seq);
                await TakeAsync(empty, later, ct);
            });
            return true;
        }
        catch (InvalidDataException e)
        {
            MonitoringLog.SnapshotUnreadable(log, e, partition);
            return false;
        }
    }

    private static async Task TakeAsync(PartitionMonitors into, IAsyncEnumerable<PastSamples> samples, CancellationToken ct)
    {
        await foreach (var portion in samples.WithCancellation(ct))
        {
            into.Take(portion.Seq, portion.Samples.Span);
        }
    }
}
