using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>A row of <c>records.subscription</c> with its resource, as whoever delivers needs it.</summary>
/// <param name="Events">The number of its last event.</param>
/// <param name="Delivered">The number of the last one that arrived.</param>
/// <param name="Body">The resource as it is stored.</param>
internal sealed record SubscriptionRow(int Number, Tenant Tenant, string Id, int Version, string Status, long Events, long Delivered, int Attempts, string? Problem, byte[] Body, SubscriptionOwner Owner)
{
    /// <summary>For <c>records.subscription s join records.log l on l.position = s.position</c>.</summary>
    public const string Columns = "s.number, s.tenant, s.id, s.version, s.status, s.events, s.delivered, s.attempts, s.problem, l.body, s.actor, s.delegation";

    /// <summary>How many these are.</summary>
    public const int ColumnCount = 12;

    public static async Task<List<SubscriptionRow>> ReadAsync(NpgsqlCommand command, CancellationToken ct, Action<NpgsqlDataReader>? more = null)
    {
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<SubscriptionRow>();
        while (await rows.ReadAsync(ct))
        {
            found.Add(new SubscriptionRow(
                rows.GetInt32(0), new Tenant(rows.GetInt32(1)), rows.GetString(2), rows.GetInt32(3), rows.GetString(4), rows.GetInt64(5), rows.GetInt64(6), rows.GetInt32(7),
                await rows.IsDBNullAsync(8, ct) ? null : rows.GetString(8), await rows.IsDBNullAsync(9, ct) ? [] : rows.GetFieldValue<byte[]>(9),
                new SubscriptionOwner(rows.GetString(10), await rows.IsDBNullAsync(11, ct) ? null : rows.GetString(11))));
            more?.Invoke(rows);
        }

        return found;
    }
}
