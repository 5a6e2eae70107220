namespace Salus.Simulation.Bedside;

/// <summary>A patient in a bed, and the device that measures them.</summary>
/// <param name="Device">Logical id of the Device.</param>
/// <param name="Patient">Logical id of the Patient.</param>
/// <param name="Bed">Logical id of the Location.</param>
internal sealed record Place(string Device, string Patient, string Bed);
