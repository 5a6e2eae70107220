using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Alerts;

/// <summary>The alerts in the database. Every change is one statement that says what it expects, so that of two who do the same one does it.</summary>
internal sealed class AlertTable(Database database)
{
    private const string Columns =
        """
        id, tenant, patient, rule, rule_version, title, priority, status, raised_at, delivered_at, acknowledged_at, acknowledged_by, reason, escalated_at, escalated_to,
        resolved_at, resolved_by, snoozed_until, why::text, change
        """;

    private const string Next = "change = nextval('monitoring.alert_change')";

    /// <summary>The time that the role of the first step has before that of the next; null without a next.</summary>
    internal const string Gap = "make_interval(secs => (steps -> 1 ->> 'afterSeconds')::int - (steps -> 0 ->> 'afterSeconds')::int)";

    // Whether whoever judged still has the partition: the database refuses it otherwise, and nobody takes it until the transaction ends.
    private static string Held(string partition, string epoch) => $"({epoch}::int is null or monitoring.hold({partition}::smallint, {epoch}::int))";

    private static object Partition(Holding? holding) => holding is { } known ? (short)known.Partition : DBNull.Value;

    private static object Epoch(Holding? holding) => holding is { } known ? known.Epoch : DBNull.Value;

    /// <summary>Stores a new alert; null when the patient has an open one of that rule.</summary>
    /// <param name="holding">Who judges: refused where another process has the partition meanwhile. Null for nobody in particular.</param>
    /// <exception cref="PostgresException">Another process has the partition (<see cref="SampleOwner.Says"/>).</exception>
    public async Task<Alert?> RaiseAsync(Guid id, Tenant tenant, string patient, AlertRule rule, string why, DateTimeOffset at, CancellationToken ct, Holding? holding = null)
    {
        var steps = JsonSerializer.Serialize(rule.Escalation.Select(s => new StepJson((int)s.After.TotalSeconds, s.To)), JsonSerializerOptions.Web);
        DateTimeOffset? first = rule.Escalation.Count > 0 ? at + rule.Escalation[0].After : null;
        return (await ReadAsync(
            $"""
            insert into monitoring.alert (id, tenant, patient, rule, rule_version, title, priority, status, raised_at, steps, escalate_at, why)
            select $1, $2, $3, $4, $5, $6, $7, 1, $8, $9::jsonb, $10::timestamptz, $11::jsonb where {Held("$12", "$13")} on conflict (tenant, patient, rule) where resolved_at is null do nothing
            returning {Columns}
            """,
            ct, id, tenant.Number, patient, rule.Name, rule.Version, rule.Title, (short)rule.Priority, at, steps, Nullable(first), why, Partition(holding), Epoch(holding))).FirstOrDefault();
    }

    /// <summary>What it was raised for has ended.</summary>
    public async Task<Alert?> EndAsync(Tenant tenant, string patient, string rule, string by, DateTimeOffset at, CancellationToken ct, Holding? holding = null) => (await ReadAsync(
        $"""
        update monitoring.alert set status = 5, resolved_at = $4, resolved_by = $5, escalate_at = null, snoozed_until = null, {Next}
        where tenant = $1 and patient = $2 and rule = $3 and resolved_at is null and {Held("$6", "$7")} returning {Columns}
        """,
        ct, tenant.Number, patient, rule, at, by, Partition(holding), Epoch(holding))).FirstOrDefault();

    /// <summary>All that is open of a patient ends, whatever became of it. What somebody said before stays in front of the reason.</summary>
    public Task<List<Alert>> EndAllAsync(Tenant tenant, string patient, string by, string reason, DateTimeOffset at, CancellationToken ct, Holding? holding = null) => ReadAsync(
        $"""
        update monitoring.alert set status = 5, resolved_at = greatest($5, raised_at), resolved_by = $3, reason = concat_ws('; ', reason, $4), escalate_at = null, snoozed_until = null, {Next}
        where tenant = $1 and patient = $2 and resolved_at is null and {Held("$6", "$7")} returning {Columns}
        """,
        ct, tenant.Number, patient, by, reason, at, Partition(holding), Epoch(holding));

