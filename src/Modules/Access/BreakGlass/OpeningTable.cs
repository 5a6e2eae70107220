using Npgsql;
using Salus.Kernel;

namespace Salus.Access.BreakGlass;

/// <summary>The table of openings.</summary>
internal sealed class OpeningTable(Database database)
{
    private const string Columns = "id, account, patient, reason, started_at, until, ended_at, account_name, roles, verdict, comment, judged_by, judged_name, judged_at";

    // Kinds below 20 are uses of the record (AuditKind); opening and ending are none.
    private const string Accesses =
        """
        (select count(*) from access.audit a where a.tenant = b.tenant and a.actor = 'user/' || replace(b.account::text, '-', '') and a.kind < 20
            and a.at >= b.started_at and a.at < coalesce(b.ended_at, b.until) and a.patients @> array[b.patient])
        """;

    /// <summary>Keeps an opening. What the same account has open of the same patient ends with it, so that one access belongs to one reason; the result is what ended.</summary>
    public async Task<IReadOnlyList<Opening>> AddAsync(Tenant tenant, Opening opening, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Of two requests at once the second one ends what the first has opened.
        await connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('salus.access.break-glass ' || $1, 0))", ct, $"{opening.Account:N} {opening.Patient}");
        var replaced = await connection.ListAsync(
            $"update access.break_glass set ended_at = greatest($4, started_at) where tenant = $1 and account = $2 and patient = $3 and ended_at is null and until > $4 returning {Columns}",
            Row, ct, tenant.Number, opening.Account, opening.Patient, opening.StartedAt);
        await connection.RunAsync(
            "insert into access.break_glass (id, tenant, account, account_name, roles, patient, reason, started_at, until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            ct, opening.Id, tenant.Number, opening.Account, opening.AccountName, opening.Roles.ToArray(), opening.Patient, opening.Reason, opening.StartedAt, opening.Until);
        await transaction.CommitAsync(ct);
        return replaced;
    }

    /// <summary>Those of an account that have not ended.</summary>
    public async Task<IReadOnlyList<Opening>> OfAsync(Tenant tenant, Guid account, DateTimeOffset now, CancellationToken ct)
    {
        return await database.Source.ListAsync(
            $"select {Columns} from access.break_glass where tenant = $1 and account = $2 and ended_at is null and until > $3 order by started_at", Row, ct, tenant.Number, account, now.UtcDateTime);
    }

    /// <summary>Ends one of an account's own; null when there is none that is active.</summary>
    public async Task<Opening?> EndAsync(Tenant tenant, Guid account, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        return await database.Source.FirstAsync(
            $"update access.break_glass set ended_at = $4 where tenant = $1 and account = $2 and id = $3 and ended_at is null and until > $4 returning {Columns}", Row, ct, tenant.Number, account, id, now.UtcDateTime);
    }

    /// <summary>A page of those that were judged, or that were not, newest first.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<Opening>> PageAsync(Tenant tenant, bool judged, (DateTimeOffset At, Guid Id)? after, int count, CancellationToken ct)
    {
        return await database.Source.ListAsync(
            $"""
            select {Columns}, {Accesses} from access.break_glass b
            where tenant = $1 and (judged_at is not null) = $2 and (started_at, id) < ($3, $4)
            order by started_at desc, id desc limit $5
            """, Row, ct, tenant.Number, judged, after?.At.UtcDateTime ?? DateTime.MaxValue.ToUniversalTime(), after?.Id ?? Guid.AllBitsSet, count);
    }

    /// <summary>Judges one that is over, that nobody judged yet, and that is not one's own; null when there is none.</summary>
    public async Task<Opening?> JudgeAsync(Tenant tenant, Guid id, Verdict verdict, CancellationToken ct)
    {
        return await database.Source.FirstAsync(
            $"""
            update access.break_glass b set verdict = $3, comment = $4, judged_by = $5, judged_name = $6, judged_at = $7
            where tenant = $1 and id = $2 and judged_at is null and account <> $5 and (ended_at is not null or until <= $7) returning {Columns}, {Accesses}
            """, Row, ct, tenant.Number, id, verdict.Word, verdict.Comment, verdict.By, verdict.ByName, verdict.At.UtcDateTime);
    }

    /// <summary>Why each of these was opened.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> ReasonsAsync(Tenant tenant, IEnumerable<Guid> ids, CancellationToken ct)
    {
        var asked = ids.Distinct().ToArray();
        var found = asked.Length == 0 ? []
            : await database.Source.ListAsync("select id, reason from access.break_glass where tenant = $1 and id = any($2)", row => (Id: row.GetGuid(0), Reason: row.GetString(1)), ct, tenant.Number, asked);
        return found.ToDictionary(f => f.Id, f => f.Reason);
    }

    /// <summary>How many wait for a judgement, and how many are active now.</summary>
    public async Task<(long Open, long Active)> CountAsync(Tenant tenant, DateTimeOffset now, CancellationToken ct)
    {
        return await database.Source.FirstAsync(
            "select count(*) filter (where judged_at is null), count(*) filter (where ended_at is null and until > $2) from access.break_glass where tenant = $1 and (judged_at is null or until > $2)",
            row => (row.GetInt64(0), row.GetInt64(1)), ct, tenant.Number, now.UtcDateTime);
    }

    private static Opening Row(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.Time(4), reader.Time(5), reader.IsDBNull(6) ? null : reader.Time(6))
        {
            AccountName = reader.GetString(7),
            Roles = reader.GetFieldValue<string[]>(8),
            Accesses = reader.FieldCount > 14 ? reader.GetInt64(14) : null,
            Verdict = reader.IsDBNull(13) ? null : new Verdict(reader.GetString(9), reader.GetString(10), reader.GetGuid(11), reader.GetString(12), reader.Time(13)),
        };
}
