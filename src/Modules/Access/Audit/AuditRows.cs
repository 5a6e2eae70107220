using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Reads rows of the trail.</summary>
internal static class AuditRows
{
    /// <summary>The columns of <see cref="Read"/>, in its order.</summary>
    public const string Columns = "a.id, a.at, a.tenant, a.kind, a.outcome, a.actor, a.name, a.roles, a.person, a.client, a.session, a.address, a.request, a.type, a.resource_id, a.version, a.patients, a.query, a.detail, a.purpose, a.openings";

    /// <summary>Tenants that have rows or segments.</summary>
    public static async Task<List<int>> TenantsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select tenant from access.audit union select tenant from access.audit_chain order by tenant", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tenants = new List<int>();
        while (await reader.ReadAsync(ct))
        {
            tenants.Add(reader.GetInt32(0));
        }

        return tenants;
    }

    /// <summary>Rows of a tenant by their transactions, in the order of the chain, with their MACs.</summary>
    public static async Task<List<(AuditRow Row, byte[] Mac)>> RangeAsync(NpgsqlConnection connection, int tenant, ulong from, ulong until, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns}, a.mac from access.audit a where a.tenant = $1 and a.xid >= $2 and a.xid < $3 order by a.xid, a.at, a.id", connection)
        {
            Parameters = { new() { Value = tenant }, Xid(from), Xid(until) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<(AuditRow, byte[])>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add((Read(reader), reader.GetFieldValue<byte[]>(21)));
        }

        return rows;
    }

    /// <summary>What a day begins with: number, hash and bound of the last segment before it.</summary>
    public static async Task<(long Number, byte[] Hash, ulong Until)> BeforeAsync(NpgsqlConnection connection, int tenant, DateOnly day, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select number, hash, until_xid from access.audit_chain where tenant = $1 and day < $2 order by number desc limit 1", connection)
        {
            Parameters = { new() { Value = tenant }, new() { Value = day } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<ulong>(2)) : (0, AuditSegment.Nothing, 0);
    }

    /// <summary>A row of a transaction that PostgreSQL has not begun.</summary>
    public static async Task<(Guid Id, DateTime At)?> AheadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select id, at from access.audit where xid >= pg_snapshot_xmax(pg_current_snapshot()) order by xid limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetGuid(0), reader.GetDateTime(1)) : null;
    }

    public static AuditRow Read(NpgsqlDataReader reader) => new(reader.GetGuid(0), reader.GetDateTime(1), reader.GetInt32(2), (AuditKind)reader.GetInt16(3), (AuditOutcome)reader.GetInt16(4), reader.GetString(5))
    {
        Name = Text(reader, 6),
        Roles = reader.GetFieldValue<string[]>(7),
        Person = Text(reader, 8),
        Client = Text(reader, 9),
        Session = Text(reader, 10),
        Address = Text(reader, 11),
        Request = Text(reader, 12),
        Type = Text(reader, 13),
        ResourceId = Text(reader, 14),
        Version = reader.GetInt32(15),
        Patients = reader.GetFieldValue<string[]>(16),
        Query = Text(reader, 17),
        Detail = Text(reader, 18),
        Purpose = Text(reader, 19),
        Openings = reader.GetFieldValue<Guid[]>(20),
    };

    private static NpgsqlParameter Xid(ulong value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Xid8 };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
