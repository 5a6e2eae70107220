using Npgsql;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

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
    private const string Savepoint = "criteria";

    // All other subscriptions wait for a criteria.
    private const string Hurry = "set local statement_timeout = '10s'";

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
            await using (var hurry = new NpgsqlCommand(Hurry, connection))
            {
                await hurry.ExecuteNonQueryAsync(ct);
            }

            var keyed = await KeysAsync(events, connection, ct);
            foreach (var some in asked.Chunk(MaxStatements))
            {
                await AskAsync(some, keyed, matched, connection, transaction, ct);
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

    // A criteria that the database refuses, or that takes too long, must not keep the others from being asked.
    private async Task AskAsync(
        CriteriaGroup[] groups, List<KeyedEvent> events, HashSet<(CriteriaGroup, long)> matched, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await transaction.SaveAsync(Savepoint, ct);
        try
        {
            await TryAsync(groups, events, matched, connection, ct);
            return;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled || !Failures.IsAway(e))
        {
            await transaction.RollbackAsync(Savepoint, ct);
            if (groups is [var only])
            {
                await BreakAsync(only, e.SqlState == PostgresErrorCodes.QueryCanceled ? "The criteria take too long to ask." : $"The database refuses the criteria ({e.SqlState}: {e.MessageText}).", connection, ct);
                return;
            }
        }

        foreach (var group in groups)
        {
            await AskAsync([group], events, matched, connection, transaction, ct);
        }
    }

    private async Task TryAsync(CriteriaGroup[] groups, List<KeyedEvent> events, HashSet<(CriteriaGroup, long)> matched, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        var asked = new List<(CriteriaGroup Group, List<KeyedEvent> Events)>();
        foreach (var group in groups)
        {
            var current = events.Where(e => !e.Overtaken && e.Event.Operation != FeedOperation.Delete && Concerns(group, e.Event)).ToList();
            if (current.Count == 0)
            {
                continue;
            }

            var statement = await StatementAsync(group, [.. current.Select(e => e.Key)], ct);
            if (statement.Failed(out var failure))
            {
                await BreakAsync(group, failure.ToString(), connection, ct);
                continue;
            }

            batch.BatchCommands.Add(statement.Value);
            asked.Add((group, current));
        }

        if (asked.Count > 0)
        {
            await ReadAsync(batch, asked, matched, ct);
        }
    }

    private static async Task ReadAsync(NpgsqlBatch batch, List<(CriteriaGroup Group, List<KeyedEvent> Events)> asked, HashSet<(CriteriaGroup, long)> matched, CancellationToken ct)
    {
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

    private async Task<Outcome<NpgsqlBatchCommand>> StatementAsync(CriteriaGroup group, long[] keys, CancellationToken ct)
    {
        var search = reader.Search(group.Type, group.Query);
        if (search.Failed(out var failure))
        {
            return failure;
        }

        var sql = await plan.MatchingAsync(new Caller(group.Tenant, "subscriptions"), search.Value, keys, ct);
        return sql.Failed(out failure) ? failure : sql.Value.ToBatchCommand();
    }

    // Such as by a search parameter that was removed. The resource is told by the keeper.
    private static async Task BreakAsync(CriteriaGroup group, string problem, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update records.subscription set problem = $2 where number = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. group.Subscriptions.Select(s => s.Number)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = problem });
        await command.ExecuteNonQueryAsync(ct);
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
