using Microsoft.AspNetCore.Http;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Validation;

/// <summary><c>GET /admin/records/{type}/{id}/validation</c>: by what policy each version of a resource was validated before it was stored.</summary>
internal sealed class CheckedVersions(FhirDefinitions definitions, Catalog catalog, AccessConditions access, Database database)
{
    private AccessConditions Access => access;

    private const int MostVersions = 1000;

    public static async Task<IResult> GetAsync(string type, string id, HttpContext http, CheckedVersions versions, CancellationToken ct)
    {
        if (versions.Find(type) is not { } known)
        {
            return Results.NotFound(new { error = $"'{type}' is not a resource type of FHIR R4." });
        }

        var seen = await versions.Access.OfAsync(http.Caller(), type, Interactions.Read, ct);
        if (seen.Failed(out var forbidden))
        {
            return Results.Json(new { error = forbidden.ToString() }, statusCode: http.Caller().IsKnown ? 403 : 401);
        }

        var found = await versions.OfAsync(http.Caller(), known, id, seen.Value, ct);
        return found.Count == 0 ? Results.NotFound(new { error = $"There is no {type}/{id}." }) : Results.Ok(new { resource = $"{type}/{id}", versions = found });
    }

    private TypeDefinition? Find(string type) => definitions.Resource(type);

    private async Task<List<CheckedVersion>> OfAsync(Caller caller, TypeDefinition type, string id, AccessCondition seen, CancellationToken ct)
    {
        var sql = new SqlText { Selective = true };
        sql.Append(
            $"""
            select l.version, l.at, l.checked from records.current c join records.log l on l.key = c.key
            where c.tenant = {sql.Add(caller.Tenant.Number)} and c.type = {sql.Add(catalog.Number(type))} and c.id = {sql.Add(id)} and l.operation <> 2
            """);
        sql.Append(seen.OfVersion(sql, "l", "c")).Append(await seen.OfCurrentAsync(sql, "c", ct)).Append($" order by l.version desc limit {sql.Add(MostVersions)}");
        await using var command = sql.ToCommand(database.For(caller.Tenant));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<CheckedVersion>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(new CheckedVersion(reader.GetInt32(0), reader.GetDateTime(1), ((ValidationPolicy)reader.GetInt16(2)).ToString()));
        }

        return found;
    }

    private sealed record CheckedVersion(int Version, DateTime At, string Validation);
}
