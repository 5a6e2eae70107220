using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Monitors.Snapshots;

/// <summary>A patient's monitor in bytes (<see cref="SnapshotFormat"/>).</summary>
internal sealed record PatientSnapshot(Tenant Tenant, string Patient, byte[] Data);

/// <summary>The monitors of a partition, and the commit of the journal up to which they go.</summary>
internal sealed record PartitionSnapshot(long Seq, IReadOnlyList<PatientSnapshot> Patients);

/// <summary>The tables of snapshots: of each partition one.</summary>
internal sealed class SnapshotTable(Database database)
{
    /// <summary>Puts a snapshot in the place of the one before, unless that goes further.</summary>
    /// <param name="holding">Whose it is to write; null for nobody in particular.</param>
    public async Task WriteAsync(int partition, PartitionSnapshot snapshot, CancellationToken ct, Holding? holding = null)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (holding is { } known)
        {
            await using var hold = new NpgsqlCommand("select monitoring.hold($1, $2)", connection, transaction);
            hold.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)known.Partition });
            hold.Parameters.Add(new NpgsqlParameter<int> { TypedValue = known.Epoch });
            await hold.ExecuteNonQueryAsync(ct);
        }

        await using var head = new NpgsqlCommand(
            """
            insert into monitoring.snapshot_head (partition, seq, at) values ($1, $2, now())
            on conflict (partition) do update set seq = excluded.seq, at = excluded.at where monitoring.snapshot_head.seq <= excluded.seq
            """,
            connection, transaction);
        head.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        head.Parameters.Add(new NpgsqlParameter<long> { TypedValue = snapshot.Seq });
        if (await head.ExecuteNonQueryAsync(ct) == 0)
        {
            return;
        }

        await using var delete = new NpgsqlCommand("delete from monitoring.snapshot where partition = $1", connection, transaction);
        delete.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        await delete.ExecuteNonQueryAsync(ct);
        // No COPY: PostgreSQL has none for tables with row-level security.
        await using var add = new NpgsqlCommand(
            "insert into monitoring.snapshot (partition, tenant, patient, data) select $1, n.tenant, n.patient, n.data from unnest($2, $3, $4) n (tenant, patient, data)", connection, transaction);
        add.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        add.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. snapshot.Patients.Select(p => p.Tenant.Number)] });
        add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. snapshot.Patients.Select(p => p.Patient)] });
        add.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. snapshot.Patients.Select(p => p.Data)] });
        await add.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The snapshot of a partition; null when there is none.</summary>
    public async Task<PartitionSnapshot?> ReadAsync(int partition, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        await using var head = new NpgsqlCommand("select seq from monitoring.snapshot_head where partition = $1", connection, transaction);
        head.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        if (await head.ExecuteScalarAsync(ct) is not long seq)
        {
            return null;
        }

        await using var rows = new NpgsqlCommand("select tenant, patient, data from monitoring.snapshot where partition = $1 order by tenant, patient", connection, transaction);
        rows.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        await using var reader = await rows.ExecuteReaderAsync(ct);
        var patients = new List<PatientSnapshot>();
        while (await reader.ReadAsync(ct))
        {
            patients.Add(new(new Tenant(reader.GetInt32(0)), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        }

        return new(seq, patients);
    }
}
