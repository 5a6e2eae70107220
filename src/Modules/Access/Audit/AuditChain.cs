using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>
/// Links the committed rows, about every second, and seals days that are over. One process does it at a time. A row is linked when no transaction is
/// open any more that began before it, so that none can commit into the middle of what is linked.
/// </summary>
internal sealed class AuditChain(Database database, AuditKey key, AuditSealFile file, TimeProvider time, ILogger<AuditChain> log) : BackgroundService
{
    // "audit" in ASCII.
    private const long LockKey = 0x6175646974;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private bool noted;

    /// <summary>How many rows are linked at once, except that a transaction is never cut.</summary>
    public int Most { get; init; } = 20_000;

    // What could not be linked stays where it is and is linked later.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => AccessLog.AuditNotLinked(log, e), Pause, Pause).RunAsync(
        async ct =>
        {
            if (!noted)
            {
                await NoteAsync(ct);
                noted = true;
            }

            while (await StepAsync(ct) > Most / 2)
            {
            }

            await Task.Delay(Pause, time, ct);
        },
        stoppingToken);

    /// <summary>Links what is there, and seals days that are over; gives the number of rows, see <see cref="Most"/>.</summary>
    public async Task<int> StepAsync(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var take = new NpgsqlCommand($"select pg_try_advisory_xact_lock({LockKey})", connection))
        {
            if (await take.ExecuteScalarAsync(ct) is not true)
            {
                return 0;
            }
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var seals = await SealAsync(connection, today, ct);
        var (rows, until) = await RowsAsync(connection, ct);
        var segments = new List<AuditSegment>();
        foreach (var group in rows.GroupBy(r => r.Tenant))
        {
            segments.Add(Segment(await AuditRecords.LastAsync(connection, group.Key, ct), group, until, today));
        }

        await InsertAsync(connection, segments, ct);
        await transaction.CommitAsync(ct);
        file.Add(seals);
        file.Head(segments);
        return rows.Count;
    }

    // Seals whose process ended between the commit and the file.
    private async Task NoteAsync(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        var known = file.Read().Select(s => (s.Tenant, s.Day)).ToHashSet();
        file.Add([.. (await AuditRecords.SealsAsync(connection, ct)).Where(s => !known.Contains((s.Day.Tenant, s.Day.Day)) && s.Day.Seal(key.Value).AsSpan().SequenceEqual(s.Seal))]);
    }

    private static AuditSegment Segment(AuditSegment? last, IGrouping<int, (int Tenant, Guid Id, byte[] Mac)> rows, ulong until, DateOnly today)
    {
        var previous = last?.Hash ?? AuditSegment.Nothing;
        var hash = rows.Aggregate(previous, (before, row) => AuditSegment.Link(before, row.Mac));
        // A clock that was set back does not bring a sealed day back.
        var day = last is not null && last.Day > today ? last.Day : today;
        return new AuditSegment(rows.Key, (last?.Number ?? 0) + 1, day, until, [.. rows.Select(r => r.Id)], previous, hash);
    }

    // All of a transaction or nothing of it: where the limit cuts one, it waits.
    private async Task<(List<(int Tenant, Guid Id, byte[] Mac)> Rows, ulong Until)> RowsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with complete as materialized (
                select coalesce((select until_xid from access.audit_chain order by until_xid desc limit 1), '0'::xid8) as low, pg_snapshot_xmin(pg_current_snapshot()) as high),
            head as materialized (select a.xid from complete c, access.audit a where a.xid >= c.low and a.xid < c.high order by a.xid limit 1),
            cut as materialized (select a.xid from complete c, access.audit a where a.xid >= c.low and a.xid < c.high order by a.xid offset $1 limit 1),
            bounds as materialized (
                select c.low, case when cut.xid is null then c.high when cut.xid > head.xid then cut.xid else (cut.xid::text::bigint + 1)::text::xid8 end as high
                from complete c left join head on true left join cut on true)
            select a.tenant, a.id, a.mac, b.high from bounds b, access.audit a where a.xid >= b.low and a.xid < b.high order by a.xid, a.at, a.id
            """, connection)
        {
            Parameters = { new() { Value = Most } },
        };
        var rows = new List<(int Tenant, Guid Id, byte[] Mac)>();
        ulong until = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            until = reader.GetFieldValue<ulong>(3);
            rows.Add((reader.GetInt32(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2)));
        }

        return (rows, until);
    }

    private async Task InsertAsync(NpgsqlConnection connection, List<AuditSegment> segments, CancellationToken ct)
    {
        foreach (var segment in segments)
        {
            await using var insert = new NpgsqlCommand("insert into access.audit_chain (tenant, number, day, until_xid, ids, previous, hash, mac) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection)
            {
                Parameters =
                {
                    new() { Value = segment.Tenant }, new() { Value = segment.Number }, new() { Value = segment.Day }, new() { Value = segment.Until, NpgsqlDbType = NpgsqlDbType.Xid8 },
                    new() { Value = segment.Ids }, new() { Value = segment.Previous }, new() { Value = segment.Hash }, new() { Value = segment.Mac(key.Value) },
                },
            };
            await insert.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<List<(AuditSeal, byte[])>> SealAsync(NpgsqlConnection connection, DateOnly today, CancellationToken ct)
    {
        var made = new List<(AuditSeal, byte[])>();
        foreach (var day in await AuditRecords.UnsealedAsync(connection, today, ct))
        {
            var seal = day with { Previous = await AuditRecords.LastSealAsync(connection, day.Tenant, ct) ?? AuditSegment.Nothing };
            var value = seal.Seal(key.Value);
            await using var insert = new NpgsqlCommand("insert into access.audit_seal (tenant, day, entries, last, hash, previous, seal, sealed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection)
            {
                Parameters =
                {
                    new() { Value = seal.Tenant }, new() { Value = seal.Day }, new() { Value = seal.Entries }, new() { Value = seal.Last }, new() { Value = seal.Hash },
                    new() { Value = seal.Previous }, new() { Value = value }, new() { Value = time.GetUtcNow().UtcDateTime },
                },
            };
            await insert.ExecuteNonQueryAsync(ct);
            made.Add((seal, value));
        }

        return made;
    }
}
