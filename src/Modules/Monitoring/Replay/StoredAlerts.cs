using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Replay;

/// <summary>The alerts that were raised, for what a replay compares with.</summary>
internal sealed class StoredAlerts(Database database)
{
    private const string Sql =
        $"""
        select patient, rule, priority, raised_at, resolved_at, resolved_by is not null and resolved_by not in ('rule', '{AlertEngine.BySystem}'), case when {AlertBurden.ActedUpon} then coalesce(acknowledged_at, escalated_at) end
        from monitoring.alert where tenant = $1 and raised_at < $2 and (resolved_at is null or resolved_at >= $3) order by raised_at, id
        """;

    /// <summary>Those of a tenant that were open at some time from one on and were raised before another, in the order in which they were raised.</summary>
    public async Task<IReadOnlyList<StoredAlert>> ReadAsync(Tenant tenant, long from, long to, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = At(to) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = At(from) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = AlertBurden.NeedlessLike });
        var found = new List<StoredAlert>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(new StoredAlert(
                reader.GetString(0), reader.GetString(1), (AlertPriority)reader.GetInt16(2) == AlertPriority.High, Time(reader, 3)!.Value, Time(reader, 4) ?? long.MaxValue, reader.GetBoolean(5), Time(reader, 6)));
        }

        return found;
    }

    private static DateTime At(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime;

    private static long? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column).ToUnixTimeMilliseconds();
}
