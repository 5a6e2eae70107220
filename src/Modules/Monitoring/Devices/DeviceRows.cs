using Salus.Kernel;

namespace Salus.Monitoring.Devices;

/// <summary>A Device of the record.</summary>
/// <param name="Position">Log position of the change.</param>
/// <param name="Identifiers">Each as <c>system|value</c>; the system may be empty.</param>
/// <param name="Bed">Logical id of the Location; null for none.</param>
/// <param name="Parent">Logical id of the Device that it is a part of; null for none.</param>
internal sealed record DeviceRow(Tenant Tenant, string Id, long Position, bool Deleted, string? Status, string? Name, IReadOnlyList<string> Identifiers, string? Bed, string? Parent);

/// <summary>A DeviceUseStatement of the record.</summary>
/// <param name="Start">Milliseconds since 1970 UTC; null for always.</param>
/// <param name="Until">The first millisecond after it; null for no end.</param>
internal sealed record DeviceUseRow(Tenant Tenant, string Id, long Position, bool Deleted, int Version, string? Status, string? Device, string? Patient, long? Start, long? Until)
{
    /// <summary>Whether it says that somebody is or was on the device.</summary>
    public bool Counts => !Deleted && Device is not null && Patient is not null && Status is "active" or "completed" or "stopped";
}

/// <summary>What a DeviceMetric says of the unit of a device's values.</summary>
/// <param name="Codes">What is measured: LOINC or MDC codes.</param>
/// <param name="Unit">UCUM.</param>
internal sealed record DeviceUnitRow(Tenant Tenant, string Id, long Position, bool Deleted, string? Device, IReadOnlyList<string> Codes, string? Unit);

/// <summary>Rows that changed.</summary>
internal sealed record DeviceChanges(IReadOnlyList<DeviceRow> Devices, IReadOnlyList<DeviceUseRow> Uses, IReadOnlyList<DeviceUnitRow> Units)
{
    public int Count => Devices.Count + Uses.Count + Units.Count;
}
