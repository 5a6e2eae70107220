namespace Salus.Kernel;

/// <summary>Knows which resources the record has. The record registers it; who asks need not know the record.</summary>
public interface IKnownResources
{
    /// <summary>Whether there is a resource of this type with this logical id that was not deleted, whatever labels and consents say.</summary>
    /// <param name="tenant">Whose record it is.</param>
    /// <param name="type">A type of resource: <c>Patient</c>.</param>
    /// <param name="id">Without the type: <c>1</c>.</param>
    ValueTask<bool> ExistsAsync(Tenant tenant, string type, string id, CancellationToken ct);
}
