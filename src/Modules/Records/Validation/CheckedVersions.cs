using Microsoft.AspNetCore.Http;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Validation;

/// <summary><c>GET /admin/records/{type}/{id}/validation</c>: by what policy each version of a resource was validated before it was stored.</summary>
internal sealed class CheckedVersions(FhirDefinitions definitions, Catalog catalog, Database database)
{
    private const int MostVersions = 1000;

    public static async Task<IResult> GetAsync(string type, string id, CheckedVersions versions, CancellationToken ct)
    {
        if (versions.Find(type) is not { } known)
        {
            return Results.NotFound(new { error = $"'{type}' is not a resource type of FHIR R4." });
        }

        var found = await versions.OfAsync(known, id, ct);
        return found.Count == 0 ? Results.NotFound(new { error = $"There is no {type}/{id}." }) : Results.Ok(new { resource = $"{type}/{id}", versions = found });
    }

    private TypeDefinition? Find(string type) => definitions.Resource(type);

    private async Task<List<CheckedVersion>> OfAsync(TypeDefinition type, string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            select l.version, l.at, l.checked from records.current c join records.log l on l.key = c.key
            where c.tenant = $1 and c.type = $2 and c.id = $3 and l.operation <> 2 order by l.version desc limit $4
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Tenant.Default.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(type) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostVersions });
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
