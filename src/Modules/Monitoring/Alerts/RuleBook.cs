using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Alerts;

/// <summary>The rules of each tenant and the adjustments of each patient: as shipped, until somebody stores another version. Read often, from memory; safe for all threads.</summary>
internal sealed class RuleBook(Database database, TimeProvider time, ILogger<RuleBook> log)
{
    /// <summary>Names of the scores that rules may look at.</summary>
    public static readonly IReadOnlyList<string> Scores = ["news2", "qsofa", "sirs", "sofa", "shock-index", "map", "pulse-pressure"];

    private static readonly IReadOnlyList<AlertRule> Shipped = ReadShipped();

    private readonly ConcurrentDictionary<Tenant, IReadOnlyList<AlertRule>> rules = new();
    private readonly ConcurrentDictionary<(Tenant, string Patient), IReadOnlyList<Adjustment>> adjustments = new();

    /// <summary>The rules of a tenant in the order in which they are judged: urgent ones first, and those that suppress before those that are suppressed.</summary>
    public IReadOnlyList<AlertRule> Of(Tenant tenant) => rules.GetValueOrDefault(tenant, Shipped);

    /// <summary>The rules with one of them changed, or one more.</summary>
    public static IReadOnlyList<AlertRule> With(IReadOnlyList<AlertRule> rules, AlertRule changed) => Ordered([.. rules.Where(r => r.Name != changed.Name), changed]);

    /// <summary>What is wrong with a rule beside these others: that it waits for what there is not. Null for nothing.</summary>
    public static Failure? Wrong(IReadOnlyList<AlertRule> rules, AlertRule changed)
    {
        var problems = changed.SuppressedBy.Where(s => rules.All(r => r.Name != s)).Select(s => new Problem("value", $"There is no rule '{s}'.", "suppressedBy")).ToList();
        if (changed.Trigger.Never(changed.Trigger.AtLeast ?? changed.Trigger.AtMost) is { } never)
        {
            problems.Add(new Problem("value", never, changed.Trigger.AtLeast is null ? "when.atMost" : "when.atLeast"));
        }

        return problems.Count > 0 ? new Failure(FailureKind.Invalid, problems) : null;
    }

    /// <summary>What was changed for a patient.</summary>
    public IReadOnlyList<Adjustment> Of(Tenant tenant, string patient) => adjustments.GetValueOrDefault((tenant, patient), []);

    /// <summary>Reads everything that is stored; again and again, so that what another process stored counts here too.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var stored = new Dictionary<Tenant, Dictionary<string, AlertRule>>();
        await using (var command = database.Source.CreateCommand("select distinct on (tenant, name) tenant, version, body::text from monitoring.rule order by tenant, name, version desc"))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var tenant = new Tenant(reader.GetInt32(0));
                var read = RuleJson.Read(System.Text.Encoding.UTF8.GetBytes(reader.GetString(2)), reader.GetInt32(1), Scores);
                if (read.Failed(out var wrong))
                {
                    // Stored by a version that took it. The others count all the same.
                    MonitoringLog.RuleUnreadable(log, reader.GetInt32(1), wrong.ToString());
                    continue;
                }

