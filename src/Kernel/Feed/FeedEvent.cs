namespace Salus.Kernel;

/// <summary>What a committed write did.</summary>
public enum FeedOperation
{
    /// <summary>The first version of a resource.</summary>
    Create,
    /// <summary>A further version, or a new one after a deletion.</summary>
    Update,
    /// <summary>The resource was deleted; the event has no body.</summary>
    Delete,
}

/// <summary>One committed write, as a row of the resource log.</summary>
/// <param name="Position">Place in the log: dense, in commit order.</param>
/// <param name="Tenant">Whose record it is.</param>
/// <param name="ResourceType">FHIR type name, such as <c>Observation</c>.</param>
/// <param name="Id">The resource's logical id.</param>
/// <param name="Version">Version number of the resource, from 1.</param>
/// <param name="Operation">What the write did.</param>
/// <param name="At">When it was written (meta.lastUpdated).</param>
/// <param name="Body">The resource as FHIR JSON in UTF-8, as it is served; empty for a deletion. Valid only during the call.</param>
public sealed record FeedEvent(
    long Position,
    Tenant Tenant,
    string ResourceType,
    string Id,
    int Version,
    FeedOperation Operation,
    DateTimeOffset At,
    ReadOnlyMemory<byte> Body);
