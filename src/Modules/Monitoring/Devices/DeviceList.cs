using Microsoft.AspNetCore.Http;
using Salus.Kernel;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Metrics;
using Salus.Records;

namespace Salus.Monitoring.Devices;

/// <summary>Shows the devices: <c>GET /monitoring/devices</c>. Who is on them, only to whom may see that.</summary>
internal sealed class DeviceList(DeviceIndex index, RejectionTable rejections, PatientSight sight, TimeProvider time)
{
    public async Task<IResult> GetAsync(HttpContext http)
    {
        var caller = http.Caller();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var devices = index.All(caller.Tenant).OrderBy(d => d.Row.Name, StringComparer.Ordinal).ThenBy(d => d.Id, StringComparer.Ordinal).Select(d => (Device: d, Placement: d.At(now))).ToList();
        var asked = await sight.SeenAsync(caller, "DeviceUseStatement", [.. devices.Select(d => d.Placement?.Patient).OfType<string>().Distinct()], http.RequestAborted);
        IReadOnlySet<string> seen = asked.Failed(out _) ? new HashSet<string>() : asked.Value;
        await rejections.FlushAsync(http.RequestAborted);
        var counts = (await rejections.CountsAsync(caller.Tenant, null, null, http.RequestAborted)).ToLookup(c => c.Device, StringComparer.Ordinal);
        return TypedResults.Json(devices.Select(d => Line(d.Device, d.Placement is { } p && seen.Contains(p.Patient) ? p : null, d.Placement is not null, counts[d.Device.Id])));
    }

    private static object Line(RegisteredDevice device, Placement? placement, bool inUse, IEnumerable<RejectionCount> rejected) => new
    {
        device.Id,
        identifier = device.Row.Identifiers.Select(i => i[(i.IndexOf('|', StringComparison.Ordinal) + 1)..]).FirstOrDefault(),
        device.Row.Name,
        status = device.Row.Status ?? "active",
        metrics = MetricSet.Default.All.Where(m => device.Counts.Has(m) || device.Units.ContainsKey(m)).Select(m => m.Name),
        placement?.Patient,
        inUse,
        device.Row.Bed,
        since = placement is { From: > long.MinValue } ? (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(placement.From) : null,
        lastSample = device.Counts.Last is > 0 and var last ? (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(last) : null,
        device.Counts.Samples,
        rejections = rejected.ToDictionary(c => c.Reason, c => c.Count),
    };
}
