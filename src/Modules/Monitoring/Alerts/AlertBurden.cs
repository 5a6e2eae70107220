using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Alerts;

/// <summary>What a rule burdened people with.</summary>
/// <param name="Alerts">How many it raised.</param>
/// <param name="PerBedDay">For each bed and day.</param>
/// <param name="MedianSecondsToAcknowledge">From the alert to the acknowledgement, of those that were acknowledged; null when none was.</param>
/// <param name="ActedUpon">Acknowledged or passed on by somebody, and not said to be needless.</param>
/// <param name="Escalated">Not acknowledged in time, or passed on.</param>
internal sealed record RuleBurden(string Rule, string Title, string Priority, long Alerts, decimal? PerBedDay, double? MedianSecondsToAcknowledge, long Acknowledged, long ActedUpon, long Escalated);

/// <summary>What alerts burdened people with in a time.</summary>
/// <param name="BedDays">Patients under monitoring, in days: a patient counts for each hour in which a device sent something, as far as that is within the time.</param>
internal sealed record Burden(DateTimeOffset From, DateTimeOffset To, decimal BedDays, IReadOnlyList<RuleBurden> Rules);

/// <summary>Measures the burden of alarms from the alerts themselves.</summary>
internal sealed class AlertBurden(Database database)
{
    /// <summary>Whether an alert was needless, in the words that the page offers as reasons.</summary>
    public static readonly IReadOnlyList<string> Needless = ["artefact", "no action needed"];

    /// <summary>SQL: whether people acted upon an alert; the parameter has <see cref="NeedlessLike"/>. Who passes it on says why; a step that came because nobody did anything has no reason.</summary>
    public const string ActedUpon = $"(acknowledged_at is not null or (escalated_at is not null and reason <> '{AlertEngine.NotMonitored}')) and not lower(coalesce(reason, '')) like any ($4)";

    /// <summary>The same words as patterns.</summary>
    public static readonly string[] NeedlessLike = [.. Needless.Select(n => $"{n}%")];

    private const string Rules =
        $"""
        select rule, (array_agg(title order by raised_at desc))[1], max(priority), count(*), percentile_cont(0.5) within group (order by extract(epoch from acknowledged_at - raised_at)),
            count(acknowledged_at), count(*) filter (where {ActedUpon}), count(escalated_at)
        from monitoring.alert where tenant = $1 and raised_at >= $2 and raised_at < $3 group by rule order by count(*) desc, rule
        """;

    private const string BedDays =
        """
        select round(coalesce(sum(extract(epoch from least(d.at + interval '1 hour', $3) - greatest(d.at, $2))), 0) / 86400, 2)
        from (select distinct s.patient, h.at from monitoring.hour h join monitoring.series s on s.number = h.series where s.tenant = $1 and h.at > $2 - interval '1 hour' and h.at < $3) d
        """;

    /// <summary>The burden of the alerts that were raised from a time on, and before another.</summary>
    public async Task<Burden> OfAsync(Tenant tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var days = await DaysAsync(tenant, from, to, ct);
        await using var command = Command(Rules, tenant, from, to);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = NeedlessLike });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rules = new List<RuleBurden>();
        while (await reader.ReadAsync(ct))
        {
            var alerts = reader.GetInt64(3);
            rules.Add(new RuleBurden(
                reader.GetString(0), reader.GetString(1), ((AlertPriority)reader.GetInt16(2)).ToString().ToLowerInvariant(), alerts, days > 0 ? Math.Round(alerts / days, 3) : null,
                reader.IsDBNull(4) ? null : reader.GetDouble(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)));
        }

        return new Burden(from, to, days, rules);
    }

    private async Task<decimal> DaysAsync(Tenant tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = Command(BedDays, tenant, from, to);
        return (decimal)(await command.ExecuteScalarAsync(ct))!;
    }

    private NpgsqlCommand Command(string sql, Tenant tenant, DateTimeOffset from, DateTimeOffset to)
    {
        var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = to.UtcDateTime });
        return command;
    }
}
