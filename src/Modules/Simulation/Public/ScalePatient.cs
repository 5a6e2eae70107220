namespace Salus.Simulation;

/// <summary>A patient of a <see cref="ScaleRecord"/>, as a client that reads and searches needs it.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Position">Of the patient in the stream.</param>
/// <param name="Id">Of the Patient resource.</param>
/// <param name="Family">Family name.</param>
/// <param name="Given">First given name.</param>
/// <param name="RecordNumber">Value of the identifier in the system <see cref="ScaleRecord.RecordNumbers"/>.</param>
/// <param name="ObservationCodes">LOINC codes of which the patient has at least one Observation.</param>
public sealed record ScalePatient(long Number, long Position, string Id, string Family, string Given, string RecordNumber, IReadOnlyList<string> ObservationCodes);
