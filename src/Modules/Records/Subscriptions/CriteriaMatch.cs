using Npgsql;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Subscriptions;

/// <summary>A criteria that one or more subscriptions have.</summary>
internal sealed record CriteriaGroup(Tenant Tenant, string Type, string Query, IReadOnlyList<FollowedSubscription> Subscriptions)
{
    public Interactions Interactions { get; } = Subscriptions.Aggregate((Interactions)0, (all, s) => all | s.Definition.Interactions);
}

/// <summary>A change with the key of its resource.</summary>
internal readonly record struct KeyedEvent(FeedEvent Event, long Key, bool Overtaken);

/// <summary>
/// Which changes lead to events: the criteria are asked as the searches that they are, of the changed resources alone; the same criteria once for all who have
/// it. The index knows current versions. A version that was overtaken before the feed came to it, and the last one before a deletion, is asked of a copy
/// of its index rows (<see cref="VersionMatch"/>).
/// </summary>
internal sealed class CriteriaMatch(SubscriptionReader reader, SearchSql plan, VersionMatch versions)
{
    private const int MaxStatements = 100;

    public async Task<List<(int Subscription, FeedEvent Event)>> FindAsync(
        List<FeedEvent> events, IReadOnlyCollection<FollowedSubscription> followed, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var groups = followed.GroupBy(f => (f.Tenant, f.Definition.Type, f.Definition.Query)).Select(g => new CriteriaGroup(g.Key.Tenant, g.Key.Type, g.Key.Query, [.. g]))
            .Where(g => events.Exists(e => Concerns(g, e))).ToList();
        var matched = new HashSet<(CriteriaGroup, long Position)>();
        foreach (var all in groups.Where(g => g.Query.Length == 0))
        {
            matched.UnionWith(events.Where(e => Concerns(all, e)).Select(e => (all, e.Position)));
        }

        var asked = groups.Where(g => g.Query.Length > 0).ToList();
        if (asked.Count > 0)
        {
            var keyed = await KeysAsync(events, connection, ct);
            foreach (var some in asked.Chunk(MaxStatements))
            {
                await AskAsync(some, keyed, matched, connection, ct);
            }

            // Asked again: what is current now was so when the criteria were asked.
            var old = (await KeysAsync(events, connection, ct)).Where(k => k.Overtaken || k.Event.Operation == FeedOperation.Delete).ToList();
            var positions = old.Select(k => k.Event.Position).ToHashSet();
            matched.RemoveWhere(m => positions.Contains(m.Position) && m.Item1.Query.Length > 0);
            await versions.AskAsync(asked, old, matched, connection, transaction, ct);
        }

        var byPosition = events.ToDictionary(e => e.Position);
        return [.. matched.SelectMany(m => m.Item1.Subscriptions.Select(s => (s, Event: byPosition[m.Position])))
            .Where(m => m.s.Definition.Interactions.HasFlag(SubscriptionTopics.Of(m.Event.Operation))).Select(m => (m.s.Number, m.Event))];
    }

    public static bool Concerns(CriteriaGroup group, FeedEvent change) =>
        group.Tenant == change.Tenant && group.Type == change.ResourceType && group.Interactions.HasFlag(SubscriptionTopics.Of(change.Operation));

    private async Task AskAsync(CriteriaGroup[] groups, List<KeyedEvent> events, HashSet<(CriteriaGroup, long)> matched, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        var asked = new List<(CriteriaGroup Group, List<KeyedEvent> Events)>();
        foreach (var group in groups)
        {
            var current = events.Where(e => !e.Overtaken && e.Event.Operation != FeedOperation.Delete && Concerns(group, e.Event)).ToList();
            if (current.Count > 0 && await StatementAsync(group, group.Tenant, [.. current.Select(e => e.Key)], ct) is { } statement)
            {
                batch.BatchCommands.Add(statement);
                asked.Add((group, current));
            }
        }

        if (asked.Count == 0)
        {
            return;
        }

        await using var rows = await batch.ExecuteReaderAsync(ct);
        foreach (var (group, current) in asked)
        {
            var keys = new HashSet<long>();
            while (await rows.ReadAsync(ct))
            {
                keys.Add(rows.GetInt64(0));
            }

            matched.UnionWith(current.Where(e => keys.Contains(e.Key)).Select(e => (group, e.Event.Position)));
            await rows.NextResultAsync(ct);
        }
    }

    /// <summary>The search of a criteria among some keys; null when it has become one that cannot be asked, such as by a parameter that was removed.</summary>
    public async Task<NpgsqlBatchCommand?> StatementAsync(CriteriaGroup group, Tenant tenant, long[] keys, CancellationToken ct)
    {
        var search = reader.Search(group.Type, group.Query);
        if (search.Failed(out _))
        {
            return null;
        }

        var sql = await plan.MatchingAsync(new Caller(tenant, "subscriptions"), search.Value, keys, ct);
        return sql.Failed(out _) ? null : sql.Value.ToBatchCommand();
    }

    private static async Task<List<KeyedEvent>> KeysAsync(List<FeedEvent> events, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select l.position, l.key, c.position from records.log l join records.current c on c.key = l.key where l.position = any($1) order by l.position", connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.Position)] });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var byPosition = events.ToDictionary(e => e.Position);
        var keyed = new List<KeyedEvent>(events.Count);
        while (await rows.ReadAsync(ct))
        {
            keyed.Add(new KeyedEvent(byPosition[rows.GetInt64(0)], rows.GetInt64(1), rows.GetInt64(0) != rows.GetInt64(2)));
        }

        return keyed;
    }
}
