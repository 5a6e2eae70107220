using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;

namespace Salus.Records.Storage;

/// <summary>What stands for a search parameter, or one of its facets, in <c>records.parameter</c>.</summary>
/// <param name="Definition">The digest of a definition that was added at run time; empty for a published parameter.</param>
internal readonly record struct ParameterName(string ResourceType, string Code, string Definition)
{
    public static ParameterName Of(SearchParameterSnapshot snapshot, ResourceParameter parameter, Facet facet) =>
        new(parameter.ResourceType.Name, IndexContents.Name(parameter, facet), snapshot.IsAdded(parameter) ? Digest(parameter.Definition) : "");

    // What decides which values it has; a new title is no new parameter.
    private static string Digest(SearchParameter definition)
    {
        string[] parts = [definition.Type.ToString(), definition.Expression ?? "", .. definition.Components.SelectMany(c => new[] { c.Definition, c.Expression })];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)))[..16]);
    }
}

/// <summary>The rows of <c>records.parameter</c>.</summary>
internal static class CatalogParameters
{
    /// <summary>The numbers of the parameters that are in use.</summary>
    public static async Task<Dictionary<ParameterName, int>> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select resource_type, code, definition, id from records.parameter where not retired", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var numbers = new Dictionary<ParameterName, int>();
        while (await reader.ReadAsync(ct))
        {
            numbers.Add(new ParameterName(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.GetInt32(3));
        }

        return numbers;
    }

    /// <summary>
    /// Adds those that are missing, and gives the numbers of all; under <see cref="Catalog.LockAsync"/>. Where no resource of the type is stored, all are complete: whatever comes is indexed as it is now.
    /// </summary>
    public static async Task<Dictionary<ParameterName, int>> AddAsync(NpgsqlConnection connection, SearchParameterSnapshot snapshot, CancellationToken ct)
    {
        var known = await ReadAsync(connection, ct);
        var missing = Names(snapshot).Where(n => !known.ContainsKey(n)).ToList();
        if (missing.Count > 0)
        {
            await using var add = new NpgsqlCommand("insert into records.parameter (resource_type, code, definition, indexed) select n.*, 0 from unnest($1, $2, $3) n", connection);
            Add(add, missing);
            await add.ExecuteNonQueryAsync(ct);
        }

        // The tenants are walked along the index, one step each: a type that no tenant has must not read all of it.
        await using var complete = new NpgsqlCommand(
            """
            with recursive tenant (number) as (
                     (select min(tenant) from records.current)
                     union all
                     select (select min(c.tenant) from records.current c where c.tenant > t.number) from tenant t where t.number is not null),
                 filled as materialized (
                     select r.name from records.resource_type r
                     where exists (select from tenant t cross join lateral (select 1 from records.current c where c.tenant = t.number and c.type = r.id and not c.deleted limit 1) any_of))
            update records.parameter set indexed = $1 where indexed < $1 and not retired and resource_type not in (select name from filled)
            """,
            connection);
        complete.Parameters.Add(new NpgsqlParameter<int> { TypedValue = IndexContents.Version });
        await complete.ExecuteNonQueryAsync(ct);
        return missing.Count > 0 ? await ReadAsync(connection, ct) : known;
    }

    /// <summary>Retires the added parameters that a snapshot does not have; under <see cref="Catalog.LockAsync"/>.</summary>
    public static async Task RetireAsync(NpgsqlConnection connection, SearchParameterSnapshot snapshot, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            update records.parameter p set retired = true
            where not p.retired and p.definition <> '' and (p.resource_type, p.code, p.definition) not in (select * from unnest($1, $2, $3))
            """,
            connection);
        Add(command, [.. Names(snapshot).Where(n => n.Definition.Length > 0)]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static IEnumerable<ParameterName> Names(SearchParameterSnapshot snapshot) =>
        snapshot.All.SelectMany(p => IndexContents.Of(p).Select(f => ParameterName.Of(snapshot, p, f)));

    private static void Add(NpgsqlCommand command, List<ParameterName> names)
    {
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names.Select(n => n.ResourceType)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names.Select(n => n.Code)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names.Select(n => n.Definition)] });
    }
}
