using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>
/// When resources of a type were last written: what was looked up from them holds as long as that stays. Writes of this process are known at once, those of others at most a second
/// later. Safe for all threads.
/// </summary>
internal sealed class TypePositions(Database database, Catalog catalog, CommitSignal signal, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);
    private static readonly string[] Types = ["CareTeam", "Consent", "Encounter", "Location", "Patient", "PractitionerRole", "RelatedPerson", "ResearchStudy", "ResearchSubject"];
    private readonly ConcurrentDictionary<Tenant, Seen> tenants = new();

    /// <summary>A mark that is equal as long as nothing of these types was written. Take it before looking anything up.</summary>
    public async ValueTask<(long, long)> MarkAsync(Tenant tenant, IReadOnlyList<string> types, CancellationToken ct)
    {
        var seen = tenants.GetValueOrDefault(tenant);
        if (seen is null || time.GetElapsedTime(seen.At) > Age)
        {
            seen = new Seen(time.GetTimestamp(), await ReadAsync(tenant, ct));
            tenants[tenant] = seen;
        }

        // Positions only ever grow: their sum is the same as long as each is.
        var (all, here) = (0L, 0L);
        foreach (var type in types)
        {
            all += seen.Positions.GetValueOrDefault(type);
            here += signal.LastOf(type);
        }

        return (all, here);
    }

    private async Task<Dictionary<string, long>> ReadAsync(Tenant tenant, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "select t.type, coalesce((select max(l.position) from records.log l where l.tenant = $1 and l.type = t.type), 0) from unnest($2) t (type)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. Types.Select(catalog.Number)] });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            positions[catalog.TypeName(reader.GetInt16(0))] = reader.GetInt64(1);
        }

        return positions;
    }

    private sealed record Seen(long At, Dictionary<string, long> Positions);
}
