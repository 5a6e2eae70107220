using System.Collections.Concurrent;
using Salus.Kernel;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Devices;

/// <summary>The devices of all tenants in memory, by every name. Reading is safe for all threads and takes no lock; changes come from one at a time.</summary>
internal sealed class DeviceIndex(MetricSet metrics)
{
    private readonly ConcurrentDictionary<Tenant, TenantDevices> tenants = new();

    /// <summary>All devices of a tenant, in no order.</summary>
    public IEnumerable<RegisteredDevice> All(Tenant tenant) => Of(tenant).All;

    /// <summary>By its logical id; null for none.</summary>
    public RegisteredDevice? Get(Tenant tenant, string id) => Of(tenant).Get(id);

    /// <summary>
    /// The devices with a name: a logical id, the value of an identifier, or <c>system|value</c>. Those that are not in use any more only when no other has it, so that a device may get
    /// the identifier of the one that it replaces.
    /// </summary>
    public ReadOnlySpan<RegisteredDevice> Find(Tenant tenant, ReadOnlySpan<char> name) => Of(tenant).Find(name);

    /// <summary>When a patient is or was on a device that is in use, in no order; null for a patient of whom no statement ever said so.</summary>
    public IReadOnlyList<Placement>? Of(Tenant tenant, string patient) => Of(tenant).Of(patient);

    /// <summary>Takes over rows that changed.</summary>
    public void Apply(DeviceChanges changes)
    {
        foreach (var row in changes.Devices)
        {
            Of(row.Tenant).Put(row);
        }

        foreach (var row in changes.Uses)
        {
            Of(row.Tenant).Put(row);
        }

        foreach (var row in changes.Units)
        {
            Of(row.Tenant).Put(row);
        }

        foreach (var tenant in tenants.Values)
        {
            tenant.Rebuild();
        }
    }

    private TenantDevices Of(Tenant tenant) => tenants.TryGetValue(tenant, out var known) ? known : tenants.GetOrAdd(tenant, _ => new TenantDevices(metrics));
}