                (stored.TryGetValue(tenant, out var known) ? known : stored[tenant] = new(StringComparer.Ordinal))[read.Value.Name] = read.Value;
            }
        }

        foreach (var (tenant, own) in stored)
        {
            rules[tenant] = Ordered([.. Shipped.Where(r => !own.ContainsKey(r.Name)), .. own.Values]);
        }

        await LoadAdjustmentsAsync(ct);
    }

    /// <summary>Stores a rule as its next version. Conflict when somebody else stored one meanwhile.</summary>
    /// <param name="told">Adds the audit entry to the same transaction.</param>
    public async Task<Outcome<AlertRule>> SaveAsync(Tenant tenant, AlertRule rule, string by, Action<NpgsqlBatch> told, CancellationToken ct)
    {
        var before = Of(tenant).FirstOrDefault(r => r.Name == rule.Name)?.Version ?? 0;
        var next = rule with { Version = before + 1 };
        try
        {
            await WriteAsync(
                "insert into monitoring.rule (tenant, name, version, body, changed_at, changed_by) values ($1, $2, $3, $4::jsonb, $5, $6)", told, ct,
                tenant.Number, next.Name, next.Version, System.Text.Encoding.UTF8.GetString(RuleJson.Write(RuleJson.Of(next))), time.GetUtcNow().UtcDateTime, by);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Failure(FailureKind.Conflict, "conflict", $"Somebody else has changed the rule '{rule.Name}' meanwhile. Read it again.");
        }

        rules[tenant] = With(Of(tenant), next);
        return next;
    }

    /// <summary>Stores what is changed for a patient, in place of what was.</summary>
    public async Task SaveAsync(Tenant tenant, string patient, IReadOnlyList<(Adjustment Adjustment, string Reason)> changed, string by, Action<NpgsqlBatch> told, CancellationToken ct)
    {
        await WriteAsync(
            """
            with gone as (delete from monitoring.adjustment where tenant = $1 and patient = $2 and rule <> all($3))
            insert into monitoring.adjustment (tenant, patient, rule, threshold, off, reason, until, changed_at, changed_by)
            select $1, $2, rule, threshold, off, reason, until, $8, $9 from unnest($3, $4, $5, $6, $7) u (rule, threshold, off, reason, until)
            on conflict (tenant, patient, rule) do update set threshold = excluded.threshold, off = excluded.off, reason = excluded.reason, until = excluded.until,
                changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """,
            told, ct, tenant.Number, patient, changed.Select(c => c.Adjustment.Rule).ToArray(), changed.Select(c => c.Adjustment.Threshold).ToArray(), changed.Select(c => c.Adjustment.Off).ToArray(),
            changed.Select(c => c.Reason).ToArray(), changed.Select(c => DateTimeOffset.FromUnixTimeMilliseconds(c.Adjustment.Until).UtcDateTime).ToArray(), time.GetUtcNow().UtcDateTime, by);
        adjustments[(tenant, patient)] = [.. changed.Select(c => c.Adjustment)];
    }

    /// <summary>What is changed for a patient with the reasons, as it is stored.</summary>
    public async Task<IReadOnlyList<(Adjustment Adjustment, string Reason)>> AdjustmentsAsync(Tenant tenant, string patient, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select rule, threshold, off, until, reason from monitoring.adjustment where tenant = $1 and patient = $2 and until > $3 order by rule");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = patient });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(Adjustment, string)>();
        while (await reader.ReadAsync(ct))
        {
            found.Add((new Adjustment(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetDecimal(1), reader.GetBoolean(2), reader.GetFieldValue<DateTimeOffset>(3).ToUnixTimeMilliseconds()), reader.GetString(4)));
        }

        return found;
    }

    /// <summary>What is changed for the patients of a tenant, ended or not, with the time from which it counts in milliseconds since 1970 UTC.</summary>
    public async Task<ILookup<string, (Adjustment Adjustment, long From)>> AdjustmentsAsync(Tenant tenant, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select patient, rule, threshold, off, until, changed_at from monitoring.adjustment where tenant = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(string Patient, Adjustment Adjustment, long From)>();
        while (await reader.ReadAsync(ct))
        {
            var one = new Adjustment(reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetDecimal(2), reader.GetBoolean(3), reader.GetFieldValue<DateTimeOffset>(4).ToUnixTimeMilliseconds());
            found.Add((reader.GetString(0), one, reader.GetFieldValue<DateTimeOffset>(5).ToUnixTimeMilliseconds()));
        }

        return found.ToLookup(f => f.Patient, f => (f.Adjustment, f.From), StringComparer.Ordinal);
    }

    private static IReadOnlyList<AlertRule> ReadShipped()
    {
        using var stream = typeof(RuleBook).Assembly.GetManifestResourceStream("Salus.Monitoring.Alerts.rules.json")!;
        return Ordered([.. RuleJson.ReadAll(stream).Select(r => r.Checked(version: 0, Scores).Value)]);
    }

    private static IReadOnlyList<AlertRule> Ordered(IEnumerable<AlertRule> rules) => [.. rules.OrderByDescending(r => r.Priority).ThenBy(r => r.SuppressedBy.Count).ThenBy(r => r.Name, StringComparer.Ordinal)];

    private async Task WriteAsync(string sql, Action<NpgsqlBatch> told, CancellationToken ct, params object[] values)
    {
        await using var batch = database.Source.CreateBatch();
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
        told(batch);
        await batch.ExecuteNonQueryAsync(ct);
    }

    private async Task LoadAdjustmentsAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select tenant, patient, rule, threshold, off, until from monitoring.adjustment where until > $1 order by tenant, patient");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        var found = new Dictionary<(Tenant, string), List<Adjustment>>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var key = (new Tenant(reader.GetInt32(0)), reader.GetString(1));
            var one = new Adjustment(reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetDecimal(3), reader.GetBoolean(4), reader.GetFieldValue<DateTimeOffset>(5).ToUnixTimeMilliseconds());
            (found.TryGetValue(key, out var known) ? known : found[key] = []).Add(one);
        }

        foreach (var key in adjustments.Keys.Where(k => !found.ContainsKey(k)).ToList())
        {
            adjustments.TryRemove(key, out _);
        }

        foreach (var (key, list) in found)
        {
            adjustments[key] = list;
        }
    }
}
