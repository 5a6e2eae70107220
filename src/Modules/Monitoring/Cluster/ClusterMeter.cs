using System.Diagnostics.Metrics;

namespace Salus.Monitoring.Cluster;

/// <summary>What is counted of shared partitions, at <c>/metrics</c>.</summary>
internal static class ClusterMeter
{
    private static readonly Meter Meter = new("Salus.Monitoring");

    public static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("salus.monitoring.cluster.sent", "{sample}", "Samples that the broker was to carry to their partition, by outcome: confirmed, refused");

    public static readonly Counter<long> Duplicates =
        Meter.CreateCounter<long>("salus.monitoring.cluster.duplicates", "{sample}", "Samples that came by the queue of their partition and were there already");
}
