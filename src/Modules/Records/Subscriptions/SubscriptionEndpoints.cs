using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Subscriptions.Streams;

namespace Salus.Records.Subscriptions;

/// <summary>The streams, and <c>GET /admin/subscriptions</c>: every subscription with what has not arrived, and why.</summary>
internal static class SubscriptionEndpoints
{
    private const int Most = 1000;

    public static void MapStreams(IEndpointRouteBuilder fhir)
    {
        SubscriptionSockets.Map(fhir);
        fhir.MapGet("/Subscription/{id}/$events-stream", (string id, HttpContext http, EventStream stream) => FhirExchange.RunAsync(http, e => stream.RunAsync(e, http, id), anyFormat: true));
    }

    public static void MapAdmin(IEndpointRouteBuilder routes) => routes.MapGet("/admin/subscriptions", ListAsync).ForPermission(Permissions.SystemView);

    private static async Task<IResult> ListAsync(HttpContext http, Database database, string? status, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            select s.id, s.tenant, s.status, s.channel, s.version, s.events, s.delivered, s.dropped, s.attempts, coalesce(s.problem, s.last_error), s.next_at, s.sent_at, s.leased_until > now(),
                (select e.at from records.subscription_event e where e.subscription = s.number and e.number > s.delivered order by e.number limit 1)
            from records.subscription s where s.status <> 'deleted' and ($1 is null or s.status = $1) and s.tenant = $3 order by s.events - s.delivered desc, s.number limit $2
            """);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = status });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Most + 1 });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = http.Caller().Tenant.Number });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var list = new List<object>();
        var more = false;
        while (!more && await rows.ReadAsync(ct))
        {
            if (list.Count == Most)
            {
                more = true;
                continue;
            }

            var (at, events, delivered) = (rows.GetString(2), rows.GetInt64(5), rows.GetInt64(6));
            list.Add(new
            {
                id = rows.GetString(0),
                tenant = rows.GetInt32(1),
                status = at,
                channel = rows.GetString(3),
                version = rows.GetInt32(4),
                events,
                delivered,
                pending = events - delivered,
                // What nobody tries to deliver any more: it is, once the status is set to requested or active.
                deadLetters = at == "error" ? events - delivered : 0,
                dropped = rows.GetInt64(7),
                failedAttempts = rows.GetInt32(8),
                error = rows.IsDBNull(9) ? null : rows.GetString(9),
                nextAttemptAt = at == "active" && rows.GetInt32(8) > 0 ? rows.GetDateTime(10) : (DateTime?)null,
                lastSentAt = rows.GetDateTime(11),
                delivering = !rows.IsDBNull(12) && rows.GetBoolean(12),
                oldestPendingAt = rows.IsDBNull(13) ? (DateTime?)null : rows.GetDateTime(13),
            });
        }

        return Results.Json(new { subscriptions = list, more });
    }
}
