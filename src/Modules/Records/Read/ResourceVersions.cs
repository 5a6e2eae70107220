using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Search;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Read;

/// <summary>read and vread (http://hl7.org/fhir/R4/http.html#read, #vread).</summary>
internal sealed class ResourceVersions(Database database, Catalog catalog, AccessConditions access)
{
    /// <summary>The current version; Gone after a deletion. What the caller may not see is not there.</summary>
    public Task<Outcome<Reply>> ReadAsync(Caller caller, TypeDefinition type, string id, CancellationToken ct) => FetchAsync(caller, type, id, null, ct);

    /// <summary>One version; Gone where that version is the deletion. Both it and the current one must be such as the caller may see.</summary>
    public Task<Outcome<Reply>> ReadVersionAsync(Caller caller, TypeDefinition type, string id, string version, CancellationToken ct) =>
        int.TryParse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? FetchAsync(caller, type, id, number, ct)
            : Task.FromResult<Outcome<Reply>>(NotFound(type, $"{id}/_history/{version}"));

    /// <summary>
    /// The current version number of a resource, 0 when it never was, and whether it is deleted; whoever asks. A write that rests on it is refused at the commit when the caller may not
    /// make it (<see cref="WriteAccess"/>).
    /// </summary>
    /// <param name="seen">What the caller may see of it; 0 for a resource of which they may see nothing. Null for all.</param>
    public async Task<CurrentRow> CurrentAsync(Caller caller, TypeDefinition type, string id, CancellationToken ct, IRowCondition? seen = null)
    {
        var sql = new SqlText { Selective = true };
        sql.Append($"select c.key, c.version, c.deleted, c.patients from records.current c where {Name(sql, caller, type, id)}");
        if (seen is not null)
        {
            sql.Append(await seen.OfCurrentAsync(sql, "c", ct));
        }

        await using var command = sql.ToCommand(database.For(caller.Tenant));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new CurrentRow(reader.GetInt64(0), reader.GetInt32(1), reader.GetBoolean(2)) { Patients = FoundResource.PatientsOf(reader, 3) } : default;
    }

    /// <summary>The current versions of many resources in one query; those that never were are left out.</summary>
    public async Task<IReadOnlyDictionary<(string Type, string Id), CurrentRow>> CurrentAsync(
        Caller caller, IReadOnlyCollection<(TypeDefinition Type, string Id)> resources, CancellationToken ct)
    {
        if (resources.Count == 0)
        {
            return new Dictionary<(string, string), CurrentRow>();
        }

        await using var batch = database.For(caller.Tenant).Source.CreateBatch();
        batch.BatchCommands.Add(CurrentRow.Query([.. resources.Select(r => new ResourceName(caller.Tenant, catalog.Number(r.Type), r.Id))]));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var rows = await CurrentRow.ReadAsync(reader);
        return rows.ToDictionary(r => (catalog.TypeName(r.Key.Type), r.Key.Id), r => r.Value);
    }

    public static Failure NotFound(TypeDefinition type, string id) =>
        new(FailureKind.NotFound, "not-found", $"There is no {type.Name}/{id}.");

    private async Task<Outcome<Reply>> FetchAsync(Caller caller, TypeDefinition type, string id, int? version, CancellationToken ct)
    {
        if (Preparation.CheckId(id) is { } wrong)
        {
            return wrong;
        }

        var condition = await access.OfAsync(caller, type.Name, Interactions.Read, ct);
        if (condition.Failed(out var forbidden))
        {
            return forbidden;
        }

        await using var command = (await StatementAsync(caller, type, id, version, condition.Value, ct)).ToCommand(database.For(caller.Tenant));
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct) || !IsSeen(condition.Value, reader, version is not null))
        {
            return NotFound(type, version is null ? id : $"{id}/_history/{version}");
        }

        var found = reader.GetInt32(0);
        return await reader.IsDBNullAsync(2, ct)
            ? new Failure(FailureKind.Gone, "deleted", $"{type.Name}/{id} was deleted (version {found}). Its earlier versions are in {type.Name}/{id}/_history.")
            : new Reply(200)
            {
                Version = found,
                LastModified = new DateTimeOffset(reader.GetFieldValue<DateTime>(1), TimeSpan.Zero),
                Body = reader.Body(2, catalog, caller.Tenant, type.Name, id),
                Patients = FoundResource.PatientsOf(reader, 3),
            };
    }

    // Of one row it is quicker to look a patient up here than to send the patients of a caller, who may be hundreds, to the database with every read.
    private static bool IsSeen(AccessCondition condition, NpgsqlDataReader reader, bool version) => condition.Always || !condition.ByColumns
        || (condition.Holds(Belonging.Read(reader, 4, 5)) && (!version || condition.Holds(Belonging.Read(reader, 3, 6))));

    // One plan for all values: a resource is found by its name, whatever else is asked of it.
    private async ValueTask<SqlText> StatementAsync(Caller caller, TypeDefinition type, string id, int? version, AccessCondition condition, CancellationToken ct)
    {
        var sql = new SqlText { Selective = true };
        var log = version is null ? "l.position = c.position" : "l.key = c.key";
        sql.Append($"select l.version, l.at, l.body, l.patients, c.patients, c.label, l.label from records.current c join records.log l on {log} where {Name(sql, caller, type, id)}");
        if (version is { } number)
        {
            sql.Append($" and l.version = {sql.Add(number)}");
        }

        return condition.ByColumns ? sql : sql.Append(version is null ? "" : condition.OfVersion(sql, "l", "c")).Append(await condition.OfCurrentAsync(sql, "c", ct));
    }

    private string Name(SqlText sql, Caller caller, TypeDefinition type, string id) =>
        $"c.tenant = {sql.Add(caller.Tenant.Number)} and c.type = {sql.Add(catalog.Number(type))} and c.id = {sql.Add(id)}";
}
