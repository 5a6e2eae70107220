using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>Exact numbers of current resources.</summary>
internal sealed class SystemCounts(Database database, Catalog catalog)
{
    /// <summary>Per type, types without resources left out, at one moment.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, long>>> ByTypeAsync(Caller caller, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select type, count(*) from records.current where tenant = $1 and not deleted group by type");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new List<KeyValuePair<string, long>>();
        while (await reader.ReadAsync(ct))
        {
            counts.Add(new(catalog.TypeName(reader.GetInt16(0)), reader.GetInt64(1)));
        }

        return [.. counts.OrderBy(c => c.Key, StringComparer.Ordinal)];
    }
}
