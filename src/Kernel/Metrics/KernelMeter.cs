using System.Diagnostics.Metrics;

namespace Salus.Kernel.Metrics;

/// <summary>What the kernel counts about itself.</summary>
internal static class KernelMeter
{
    private static readonly Meter Meter = new("Salus.Kernel");

    public static readonly Counter<long> Restarts =
        Meter.CreateCounter<long>("salus.postgres.restarts", "{restart}", "Times the embedded PostgreSQL ended unexpectedly and was started again");

    public static readonly Histogram<double> Start =
        Meter.CreateHistogram<double>("salus.postgres.start.duration", "s", "Time from the start of the embedded PostgreSQL until it was ready");

    public static readonly Counter<long> Migrations =
        Meter.CreateCounter<long>("salus.migrations.applied", "{migration}", "Migrations applied by this process");
}
