using Npgsql;
using NpgsqlTypes;

namespace Salus.Access.Audit;

/// <summary>The one statement that writes rows, however many: columns as arrays. On conflict nothing, so that what is written again after a crash stands there once.</summary>
internal static class AuditInsert
{
    private const string Sql =
        """
        insert into access.audit (at, id, tenant, kind, outcome, actor, name, roles, person, client, session, address, request, type, resource_id, version, patients, query, detail, purpose, openings, mac)
        select at, id, tenant, kind, outcome, actor, name, string_to_array(roles, chr(31)), person, client, session, address, request, type, resource_id, version,
            string_to_array(patients, chr(31)), query, detail, purpose, string_to_array(openings, ' ')::uuid[], mac
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
            u (at, id, tenant, kind, outcome, actor, name, roles, person, client, session, address, request, type, resource_id, version, patients, query, detail, purpose, openings, mac)
        on conflict do nothing
        """;

    public static NpgsqlBatchCommand Command(IReadOnlyList<AuditRow> rows, ReadOnlySpan<byte> key)
    {
        var macs = new byte[rows.Count][];
        for (var i = 0; i < macs.Length; i++)
        {
            macs[i] = rows[i].Mac(key);
        }

        return new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime[]> { TypedValue = Column(rows, r => r.At), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<Guid[]> { TypedValue = Column(rows, r => r.Id) },
                new NpgsqlParameter<int[]> { TypedValue = Column(rows, r => r.Tenant) },
                new NpgsqlParameter<short[]> { TypedValue = Column(rows, r => (short)r.Kind) },
                new NpgsqlParameter<short[]> { TypedValue = Column(rows, r => (short)r.Outcome) },
                Text(rows, r => r.Actor), Text(rows, r => r.Name), Text(rows, r => string.Join(AuditText.Between, r.Roles)), Text(rows, r => r.Person), Text(rows, r => r.Client),
                Text(rows, r => r.Session), Text(rows, r => r.Address), Text(rows, r => r.Request), Text(rows, r => r.Type), Text(rows, r => r.ResourceId),
                new NpgsqlParameter<int[]> { TypedValue = Column(rows, r => r.Version) },
                Text(rows, r => string.Join(AuditText.Between, r.Patients)), Text(rows, r => r.Query), Text(rows, r => r.Detail), Text(rows, r => r.Purpose),
                Text(rows, r => string.Join(' ', r.Openings)),
                new NpgsqlParameter<byte[][]> { TypedValue = macs, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
    }

    private static NpgsqlParameter<string?[]> Text(IReadOnlyList<AuditRow> rows, Func<AuditRow, string?> column) =>
        new() { TypedValue = Column(rows, column), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static T[] Column<T>(IReadOnlyList<AuditRow> rows, Func<AuditRow, T> column)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = column(rows[i]);
        }

        return values;
    }
}
