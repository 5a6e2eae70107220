using Npgsql;
using Salus.Fhir.Definitions;

namespace Salus.Records.Storage;

/// <summary>A conditional create that a write set rests on: what its criteria found at a place of the log, which must still be so at the commit.</summary>
/// <param name="Type">The type of what matches.</param>
/// <param name="Key">Type and criteria: sets with the same key never both create in one commit.</param>
/// <param name="Position">The last position of the log when it was looked.</param>
/// <param name="At">The time of that position; null when the log was empty.</param>
/// <param name="Existing">The one match; null for none.</param>
/// <param name="Matches">The statement that finds matches whose current version is newer than a time (null for all), at most so many and one; their id is its second column.</param>
internal sealed record WriteCondition(
    TypeDefinition Type, string Key, long Position, DateTime? At, (string Id, int Version)? Existing, Func<DateTime?, int, Task<NpgsqlBatchCommand>> Matches)
{
    /// <summary>Identifiers of which whatever matches has one; null when the criteria do not tell.</summary>
    public IReadOnlyList<IdentifierName>? Identifiers { get; init; }
}
