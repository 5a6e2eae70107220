namespace Salus.Kernel;

/// <summary>Knows which patients the record has. The record registers it; who asks need not know the record.</summary>
public interface IPatients
{
    /// <summary>Whether there is a patient with this logical id who was not deleted, whatever labels and consents say.</summary>
    /// <param name="tenant">Whose record it is.</param>
    /// <param name="id">Without the type: <c>1</c>.</param>
    ValueTask<bool> ExistsAsync(Tenant tenant, string id, CancellationToken ct);
}
