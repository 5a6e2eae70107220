using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// Removes the concepts of a loaded code system when no CodeSystem resource stands for them any more: it was deleted, or stored with concepts of its own or as
/// another version. Nobody is answered from them since that commit (<see cref="TerminologySources"/>); this gives back the room.
/// </summary>
// A load and a removal at the same time take turns at the row of concept_system. The removal looks for a resource only after it has the row; the load looks for
// its row only after its resource is stored (ConceptTable.StandsAsync). So either the removal sees the resource, or the load sees that its row is gone and does it again.
internal sealed class ReplacedSystems(TerminologySources sources, FhirDefinitions definitions) : IFeedConsumer
{
    public string Name => "records.concepts";

    // Most of the log is of other types.
    public bool NeedsBody => false;

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var changes = events.Where(e => e is { ResourceType: "CodeSystem", Version: > 1 }).ToDictionary(e => e.Position, e => e.Tenant);
        foreach (var (tenant, before) in await BeforeAsync(changes, connection, ct))
        {
            await RemoveAsync(tenant, before, connection, ct);
        }
    }

    // What each of these resources was before, where it stood for a table.
    private async Task<List<(Tenant Tenant, SystemHeader Header)>> BeforeAsync(Dictionary<long, Tenant> changes, NpgsqlConnection connection, CancellationToken ct)
    {
        var found = new List<(Tenant, SystemHeader)>();
        if (changes.Count == 0)
        {
            return found;
        }

        await using var command = new NpgsqlCommand(
            "select l.position, before.body from records.log l join records.log before on before.key = l.key and before.version = l.version - 1 where l.position = any($1) and before.body is not null", connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. changes.Keys] });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (ResourceReader.TryRead(reader.GetFieldValue<byte[]>(1), definitions, out var document, out _) && TerminologySources.StandsFor(document.Root) is { } header)
            {
                found.Add((changes[reader.GetInt64(0)], header));
            }
        }

        return found;
    }

    private async Task RemoveAsync(Tenant tenant, SystemHeader header, NpgsqlConnection connection, CancellationToken ct)
    {
        if (await ConceptTable.LockAsync(connection, tenant, header, ct) is not { } row || await sources.HasStandInAsync(tenant, header, connection, ct))
        {
            return;
        }

        await using var remove = new NpgsqlCommand("delete from records.concept_system where id = $1", connection) { CommandTimeout = 0 };
        remove.Parameters.Add(new NpgsqlParameter<int> { TypedValue = row });
        await remove.ExecuteNonQueryAsync(ct);
    }
}
