using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Records.Storage;

namespace Salus.Records.Export;

/// <summary>Which resources belong to the patients of an export: decided by what the exported version itself refers to, as the index would have it.</summary>
internal sealed class ExportMembership(FhirDefinitions definitions, SearchValueExtractor extractor, Catalog catalog)
{
    /// <summary>Tells of each body whether it belongs; null when all do.</summary>
    public async Task<Func<ReadOnlyMemory<byte>, bool>?> OfAsync(NpgsqlConnection connection, ExportJob job, CancellationToken ct)
    {
        if (job.Request.Level == "System")
        {
            return null;
        }

        var members = job.Request.Level == "Patient" ? null : await MembersAsync(connection, job, ct);
        return body => Belongs(body, members);
    }

    private bool Belongs(ReadOnlyMemory<byte> body, HashSet<string>? patients)
    {
        if (!ResourceReader.TryRead(body, definitions, out var document, out _))
        {
            return false;
        }

        if (document.Type.Name == "Patient" && (patients is null || patients.Contains(document.Id!)))
        {
            return true;
        }

        if (!definitions.PatientCompartment.TryGetValue(document.Type.Name, out var codes))
        {
            return false;
        }

        var values = new SearchValues();
        extractor.Extract(document.Root, values);
        return values.References.Exists(r => r is { TargetType: "Patient", TargetId: { } id } && codes.Contains(r.Parameter.Code) && (patients is null || patients.Contains(id)));
    }

    // The group as it was at the position of the job.
    private async Task<HashSet<string>> MembersAsync(NpgsqlConnection connection, ExportJob job, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select l.body from records.current c join records.log l on l.key = c.key
            where c.tenant = $1 and c.type = $2 and c.id = $3 and l.position <= $4 order by l.version desc limit 1
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = job.Caller.Tenant.Number }, new() { Value = catalog.Number("Group") }, new() { Value = job.Request.Group! }, new() { Value = job.Position },
            },
        };
        var members = new HashSet<string>(StringComparer.Ordinal);
        if (await command.ExecuteScalarAsync(ct) is byte[] body && ResourceReader.TryRead(body, definitions, out var group, out _))
        {
            foreach (var member in group.Root.Named("member"))
            {
                var parts = member.Child("entity"u8).Child("reference"u8).AsString()?.Split('/') ?? [];
                var at = Array.LastIndexOf(parts, "Patient");
                if (at >= 0 && at + 1 < parts.Length && member.Child("inactive"u8).AsString() != "true")
                {
                    members.Add(parts[at + 1]);
                }
            }
        }

        return members;
    }
}
