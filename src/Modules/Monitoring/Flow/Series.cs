using Salus.Kernel;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Flow;

/// <summary>What one device measured of one thing at one patient. A device that goes to another patient begins another series. Immutable.</summary>
/// <param name="Number">Stored with samples; from 1, dense.</param>
/// <param name="Patient">Logical id of the Patient.</param>
/// <param name="Device">Logical id of the Device.</param>
internal sealed record Series(int Number, Tenant Tenant, string Patient, string Device, Metric Metric)
{
    /// <summary>The partition of the patient.</summary>
    public int Partition { get; } = Partitions.Of(Tenant, Patient);
}
