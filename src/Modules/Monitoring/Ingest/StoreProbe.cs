using Salus.Kernel;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Devices;

namespace Salus.Monitoring.Ingest;

/// <summary>Asks whether samples would be stored now: the devices are known, the way of samples is open, the disk has room, the database answers.</summary>
internal sealed class StoreProbe(DeviceRegistry registry, SampleRoute route, Database database, DiskSpace disk)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Another process takes the samples, until this one starts again.</summary>
    public bool Overtaken => route.Overtaken;

    public async ValueTask<bool> IsReadyAsync(CancellationToken ct)
    {
        if (!registry.Ready || !route.IsReady)
        {
            return false;
        }

        if (route.ByQueue)
        {
            // Who has the partition waits for the database; the broker keeps what comes meanwhile.
            return true;
        }

        if (!database.Available || disk.Full)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await using var query = database.Source.CreateCommand("select 1");
            await query.ExecuteScalarAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (DatabaseFault.Is(e) || e is ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }
}