    /// <summary>Somebody's screen has shown these. Those that were shown before stay as they are.</summary>
    public Task<List<Alert>> DeliverAsync(Tenant tenant, Guid[] ids, DateTimeOffset at, CancellationToken ct) => ReadAsync(
        $"update monitoring.alert set status = case when status = 1 then 2 else status end, delivered_at = $3, {Next} where tenant = $1 and id = any($2) and delivered_at is null and resolved_at is null returning {Columns}",
        ct, tenant.Number, ids, at);

    /// <summary>Steps whose time has come. Of several processes each step is taken by one.</summary>
    public Task<List<Alert>> EscalateDueAsync(DateTimeOffset now, CancellationToken ct) => ReadAsync(
        $"""
        update monitoring.alert a set status = 4, escalated_at = $1, escalated_to = a.steps -> 0 ->> 'to', steps = a.steps - 0,
            escalate_at = case when jsonb_array_length(a.steps) > 1 then a.raised_at + make_interval(secs => (a.steps -> 1 ->> 'afterSeconds')::int) end, {Next}
        from (select id from monitoring.alert where escalate_at <= $1 order by escalate_at limit 200 for update skip locked) due
        where a.id = due.id returning {Prefixed("a")}
        """,
        ct, now);

    /// <summary>Snoozed ones whose time is over, and that have not ended: they are raised again.</summary>
    public Task<List<Alert>> WakeDueAsync(DateTimeOffset now, CancellationToken ct) => ReadAsync(
        $"""
        update monitoring.alert a set status = 1, snoozed_until = null, delivered_at = null, acknowledged_at = null, acknowledged_by = null,
            escalate_at = $1 + make_interval(secs => (a.steps -> 0 ->> 'afterSeconds')::int), {Next}
        from (select id from monitoring.alert where snoozed_until <= $1 order by snoozed_until limit 200 for update skip locked) due
        where a.id = due.id returning {Prefixed("a")}
        """,
        ct, now);

    /// <summary>One alert; null when there is none.</summary>
    public async Task<Alert?> FindAsync(Tenant tenant, Guid id, CancellationToken ct) =>
        (await ReadAsync($"select {Columns} from monitoring.alert where tenant = $1 and id = $2", ct, tenant.Number, id)).FirstOrDefault();

    /// <summary>All that are open, of all tenants.</summary>
    public Task<List<Alert>> OpenAsync(CancellationToken ct) => ReadAsync($"select {Columns} from monitoring.alert where resolved_at is null", ct);

    /// <summary>All that are open of some patients, newest first.</summary>
    public Task<List<Alert>> OpenAsync(Tenant tenant, string[] patients, int most, CancellationToken ct) => ListAsync(tenant, open: true, patients, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, most, ct);

    /// <summary>Those that ended since, of all tenants: their rules are quiet for a while.</summary>
    public Task<List<Alert>> EndedSinceAsync(DateTimeOffset since, CancellationToken ct) => ReadAsync($"select {Columns} from monitoring.alert where resolved_at >= $1", ct, since);

    /// <summary>Newest first.</summary>
    /// <param name="patients">Of these; null for all.</param>
    public Task<List<Alert>> ListAsync(Tenant tenant, bool open, string[]? patients, DateTimeOffset from, DateTimeOffset to, int count, CancellationToken ct) => ReadAsync(
        $"""
        select {Columns} from monitoring.alert
        where tenant = $1 and (not $2 or resolved_at is null) and ($3::text[] is null or patient = any($3)) and raised_at >= $4 and raised_at < $5 order by raised_at desc, id limit $6
        """,
        ct, tenant.Number, open, (object?)patients ?? DBNull.Value, from, to, count);

    /// <summary>Of these patients, the open ones and those that changed after a change, in the order of their changes.</summary>
    public Task<List<Alert>> ChangedAsync(Tenant tenant, string[] patients, long after, int most, CancellationToken ct) => ReadAsync(
        $"select {Columns} from monitoring.alert where tenant = $1 and patient = any($2) and (resolved_at is null or ($3 > 0 and change > $3)) order by change limit $4", ct, tenant.Number, patients, after, most);

