using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Devices;

/// <summary>The tables of the registry.</summary>
internal static class DeviceTable
{
    private const string PutDevice =
        """
        insert into monitoring.device (tenant, id, position, deleted, status, name, identifiers, bed, parent) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (tenant, id) do update set position = excluded.position, deleted = excluded.deleted, status = excluded.status, name = excluded.name,
            identifiers = excluded.identifiers, bed = excluded.bed, parent = excluded.parent
        """;

    private const string PutUse =
        """
        insert into monitoring.device_use (tenant, id, position, deleted, version, status, device, patient, start, until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (tenant, id) do update set position = excluded.position, deleted = excluded.deleted, version = excluded.version, status = excluded.status,
            device = excluded.device, patient = excluded.patient, start = excluded.start, until = excluded.until
        """;

    private const string PutUnit =
        """
        insert into monitoring.device_unit (tenant, id, position, deleted, device, codes, unit) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (tenant, id) do update set position = excluded.position, deleted = excluded.deleted, device = excluded.device, codes = excluded.codes, unit = excluded.unit
        """;

    /// <summary>Stores rows, in one round trip.</summary>
    public static async Task WriteAsync(DeviceChanges changes, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var d in changes.Devices)
        {
            batch.BatchCommands.Add(Command(PutDevice, d.Tenant.Number, d.Id, d.Position, d.Deleted, Text(d.Status), Text(d.Name), d.Identifiers.ToArray(), Text(d.Bed), Text(d.Parent)));
        }

        foreach (var u in changes.Uses)
        {
            batch.BatchCommands.Add(Command(PutUse, u.Tenant.Number, u.Id, u.Position, u.Deleted, u.Version, Text(u.Status), Text(u.Device), Text(u.Patient), Number(u.Start), Number(u.Until)));
        }

        foreach (var u in changes.Units)
        {
            batch.BatchCommands.Add(Command(PutUnit, u.Tenant.Number, u.Id, u.Position, u.Deleted, Text(u.Device), u.Codes.ToArray(), Text(u.Unit)));
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Rows that changed after a position, with the last of their positions; of uses, those that still matter after a time.</summary>
    public static async Task<(DeviceChanges Changes, long Position)> ReadAsync(NpgsqlDataSource source, long after, long endedAfter, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command("select tenant, id, position, deleted, status, name, identifiers, bed, parent from monitoring.device where position > $1", after),
                Command("select tenant, id, position, deleted, version, status, device, patient, start, until from monitoring.device_use where position > $1 and (until is null or until > $2 or $1 > 0)", after, endedAfter),
                Command("select tenant, id, position, deleted, device, codes, unit from monitoring.device_unit where position > $1", after),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var devices = await ReadAsync(reader, r => new DeviceRow(
            new Tenant(r.GetInt32(0)), r.GetString(1), r.GetInt64(2), r.GetBoolean(3), Text(r, 4), Text(r, 5), r.GetFieldValue<string[]>(6), Text(r, 7), Text(r, 8)), ct);
        await reader.NextResultAsync(ct);
        var uses = await ReadAsync(reader, ReadUse, ct);
        await reader.NextResultAsync(ct);
        var units = await ReadAsync(reader, r => new DeviceUnitRow(new Tenant(r.GetInt32(0)), r.GetString(1), r.GetInt64(2), r.GetBoolean(3), Text(r, 4), r.GetFieldValue<string[]>(5), Text(r, 6)), ct);
        var positions = devices.Select(d => d.Position).Concat(uses.Select(u => u.Position)).Concat(units.Select(u => u.Position));
        return (new DeviceChanges(devices, uses, units), positions.Append(after).Max());
    }

    /// <summary>Every statement of use of a device that there is or was, in no order.</summary>
    public static async Task<IReadOnlyList<DeviceUseRow>> UsesAsync(NpgsqlDataSource source, Tenant tenant, string device, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select tenant, id, position, deleted, version, status, device, patient, start, until from monitoring.device_use where tenant = $1 and device = $2");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = device });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await ReadAsync(reader, ReadUse, ct);
    }

    private static DeviceUseRow ReadUse(NpgsqlDataReader r) => new(
        new Tenant(r.GetInt32(0)), r.GetString(1), r.GetInt64(2), r.GetBoolean(3), r.GetInt32(4), Text(r, 5), Text(r, 6), Text(r, 7), r.IsDBNull(8) ? null : r.GetInt64(8), r.IsDBNull(9) ? null : r.GetInt64(9));

    private static async Task<List<T>> ReadAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    private static NpgsqlParameter Number(long? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
