using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Follows the change feed: takes over Subscriptions in their place, compares all other changes with them, and notes the events in the transaction that saves
/// the feed's position. So each event is noted once, whatever dies.
/// </summary>
internal sealed class SubscriptionFeed(SubscriptionBook book, CriteriaMatch matches, SubscriptionSignal signal, IOptions<SubscriptionOptions> options) : IFeedConsumer
{
    public const string ConsumerName = "records.subscriptions";

    private bool uncommitted;
    private bool changed;

    public string Name => ConsumerName;

    // Most changes are nobody's; bodies are read where they are needed.
    public bool NeedsBody => false;

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        if (uncommitted)
        {
            book.Forget();
        }

        uncommitted = true;
        for (var start = 0; start < events.Count;)
        {
            var end = start;
            while (end < events.Count && events[end].ResourceType != "Subscription")
            {
                end++;
            }

            // A Subscription's own change is compared with those before it.
            var piece = events.Skip(start).Take(Math.Min(end + 1, events.Count) - start).ToList();
            await NoteAsync(piece, connection, transaction, ct);
            if (end < events.Count)
            {
                await book.ApplyAsync(events[end], connection, ct);
                changed = true;
            }

            start = end + 1;
        }
    }

    public void Committed()
    {
        uncommitted = false;
        if (changed)
        {
            changed = false;
            signal.Set();
        }
    }

    private async Task NoteAsync(List<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var followed = await book.CurrentAsync(connection, ct);
        var types = followed.Select(f => (f.Tenant, f.Definition.Type)).ToHashSet();
        var concerned = events.Where(e => types.Contains((e.Tenant, e.ResourceType))).ToList();
        if (concerned.Count == 0)
        {
            return;
        }

        var found = await matches.FindAsync(concerned, followed, connection, transaction, ct);
        book.Drop(found.Broken);
        if (found.Events.Count > 0)
        {
            await WriteAsync(found.Events, connection, ct);
            changed = true;
        }
    }

    /// <summary>Numbers the events of each subscription in the order of the log.</summary>
    private static async Task WriteAsync(List<(int Subscription, FeedEvent Event)> found, NpgsqlConnection connection, CancellationToken ct)
    {
        var bySubscription = found.GroupBy(f => f.Subscription).OrderBy(g => g.Key).ToList();
        await using var command = new NpgsqlCommand(
            """
            with counted as (
                update records.subscription s set events = s.events + u.count from unnest($1, $2) u (number, count) where s.number = u.number returning s.number, s.events - u.count as before)
            insert into records.subscription_event (subscription, number, position, at)
            select c.number, c.before + e.place, e.position, e.at from unnest($3, $4, $5, $6) e (subscription, place, position, at) join counted c on c.number = e.subscription
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. bySubscription.Select(g => g.Key)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. bySubscription.Select(g => (long)g.Count())] });
        var rows = bySubscription.SelectMany(g => g.OrderBy(f => f.Event.Position).Select((f, i) => (f.Subscription, Place: i + 1L, f.Event))).ToList();
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. rows.Select(r => r.Subscription)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(r => r.Place)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(r => r.Event.Position)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. rows.Select(r => r.Event.At.UtcDateTime)] });
        await command.ExecuteNonQueryAsync(ct);
    }
}
