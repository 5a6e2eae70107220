using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// Makes conditional creates exact, in three steps of one commit, all while the head of the log is locked: nothing that matches came since the look; no two
/// sets of the commit ask the same; and after the inserts, nothing that one of the sets wrote matches the condition of a later one.
/// </summary>
internal sealed class ConditionCheck(Catalog catalog, RecentIdentifiers recent)
{
    // What changed since the look is asked for while every other writer waits; a look that is older than this is made again.
    private const long MaxOvertaken = 10_000;

    // The same for the number of questions of one commit, and for each question's time: every other writer waits for the answers.
    private const int MaxAsked = 200;
    private const string Hurry = "set local statement_timeout = '2s'";
    private const string NoHurry = "set local statement_timeout to default";
    private const string ValuesDecidePlans = "set local plan_cache_mode = force_custom_plan";
    private const string OnePlan = "set local plan_cache_mode = force_generic_plan";

    private readonly HashSet<(Tenant, string)> taken = [];
    private readonly HashSet<(Tenant, TypeDefinition)> types = [];
    private readonly Dictionary<ResourceName, int> written = [];
    private readonly HashSet<IdentifierName> identifiers = [];
    private readonly List<(WriteSet Set, WriteCondition Condition, int Order)> later = [];
    private int order;
    private Dictionary<(int Tenant, short Type), long> newest = [];
    private HashSet<WriteSet> overtaken = [];

    public static Failure Overtaken { get; } = new(
        FailureKind.Conflict, "conflict", "Others wrote what this condition looks for while it was looked for. Nothing of this request was stored; send it again.");

    /// <summary>Adds the statement for <see cref="ReadNewestAsync"/>: the last position of every type that conditions look at.</summary>
    public bool AddNewest(NpgsqlBatch batch, IEnumerable<WriteSet> sets)
    {
        var types = sets.SelectMany(s => s.Conditions, (s, c) => (s.Caller.Tenant.Number, Type: catalog.Number(c.Type))).Distinct().ToList();
        if (types.Count == 0)
        {
            return false;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            select t.tenant, t.type, coalesce((select max(l.position) from records.log l where l.tenant = t.tenant and l.type = t.type), 0)
            from unnest($1, $2) t (tenant, type)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<int[]> { TypedValue = [.. types.Select(t => t.Number)] },
                new NpgsqlParameter<short[]> { TypedValue = [.. types.Select(t => t.Type)] },
            },
        });
        return true;
    }

    public async Task ReadNewestAsync(NpgsqlDataReader reader)
    {
        newest = [];
        while (await reader.ReadAsync())
        {
            newest[(reader.GetInt32(0), reader.GetInt16(1))] = reader.GetInt64(2);
        }
    }

    /// <summary>Asks every condition again of what changed since its look. Where its type did not change, or only by writes known not to match, nothing is asked.</summary>
    public async Task LookAgainAsync(NpgsqlConnection connection, IEnumerable<WriteSet> sets, LogHead head)
    {
        var asked = sets.SelectMany(s => s.Conditions, (s, c) => (Set: s, Condition: c))
            .Where(a => newest[(a.Set.Caller.Tenant.Number, catalog.Number(a.Condition.Type))] > a.Condition.Position
                && !recent.Exclude(a.Condition, a.Condition.Position, head.Position)).ToList();
        overtaken = [.. asked.Where(a => head.Position - a.Condition.Position > MaxOvertaken).Select(a => a.Set)];
        overtaken.UnionWith(asked.Skip(MaxAsked).Select(a => a.Set));
        asked.RemoveAll(a => overtaken.Contains(a.Set));
        if (asked.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Hurry));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ValuesDecidePlans));
        foreach (var (_, condition) in asked)
        {
            batch.BatchCommands.Add(await condition.Matches(condition.At, 0));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(OnePlan));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(NoHurry));
        await using var reader = await batch.ExecuteReaderAsync();
        foreach (var (set, _) in asked)
        {
            if (await reader.ReadAsync())
            {
                overtaken.Add(set);
            }

            await reader.NextResultAsync();
        }
    }

    /// <summary>Whether a set's conditions still hold, after all sets that were let in before it.</summary>
    public bool Holds(WriteSet set, Dictionary<ResourceName, CurrentRow> current) =>
        !overtaken.Contains(set) && set.Conditions.All(c => c.Existing is { } existing
            ? current.GetValueOrDefault(new ResourceName(set.Caller.Tenant, catalog.Number(c.Type), existing.Id)) is { Deleted: false } row && row.Version == existing.Version
            : !taken.Contains((set.Caller.Tenant, c.Key)));

    /// <summary>Notes that a set with conditions goes into this commit. Such sets go first, so that the log shows them in an order in which each condition held.</summary>
    public void LetIn(WriteSet set)
    {
        foreach (var condition in set.Conditions)
        {
            if (types.Contains((set.Caller.Tenant, condition.Type)) && !(condition.Identifiers is { } asked && !asked.Any(identifiers.Contains)))
            {
                later.Add((set, condition, order));
            }

            taken.Add((set.Caller.Tenant, condition.Key));
        }

        identifiers.UnionWith(RecentIdentifiers.In([set]));
        foreach (var write in set.Writes)
        {
            types.Add((set.Caller.Tenant, write.Type));
            written.TryAdd(new ResourceName(set.Caller.Tenant, catalog.Number(write.Type), write.Id), order);
        }

        order++;
    }

    /// <summary>Adds the questions for <see cref="ReadClashesAsync"/>, to be asked after the inserts of <paramref name="rows"/> rows.</summary>
    public async Task AddAfterAsync(NpgsqlBatch batch, LogHead head, int rows)
    {
        if (later.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Hurry));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ValuesDecidePlans));
        }

        foreach (var (_, condition, _) in later)
        {
            // The commit's own time is later than all before it, by a microsecond at least.
            batch.BatchCommands.Add(await condition.Matches(head.At.AddMicroseconds(-1), rows));
        }
    }

    /// <summary>Sets with a condition that matches what a set in front of them wrote: they must not be committed together.</summary>
    public async Task<HashSet<WriteSet>> ReadClashesAsync(NpgsqlDataReader reader)
    {
        var clashes = new HashSet<WriteSet>();
        foreach (var (set, condition, place) in later)
        {
            while (await reader.ReadAsync())
            {
                if (written.TryGetValue(new ResourceName(set.Caller.Tenant, catalog.Number(condition.Type), reader.GetString(1)), out var writer) && writer < place)
                {
                    clashes.Add(set);
                }
            }

            await reader.NextResultAsync();
        }

        return clashes;
    }
}
