using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Read;

/// <summary>The name of a resource, or of one version of it.</summary>
/// <param name="Version">0 for the current one.</param>
internal readonly record struct VersionName(string Type, string Id, int Version = 0);

/// <summary>Reads many resources of any types, in one statement for current ones and one for older versions. What the caller may not see is left out, as what is not there.</summary>
internal sealed class ManyResources(Database database, Catalog catalog, AccessConditions access)
{
    /// <summary>Those that are there, not deleted, and such as the caller may read.</summary>
    /// <param name="names">Each once; types of R4 and well-formed ids.</param>
    /// <param name="seconds">How long a statement may take.</param>
    public async Task<Outcome<IReadOnlyDictionary<VersionName, FoundResource>>> ReadAsync(Caller caller, IReadOnlyCollection<VersionName> names, int seconds, CancellationToken ct)
    {
        var found = new Dictionary<VersionName, FoundResource>();
        var seen = await access.AcrossAsync(caller, names.Select(n => n.Type).Distinct(), Interactions.Read, ct);
        if (seen.Failed(out var failure))
        {
            return failure.Kind == FailureKind.Forbidden ? found : failure;
        }

        foreach (var group in names.GroupBy(n => n.Version > 0))
        {
            await ReadAsync(caller, [.. group], group.Key, seen.Value, found, seconds, ct);
        }

        return found;
    }

    private async Task ReadAsync(Caller caller, VersionName[] names, bool versions, AccessOfTypes seen, Dictionary<VersionName, FoundResource> found, int seconds, CancellationToken ct)
    {
        var sql = new SqlText { Selective = true };
        sql.Append(
            $"""
            select c.key, c.type, c.id, l.body, l.patients, n.version
            from unnest({sql.Add(names.Select(n => catalog.Number(n.Type)).ToArray())}, {sql.Add(names.Select(n => n.Id).ToArray())}, {sql.Add(names.Select(n => n.Version).ToArray())}) n (type, id, version)
            join records.current c on c.tenant = {sql.Add(caller.Tenant.Number)} and c.type = n.type and c.id = n.id
            join records.log l on {(versions ? "l.key = c.key and l.version = n.version" : "l.position = c.position")}
            where l.body is not null{(versions ? seen.OfVersion(sql, "l", "c") : " and not c.deleted")}{await seen.OfCurrentAsync(sql, "c", ct)}
            """);
        await using var command = sql.ToCommand(database.For(caller.Tenant));
        command.CommandTimeout = seconds;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (type, id) = (catalog.TypeName(reader.GetInt16(1)), reader.GetString(2));
            found.TryAdd(new VersionName(type, id, reader.GetInt32(5)), new FoundResource(reader.GetInt64(0), type, id, reader.Body(3, catalog, caller.Tenant, type, id), FoundResource.PatientsOf(reader, 4)));
        }
    }
}
