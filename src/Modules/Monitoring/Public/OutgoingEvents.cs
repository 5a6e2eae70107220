using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring;

/// <summary>Something that happened to an alert or a device.</summary>
/// <param name="Topic"><see cref="OutgoingEvents.Alerts"/> or <see cref="OutgoingEvents.DeviceEvents"/>.</param>
/// <param name="Key">The logical id of the patient of an alert, or of the device.</param>
/// <param name="Body">JSON in UTF-8, as docs/modules/monitoring-kafka.md describes it.</param>
public sealed record OutgoingEvent(long Number, Tenant Tenant, string Topic, string Key, DateTimeOffset At, ReadOnlyMemory<byte> Body);

/// <summary>
/// The way out for what happens to alerts and devices: each event is stored by the transaction that made it happen, and stays until somebody has passed it on. Safe for all threads.
/// </summary>
public sealed class OutgoingEvents
{
    /// <summary>The life of alerts: raised, delivered, acknowledged, snoozed, escalated, resolved.</summary>
    public const string Alerts = "alerts";

    /// <summary>Who is on which device: associated, ended; and whether a device is in use: off, on.</summary>
    public const string DeviceEvents = "device-events";

    private readonly Database database;
    private int followed;

    internal OutgoingEvents(Database database) => this.database = database;

    /// <summary>Whether somebody in this process passes events on: then it is worth a word when one is given up.</summary>
    internal bool IsFollowed => Volatile.Read(ref followed) != 0;

    /// <summary>Whether events of these topics wait.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<bool> AnyAsync(IReadOnlyList<string> topics, CancellationToken ct)
    {
        Volatile.Write(ref followed, 1);
        await using var command = database.Source.CreateCommand("select exists (select from monitoring.outgoing where topic = any($1))");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. topics] });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>
    /// Hands over the oldest events of these topics and forgets them when <paramref name="send"/> returns; when it throws they come again. Of several processes one passes on at a time,
    /// so that the order holds; the others get 0.
    /// </summary>
    /// <param name="most">How many at once.</param>
    /// <param name="send">Returns when they are safe elsewhere; takes less than 30 seconds, after which the database would take the transaction for lost.</param>
    /// <returns>How many were passed on; 0 for none, or when another process is at it.</returns>
    /// <exception cref="NpgsqlException">The database is away: they come again, and were perhaps sent already.</exception>
    public async Task<int> PassOnAsync(IReadOnlyList<string> topics, int most, Func<IReadOnlyList<OutgoingEvent>, CancellationToken, Task> send, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var events = await LockedAsync(connection, transaction, ct) ? await ReadAsync(topics, most, connection, transaction, ct) : [];
        if (events.Count == 0)
        {
            return 0;
        }

        await send(events, ct);
        await using var done = new NpgsqlCommand("delete from monitoring.outgoing where number = any($1)", connection, transaction);
        done.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.Number)] });
        await done.ExecuteNonQueryAsync(ct);
        // Not cancelled any more: they are elsewhere.
        await transaction.CommitAsync(CancellationToken.None);
        return events.Count;
    }

    private static async Task<bool> LockedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtext('monitoring.outgoing'))", connection, transaction);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<List<OutgoingEvent>> ReadAsync(IReadOnlyList<string> topics, int most, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select number, tenant, topic, key, at, convert_to(body::text, 'UTF8') from monitoring.outgoing where topic = any($1) order by number limit $2", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. topics] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<OutgoingEvent>();
        while (await reader.ReadAsync(ct))
        {
            events.Add(new OutgoingEvent(reader.GetInt64(0), new Tenant(reader.GetInt32(1)), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<byte[]>(5)));
        }

        return events;
    }
}
