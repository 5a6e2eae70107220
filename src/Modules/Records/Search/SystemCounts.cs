using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>Exact numbers of current resources that the caller may see.</summary>
internal sealed class SystemCounts(Database database, Catalog catalog, AccessConditions access)
{
    /// <summary>Per type, types without resources left out, at one moment.</summary>
    public async Task<Outcome<IReadOnlyList<KeyValuePair<string, long>>>> ByTypeAsync(Caller caller, CancellationToken ct)
    {
        var seen = await access.AcrossAsync(caller, null, Interactions.Search, ct);
        if (seen.Failed(out var failure))
        {
            return failure;
        }

        var sql = new SqlText { Forced = true };
        sql.Append($"select c.type, count(*) from records.current c where c.tenant = {sql.Add(caller.Tenant.Number)} and not c.deleted{await seen.Value.OfCurrentAsync(sql, "c", ct)} group by c.type");
        await using var command = sql.ToCommand(database.For(caller.Tenant));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new List<KeyValuePair<string, long>>();
        while (await reader.ReadAsync(ct))
        {
            counts.Add(new(catalog.TypeName(reader.GetInt16(0)), reader.GetInt64(1)));
        }

        return counts.OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
    }
}
