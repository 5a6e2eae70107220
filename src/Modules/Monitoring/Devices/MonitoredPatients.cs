using Salus.Kernel;
using Salus.Monitoring.Monitors.Facts;

namespace Salus.Monitoring.Devices;

/// <summary>
/// Who is under monitoring: on a device that is in use, and not discharged since they came onto it. Asked by the time, so that an end that was written down ahead comes when it is due. Until the
/// registry was read it says yes: nobody loses an alert because a process has just started. Safe for all threads.
/// </summary>
internal sealed class MonitoredPatients(DeviceRegistry registry, DeviceIndex index, FactBook facts)
{
    /// <param name="now">Milliseconds since 1970 UTC.</param>
    public bool Has(Tenant tenant, string patient, long now) => !registry.Ready || Placement.AnyHas(index.Of(tenant, patient), now, facts.Of(tenant, patient)?.DischargedAt);
}
