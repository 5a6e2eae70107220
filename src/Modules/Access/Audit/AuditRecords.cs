using Npgsql;

namespace Salus.Access.Audit;

/// <summary>What the chain's tables hold.</summary>
internal static class AuditRecords
{
    private const string Columns = "tenant, number, day, until_xid, ids, previous, hash, mac";

    /// <summary>The last segment of a tenant.</summary>
    public static async Task<AuditSegment?> LastAsync(NpgsqlConnection connection, int tenant, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from access.audit_chain where tenant = $1 order by number desc limit 1", connection) { Parameters = { new() { Value = tenant } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Segment(reader) : null;
    }

    /// <summary>The next segments of a tenant after a number, with their MACs.</summary>
    public static async Task<List<(AuditSegment Segment, byte[] Mac)>> SegmentsAsync(NpgsqlConnection connection, int tenant, long after, DateOnly? day, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from access.audit_chain where tenant = $1 and number > $2 and ($3::date is null or day = $3) order by number limit 200", connection)
        {
            Parameters = { new() { Value = tenant }, new() { Value = after }, new() { Value = (object?)day ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var segments = new List<(AuditSegment, byte[])>();
        while (await reader.ReadAsync(ct))
        {
            segments.Add((Segment(reader), reader.GetFieldValue<byte[]>(7)));
        }

        return segments;
    }

    /// <summary>Days before today that have entries and no seal, oldest first; the seals before them are still to be found.</summary>
    public static async Task<List<AuditSeal>> UnsealedAsync(NpgsqlConnection connection, DateOnly today, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select c.tenant, c.day, sum(cardinality(c.ids))::bigint, max(c.number), (array_agg(c.hash order by c.number desc))[1] from access.audit_chain c
            where c.day < $1 and c.day >= coalesce((select max(day) from access.audit_seal), '-infinity') and not exists (select from access.audit_seal s where s.tenant = c.tenant and s.day = c.day)
            group by c.tenant, c.day order by c.day, c.tenant
            """, connection)
        {
            Parameters = { new() { Value = today } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var days = new List<AuditSeal>();
        while (await reader.ReadAsync(ct))
        {
            days.Add(new AuditSeal(reader.GetInt32(0), reader.GetFieldValue<DateOnly>(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetFieldValue<byte[]>(4), AuditSegment.Nothing));
        }

        return days;
    }

    /// <summary>The newest seal of a tenant.</summary>
    public static async Task<byte[]?> LastSealAsync(NpgsqlConnection connection, int tenant, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select seal from access.audit_seal where tenant = $1 order by day desc limit 1", connection) { Parameters = { new() { Value = tenant } } };
        return await command.ExecuteScalarAsync(ct) as byte[];
    }

    /// <summary>All seals, with the value that stands in the table.</summary>
    public static async Task<List<(AuditSeal Day, byte[] Seal)>> SealsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select tenant, day, entries, last, hash, previous, seal from access.audit_seal order by tenant, day", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var seals = new List<(AuditSeal, byte[])>();
        while (await reader.ReadAsync(ct))
        {
            var day = new AuditSeal(reader.GetInt32(0), reader.GetFieldValue<DateOnly>(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(5));
            seals.Add((day, reader.GetFieldValue<byte[]>(6)));
        }

        return seals;
    }

    /// <summary>What retention dropped, with the seal that stands in the table.</summary>
    public static async Task<List<(AuditDropped Dropped, byte[] Seal)>> DroppedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select partition, low, high, entries, seal from access.audit_dropped", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var dropped = new List<(AuditDropped, byte[])>();
        while (await reader.ReadAsync(ct))
        {
            dropped.Add((new AuditDropped(reader.GetString(0), reader.GetDateTime(1), reader.GetDateTime(2), reader.GetInt64(3)), reader.GetFieldValue<byte[]>(4)));
        }

        return dropped;
    }

    private static AuditSegment Segment(NpgsqlDataReader reader) => new(
        reader.GetInt32(0), reader.GetInt64(1), reader.GetFieldValue<DateOnly>(2), reader.GetFieldValue<ulong>(3), reader.GetFieldValue<Guid[]>(4), reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<byte[]>(6));
}
