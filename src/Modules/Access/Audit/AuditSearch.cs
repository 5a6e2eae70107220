using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Searches the trail of one tenant.</summary>
internal sealed class AuditSearch(Database database, AuditShipping shipping)
{
    /// <summary>A page, and the cursor of the next one; null when this is the last.</summary>
    public async Task<(List<AuditRow> Rows, string? Next)> PageAsync(Tenant tenant, AuditQuery query, CancellationToken ct)
    {
        await shipping.UpToNowAsync(ct);
        var command = new NpgsqlCommand();
        var conditions = Conditions(tenant, query, command.Parameters);
        command.Parameters.Add(new() { Value = query.Count + 1 });
#pragma warning disable CA2100 // Conditions are written in this class; what is asked for is in parameters.
        command.CommandText = $"select {AuditRows.Columns} from access.audit a where {string.Join(" and ", conditions)} order by a.at desc, a.id desc limit ${command.Parameters.Count}";
#pragma warning restore CA2100
        await using var connection = await database.AdHoc.OpenConnectionAsync(ct);
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<AuditRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(AuditRows.Read(reader));
        }

        if (rows.Count <= query.Count)
        {
            return (rows, null);
        }

        rows.RemoveAt(query.Count);
        return (rows, AuditQuery.Cursor(rows[^1]));
    }

    /// <summary>The days of a tenant on which entries were linked, newest first.</summary>
    public async Task<List<AuditDay>> DaysAsync(Tenant tenant, CancellationToken ct)
    {
        await using var command = database.AdHoc.CreateCommand(
            """
            select c.day, sum(cardinality(c.ids))::bigint, s.sealed_at, s.seal from access.audit_chain c left join access.audit_seal s on s.tenant = c.tenant and s.day = c.day
            where c.tenant = $1 group by c.day, s.sealed_at, s.seal order by c.day desc
            """);
        command.Parameters.Add(new() { Value = tenant.Number });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var days = new List<AuditDay>();
        while (await reader.ReadAsync(ct))
        {
            var open = await reader.IsDBNullAsync(2, ct);
            days.Add(new AuditDay(
                reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), open ? null : reader.GetDateTime(2), open ? null : Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(3)), open ? "open" : "sealed"));
        }

        return days;
    }

    private static List<string> Conditions(Tenant tenant, AuditQuery query, NpgsqlParameterCollection parameters)
    {
        var conditions = new List<string>();
        void Where(string condition, object? value)
        {
            if (value is not null)
            {
                parameters.Add(new NpgsqlParameter { Value = value });
                conditions.Add(condition.Replace("?", $"${parameters.Count}", StringComparison.Ordinal));
            }
        }

        Where("a.tenant = ?", tenant.Number);
        Where("a.actor = ?", query.Actor);
        Where(Bare("concat_ws(' ', a.name, a.actor)"), Anywhere(query.ActorName));
        Where("a.patients @> array[?::text] and a.patients <> '{}'", query.Patient);
        Where("a.at >= ?", query.From?.UtcDateTime);
        Where("a.at < ?", query.To?.UtcDateTime);
        Where("a.kind = ?", (short?)query.Kind);
        Where("a.outcome = ?", (short?)query.Outcome);
        Where("a.type = ?", query.Type);
        Where("a.resource_id = ?", query.Id);
        Where(Bare("concat_ws(' ', a.name, a.query, a.detail, a.purpose)"), Anywhere(query.Text));
        if (query.After is { } after)
        {
            parameters.Add(new NpgsqlParameter { Value = after.At, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            parameters.Add(new NpgsqlParameter { Value = after.Id });
            conditions.Add($"(a.at, a.id) < (${parameters.Count - 1}, ${parameters.Count})");
        }

        return conditions;
    }

    // Whatever case and accents: an officer who looks for Munoz finds Muñoz.
    private static string Bare(string text) => $@"regexp_replace(normalize({text}, nfd), '[\u0300-\u036f]', '', 'g') ilike regexp_replace(normalize(?, nfd), '[\u0300-\u036f]', '', 'g')";

    private static string? Anywhere(string? text) => text is null ? null
        : $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}

/// <summary>A day of the chain, as the page shows it.</summary>
internal sealed record AuditDay(DateOnly Day, long Entries, DateTime? SealedAt, string? SealHash, string State);