    /// <summary>Of all patients, those that changed after a change, in the order of their changes; the first thousand.</summary>
    public Task<List<Alert>> ChangedAsync(long after, CancellationToken ct) => ReadAsync($"select {Columns} from monitoring.alert where change > $1 order by change limit 1000", ct, after);

    /// <summary>The number of the last change that is in the table; 0 for none.</summary>
    public async Task<long> LastChangeAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select coalesce(max(change), 0) from monitoring.alert");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Which patients have alerts at all in a time.</summary>
    public async Task<string[]> PatientsAsync(Tenant tenant, bool open, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "select coalesce(array_agg(distinct patient), '{}') from monitoring.alert where tenant = $1 and (not $2 or resolved_at is null) and raised_at >= $3 and raised_at < $4");
        Add(command, tenant.Number, open, from, to);
        return (string[])(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Runs a change together with the entry of the audit trail that tells of it; null where the alert has ended, or is not as the condition says.</summary>
    public async Task<Alert?> ChangeAsync(string set, string condition, Tenant tenant, Guid id, Action<NpgsqlBatch> told, CancellationToken ct, params object[] values)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var change = new NpgsqlBatchCommand($"update monitoring.alert set {set}, {Next} where tenant = $1 and id = $2 and resolved_at is null and ({condition}) returning {Columns}");
        foreach (var value in (object[])[tenant.Number, id, .. values])
        {
            change.Parameters.Add(Parameter(value));
        }

        batch.BatchCommands.Add(change);
        told(batch);
        Alert? changed;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            changed = await reader.ReadAsync(ct) ? Read(reader) : null;
        }

        if (changed is not null)
        {
            await transaction.CommitAsync(ct);
        }

        return changed;
    }

    /// <summary>Those whose last change the record does not have yet, oldest first.</summary>
    public Task<List<Alert>> UnrecordedAsync(CancellationToken ct) => ReadAsync($"select {Columns} from monitoring.alert where recorded < change order by change limit 100", ct);

    /// <summary>The record has these changes.</summary>
    public async Task RecordedAsync(IReadOnlyList<Alert> alerts, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("update monitoring.alert a set recorded = u.change from unnest($1, $2) u (id, change) where a.id = u.id and a.recorded < u.change");
        Add(command, alerts.Select(a => a.Id).ToArray(), alerts.Select(a => a.Change).ToArray());
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Prefixed(string alias) => string.Join(", ", Columns.Split(',').Select(c => $"{alias}.{c.Trim()}"));

    private static object Nullable(DateTimeOffset? at) => at is { } known ? known : DBNull.Value;

    private async Task<List<Alert>> ReadAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Source.CreateCommand(sql);
        Add(command, values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Alert>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(Read(reader));
        }

        return found;
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(Parameter(value));
        }
    }

    private static NpgsqlParameter Parameter(object value) => value switch
    {
        DateTimeOffset at => new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime },
        DBNull => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
        _ => new NpgsqlParameter { Value = value },
    };

    private static Alert Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Tenant = new Tenant(reader.GetInt32(1)),
        Patient = reader.GetString(2),
        Rule = reader.GetString(3),
        RuleVersion = reader.GetInt32(4),
        Title = reader.GetString(5),
        Priority = (AlertPriority)reader.GetInt16(6),
        Status = (AlertStatus)reader.GetInt16(7),
        RaisedAt = At(reader, 8)!.Value,
        DeliveredAt = At(reader, 9),
        AcknowledgedAt = At(reader, 10),
        AcknowledgedBy = Text(reader, 11),
        Reason = Text(reader, 12),
        EscalatedAt = At(reader, 13),
        EscalatedTo = Text(reader, 14),
        ResolvedAt = At(reader, 15),
        ResolvedBy = Text(reader, 16),
        SnoozedUntil = At(reader, 17),
        Why = reader.GetString(18),
        Change = reader.GetInt64(19),
    };

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
