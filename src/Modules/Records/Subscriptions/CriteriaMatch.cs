using Npgsql;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>A criteria that one or more subscriptions have.</summary>
/// <param name="Caller">Who asks: one of the owners, all of whom may do the same.</param>
internal sealed record CriteriaGroup(Tenant Tenant, Caller Caller, string Type, string Query, IReadOnlyList<FollowedSubscription> Subscriptions)
{
    /// <summary>Whether every resource of the type matches, so that nothing is asked.</summary>
    public bool IsAll => Query.Length == 0 && Caller.Permit.IsEverything;

    public Interactions Interactions { get; } = Subscriptions.Aggregate((Interactions)0, (all, s) => all | s.Definition.Interactions);
}

/// <summary>What a comparison came to.</summary>
/// <param name="Events">Which change is an event of which subscription.</param>
/// <param name="Broken">Subscriptions whose criteria cannot be asked: they are not compared any more.</param>
internal sealed record CriteriaMatches(List<(int Subscription, FeedEvent Event)> Events, List<int> Broken);

/// <summary>A comparison that is under way.</summary>
internal sealed record CriteriaRun(NpgsqlConnection Connection, NpgsqlTransaction Transaction)
{
    public HashSet<(CriteriaGroup Group, long Position)> Matched { get; } = [];

    /// <summary>Criteria that cannot be asked, and why.</summary>
    public Dictionary<CriteriaGroup, string> Broken { get; } = [];

    public void TooSlow(CriteriaGroup group) => Broken[group] = "The criteria take too long to ask.";
}

/// <summary>A change with the key of its resource.</summary>
internal readonly record struct KeyedEvent(FeedEvent Event, long Key, bool Overtaken);

/// <summary>
/// Which changes lead to events: the criteria are asked as the searches that they are, of the changed resources alone; the same criteria once for all who have
/// it. The index knows current versions. A version that was overtaken before the feed came to it, and the last one before a deletion, is asked of a copy
/// of its index rows (<see cref="VersionMatch"/>).
/// </summary>
internal sealed class CriteriaMatch(SubscriptionReader reader, SearchSql plan, VersionMatch versions, ICallers callers)
{
    private const int MaxStatements = 100;
    private const string Savepoint = "criteria";

    // All other subscriptions wait for a criteria.
    private const string Hurry = "set local statement_timeout = '10s'";

    public async Task<CriteriaMatches> FindAsync(
        List<FeedEvent> events, IReadOnlyCollection<FollowedSubscription> followed, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var groups = (await GroupsAsync(followed, ct)).FindAll(g => events.Exists(e => Concerns(g, e)));
        var run = new CriteriaRun(connection, transaction);
        var matched = run.Matched;
        foreach (var all in groups.Where(g => g.IsAll))
        {
            matched.UnionWith(events.Where(e => Concerns(all, e)).Select(e => (all, e.Position)));
        }

        var asked = groups.FindAll(g => !g.IsAll);
        if (asked.Count > 0)
        {
            await using (var hurry = new NpgsqlCommand(Hurry, connection))
            {
                await hurry.ExecuteNonQueryAsync(ct);
            }

            var keyed = await KeysAsync(events, connection, ct);
            foreach (var some in asked.Chunk(MaxStatements))
            {
                await AskAsync(some, keyed, again: false, run, ct);
            }

            // Asked again: what is current now was so when the criteria were asked.
            var old = (await KeysAsync(events, connection, ct)).Where(k => k.Overtaken || k.Event.Operation == FeedOperation.Delete).ToList();
            var positions = old.Select(k => k.Event.Position).ToHashSet();
            matched.RemoveWhere(m => positions.Contains(m.Position) && !m.Group.IsAll);
            await versions.AskAsync(asked.FindAll(g => !run.Broken.ContainsKey(g)), old, run, ct);
            await BreakAsync(run, ct);
        }

        var byPosition = events.ToDictionary(e => e.Position);
        return new CriteriaMatches(
            [.. matched.SelectMany(m => m.Group.Subscriptions.Select(s => (s, Event: byPosition[m.Position])))
                .Where(m => m.s.Definition.Interactions.HasFlag(SubscriptionTopics.Of(m.Event.Operation))).Select(m => (m.s.Number, m.Event))],
            [.. run.Broken.Keys.SelectMany(g => g.Subscriptions.Select(s => s.Number))]);
    }

    // What nobody may see any more, because the owner may not act, is told to nobody.
    private async Task<List<CriteriaGroup>> GroupsAsync(IReadOnlyCollection<FollowedSubscription> followed, CancellationToken ct)
    {
        var owners = new Dictionary<(Tenant, SubscriptionOwner), Caller?>();
        foreach (var subscription in followed)
        {
            if (!owners.ContainsKey((subscription.Tenant, subscription.Owner)))
            {
                owners[(subscription.Tenant, subscription.Owner)] = await callers.FindAsync(subscription.Tenant, subscription.Owner.Actor, subscription.Owner.Delegation, ct);
            }
        }

        return [.. from subscription in followed
                   let caller = owners[(subscription.Tenant, subscription.Owner)]
                   where caller is not null
                   group (subscription, caller) by (subscription.Tenant, subscription.Definition.Type, subscription.Definition.Query, caller.Permit) into same
                   select new CriteriaGroup(same.Key.Tenant, same.First().caller, same.Key.Type, same.Key.Query, [.. same.Select(s => s.subscription)])];
    }

    public static bool Concerns(CriteriaGroup group, FeedEvent change) =>
        group.Tenant == change.Tenant && group.Type == change.ResourceType && group.Interactions.HasFlag(SubscriptionTopics.Of(change.Operation));

    // A criteria that the database refuses, or that takes too long, must not keep the others from being asked. Too long once may be the database's fault.
    private async Task AskAsync(CriteriaGroup[] groups, List<KeyedEvent> events, bool again, CriteriaRun run, CancellationToken ct)
    {
        await run.Transaction.SaveAsync(Savepoint, ct);
        try
        {
            await TryAsync(groups, events, run, ct);
            return;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled || !Failures.IsAway(e))
        {
            await run.Transaction.RollbackAsync(Savepoint, ct);
            if (groups is [var only] && e.SqlState != PostgresErrorCodes.QueryCanceled)
            {
                run.Broken[only] = $"The database refuses the criteria ({e.SqlState}: {e.MessageText}).";
                return;
            }

            if (again)
            {
                run.TooSlow(groups[0]);
                return;
            }
        }

        foreach (var group in groups)
        {
            await AskAsync([group], events, again: groups.Length == 1, run, ct);
        }
    }

    private async Task TryAsync(CriteriaGroup[] groups, List<KeyedEvent> events, CriteriaRun run, CancellationToken ct)
    {
        // The bound is the database's, for each of them.
        await using var batch = new NpgsqlBatch(run.Connection) { Timeout = 0 };
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
                run.Broken[group] = failure.ToString();
                continue;
            }

            batch.BatchCommands.Add(statement.Value);
            asked.Add((group, current));
        }

        if (asked.Count > 0)
        {
            await ReadAsync(batch, asked, run.Matched, ct);
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

        var sql = await plan.MatchingAsync(group.Caller, search.Value, keys, ct);
        return sql.Failed(out failure) ? failure : sql.Value.ToBatchCommand();
    }

    // Such as by a search parameter that was removed. The resource is told by the keeper.
    private static async Task BreakAsync(CriteriaRun run, CancellationToken ct)
    {
        foreach (var (group, problem) in run.Broken)
        {
            await SubscriptionBook.BreakAsync([.. group.Subscriptions.Select(s => s.Number)], problem, run.Connection, ct);
        }
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
