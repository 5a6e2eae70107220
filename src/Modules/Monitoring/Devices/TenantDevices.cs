using System.Collections.Concurrent;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Devices;

/// <summary>The devices of one tenant: rows as the record has them, and what is made of them. Reading is safe for all threads; changes come from one at a time.</summary>
internal sealed class TenantDevices
{
    private readonly MetricSet metrics;
    private readonly Dictionary<string, DeviceRow> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceUseRow> uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceUnitRow> units = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> usesOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> unitsOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegisteredDevice> byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegisteredDevice[]> byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegisteredDevice[]> byPatient = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Placement[]> placements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegisteredDevice[]>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public TenantDevices(MetricSet metrics)
    {
        this.metrics = metrics;
        lookup = byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IEnumerable<RegisteredDevice> All => byId.Values;

    public RegisteredDevice? Get(string id) => byId.GetValueOrDefault(id);

    public ReadOnlySpan<RegisteredDevice> Find(ReadOnlySpan<char> name) => lookup.TryGetValue(name, out var found) ? found : default;

    /// <summary>When a patient is or was on a device that is in use, in no order; null for a patient of whom no statement ever said so.</summary>
    public IReadOnlyList<Placement>? Of(string patient) => placements.GetValueOrDefault(patient);

    public void Put(DeviceRow row)
    {
        rows[row.Id] = row;
        changed.Add(row.Id);
    }

    public void Put(DeviceUseRow row) => Put(row, row.Id, row.Deleted ? null : row.Device, uses, usesOf, u => u.Device);

    public void Put(DeviceUnitRow row) => Put(row, row.Id, row.Deleted ? null : row.Device, units, unitsOf, u => u.Device);

    /// <summary>Makes the devices anew of which something changed.</summary>
    public void Rebuild()
    {
        foreach (var id in changed)
        {
            var before = byId.GetValueOrDefault(id);
            var after = rows.GetValueOrDefault(id) is { Deleted: false } row ? Make(row, before?.Counts ?? new DeviceCounts()) : null;
            if (after is not null)
            {
                byId[id] = after;
            }
            else
            {
                byId.TryRemove(id, out _);
            }

            foreach (var name in (before?.Names ?? []).Union(after?.Names ?? [], StringComparer.Ordinal))
            {
                Rename(name, id, after is not null && after.Names.Contains(name, StringComparer.Ordinal) ? after : null);
            }

            foreach (var patient in PatientsOf(before).Union(PatientsOf(after), StringComparer.Ordinal))
            {
                Place(patient, id, after is { IsUsable: true } ? after : null);
            }
        }

        changed.Clear();
    }

    private RegisteredDevice Make(DeviceRow row, DeviceCounts counts)
    {
        var found = new Dictionary<Metric, string>();
        foreach (var unit in (unitsOf.GetValueOrDefault(row.Id) ?? []).Select(u => units[u]).OrderBy(u => u.Position))
        {
            if (unit.Unit is { } code && unit.Codes.Select(metrics.Find).OfType<Metric>().FirstOrDefault() is { } metric)
            {
                found[metric] = code;
            }
        }

        return new RegisteredDevice(row, Placement.Of((usesOf.GetValueOrDefault(row.Id) ?? []).Select(u => uses[u])), found, counts);
    }

    private static IEnumerable<string> PatientsOf(RegisteredDevice? device) => device?.Placements.Select(p => p.Patient) ?? [];

    private void Place(string patient, string id, RegisteredDevice? device)
    {
        var others = (byPatient.GetValueOrDefault(patient) ?? []).Where(d => d.Id != id);
        RegisteredDevice[] all = [.. device is null ? others : others.Append(device)];
        byPatient[patient] = all;
        placements[patient] = [.. all.SelectMany(d => d.Placements).Where(p => p.Patient == patient)];
    }

    private void Rename(string name, string id, RegisteredDevice? device)
    {
        var others = (byName.GetValueOrDefault(name) ?? []).Where(d => d.Id != id);
        RegisteredDevice[] all = [.. device is null ? others : others.Append(device).OrderByDescending(d => d.IsUsable)];
        if (all.Length == 0)
        {
            byName.TryRemove(name, out _);
            return;
        }

        byName[name] = all;
    }

    // A statement may go from one device to another.
    private void Put<T>(T row, string id, string? device, Dictionary<string, T> all, Dictionary<string, HashSet<string>> byDevice, Func<T, string?> deviceOf)
    {
        if (all.Remove(id, out var before) && deviceOf(before) is { } old)
        {
            byDevice[old].Remove(id);
            changed.Add(old);
        }

        if (device is not null)
        {
            all[id] = row;
            if (!byDevice.TryGetValue(device, out var of))
            {
                byDevice[device] = of = new HashSet<string>(StringComparer.Ordinal);
            }

            of.Add(id);
            changed.Add(device);
        }
    }
}
