using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Read;

/// <summary>read and vread (http://hl7.org/fhir/R4/http.html#read, #vread).</summary>
internal sealed class ResourceVersions(Database database, Catalog catalog)
{
    /// <summary>The current version; Gone after a deletion.</summary>
    public Task<Outcome<Reply>> ReadAsync(Caller caller, TypeDefinition type, string id, CancellationToken ct) => FetchAsync(
        """
        select l.version, l.at, l.body from records.current c join records.log l on l.position = c.position
        where c.tenant = $1 and c.type = $2 and c.id = $3
        """,
        caller, type, id, null, ct);

    /// <summary>One version; Gone where that version is the deletion.</summary>
    public Task<Outcome<Reply>> ReadVersionAsync(Caller caller, TypeDefinition type, string id, string version, CancellationToken ct) =>
        int.TryParse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? FetchAsync(
                """
                select l.version, l.at, l.body from records.current c join records.log l on l.key = c.key
                where c.tenant = $1 and c.type = $2 and c.id = $3 and l.version = $4
                """,
                caller, type, id, number, ct)
            : Task.FromResult<Outcome<Reply>>(NotFound(type, $"{id}/_history/{version}"));

    /// <summary>The current version number of a resource, 0 when it never was, and whether it is deleted.</summary>
    public async Task<CurrentRow> CurrentAsync(Caller caller, TypeDefinition type, string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select key, version, deleted from records.current where tenant = $1 and type = $2 and id = $3");
        AddName(command, caller, type, id);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new CurrentRow(reader.GetInt64(0), reader.GetInt32(1), reader.GetBoolean(2)) : default;
    }

    /// <summary>The current versions of many resources in one query; those that never were are left out.</summary>
    public async Task<IReadOnlyDictionary<(string Type, string Id), CurrentRow>> CurrentAsync(
        Caller caller, IReadOnlyCollection<(TypeDefinition Type, string Id)> resources, CancellationToken ct)
    {
        if (resources.Count == 0)
        {
            return new Dictionary<(string, string), CurrentRow>();
        }

        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(CurrentRow.Query([.. resources.Select(r => new ResourceName(caller.Tenant, catalog.Number(r.Type), r.Id))]));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var rows = await CurrentRow.ReadAsync(reader);
        return rows.ToDictionary(r => (catalog.TypeName(r.Key.Type), r.Key.Id), r => r.Value);
    }

    public static Failure NotFound(TypeDefinition type, string id) =>
        new(FailureKind.NotFound, "not-found", $"There is no {type.Name}/{id}.");

    private async Task<Outcome<Reply>> FetchAsync(string sql, Caller caller, TypeDefinition type, string id, int? version, CancellationToken ct)
    {
        if (Preparation.CheckId(id) is { } wrong)
        {
            return wrong;
        }

        await using var command = database.Source.CreateCommand(sql);
        AddName(command, caller, type, id);
        if (version is { } number)
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
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
                Body = reader.GetFieldValue<byte[]>(2),
            };
    }

    private void AddName(NpgsqlCommand command, Caller caller, TypeDefinition type, string id)
    {
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(type) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
    }
}
