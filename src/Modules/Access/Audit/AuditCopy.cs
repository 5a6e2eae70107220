using Npgsql;
using NpgsqlTypes;

namespace Salus.Access.Audit;

/// <summary>Writes rows of journals in one COPY, all or none.</summary>
internal static class AuditCopy
{
    private const string Sql =
        "copy access.audit (at, id, tenant, kind, outcome, actor, name, roles, person, client, session, address, request, type, resource_id, version, patients, query, detail, purpose, openings, mac) from stdin (format binary)";

    /// <param name="owner">A connection of the tables' owner: PostgreSQL has no COPY into a table with row-level security for others.</param>
    public static async Task WriteAsync(NpgsqlConnection owner, IReadOnlyList<AuditRow> rows, byte[] key, CancellationToken ct)
    {
        await using var copy = await owner.BeginBinaryImportAsync(Sql, ct);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(row.At, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(row.Tenant, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync((short)row.Kind, NpgsqlDbType.Smallint, ct);
            await copy.WriteAsync((short)row.Outcome, NpgsqlDbType.Smallint, ct);
            await TextAsync(copy, row.Actor, ct);
            await TextAsync(copy, row.Name, ct);
            await copy.WriteAsync(row.Roles as string[] ?? [.. row.Roles], NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            await TextAsync(copy, row.Person, ct);
            await TextAsync(copy, row.Client, ct);
            await TextAsync(copy, row.Session, ct);
            await TextAsync(copy, row.Address, ct);
            await TextAsync(copy, row.Request, ct);
            await TextAsync(copy, row.Type, ct);
            await TextAsync(copy, row.ResourceId, ct);
            await copy.WriteAsync(row.Version, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(row.Patients as string[] ?? [.. row.Patients], NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            await TextAsync(copy, row.Query, ct);
            await TextAsync(copy, row.Detail, ct);
            await TextAsync(copy, row.Purpose, ct);
            await copy.WriteAsync(row.Openings as Guid[] ?? [.. row.Openings], NpgsqlDbType.Array | NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(row.Mac(key), NpgsqlDbType.Bytea, ct);
        }

        await copy.CompleteAsync(ct);
    }

    private static Task TextAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken ct) => text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Text, ct);
}
