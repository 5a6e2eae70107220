namespace Salus.Kernel;

/// <summary>Says whose record is somebody's own: that of the patient they are, or for whom they stand as a <c>RelatedPerson</c>. The record knows it.</summary>
public interface IOwnRecord
{
    /// <summary>The logical id of the patient; null where there is none, or one whose Patient resource the caller may not read now.</summary>
    ValueTask<string?> PatientAsync(Caller caller, CancellationToken ct);
}

/// <summary>Knows of no patients: for programs without a record.</summary>
public sealed class NoOwnRecord : IOwnRecord
{
    /// <inheritdoc/>
    public ValueTask<string?> PatientAsync(Caller caller, CancellationToken ct) => new((string?)null);
}
