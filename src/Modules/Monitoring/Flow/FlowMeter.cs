using System.Diagnostics.Metrics;

namespace Salus.Monitoring.Flow;

/// <summary>What the writer of samples counts about itself, at <c>/metrics</c>.</summary>
internal static class FlowMeter
{
    private static readonly Meter Meter = new("Salus.Monitoring");

    public static readonly Counter<long> Samples =
        Meter.CreateCounter<long>("salus.monitoring.commit.samples", "{sample}", "Samples that commits made durable");

    public static readonly Counter<long> Commits =
        Meter.CreateCounter<long>("salus.monitoring.commits", "{commit}", "Group commits of samples, by how they ended: stored, failed");

    public static readonly Histogram<double> CommitTime =
        Meter.CreateHistogram<double>("salus.monitoring.commit.duration", "s", "Time of a group commit of samples, duplicates looked for and flush to disk included");
}
