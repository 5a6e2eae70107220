using System.Diagnostics.Metrics;

namespace Salus.Access.Audit;

/// <summary>What the audit trail counts about itself, at <c>/metrics</c>.</summary>
internal static class AuditMeter
{
    private static readonly Meter Meter = new("Salus.Access");

    public static readonly UpDownCounter<long> Pending =
        Meter.CreateUpDownCounter<long>("salus.access.audit.pending", "{entry}", "Entries of the audit trail that are in the journal and not in the database yet");
}
