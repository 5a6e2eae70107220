using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Asks criteria of versions that are not current any more: their index rows are made again beside the real ones, for tenants that nobody has, searched as all
/// others, and taken back before anybody sees them. Links lead to other resources, which those tenants do not have; criteria with links are asked of the
/// resource as it is now.
/// </summary>
internal sealed class VersionMatch(FhirDefinitions definitions, Catalog catalog, IndexEntries entries, SubscriptionReader reader, SearchSql plan)
{
    private const string Savepoint = "versions";
    private const string Attempt = "attempt";
    private const int MaxStatements = 100;

    private sealed record OldVersion(KeyedEvent Event, Tenant Place, string Id, IndexEntry Index)
    {
        // Keys are positions: negative ones are free.
        public long Key => -Event.Event.Position;
    }

    public async Task AskAsync(List<CriteriaGroup> groups, List<KeyedEvent> events, CriteriaRun run, CancellationToken ct)
    {
        var concerned = events.Where(e => groups.Exists(g => CriteriaMatch.Concerns(g, e.Event))).ToList();
        if (concerned.Count == 0)
        {
            return;
        }

        // An id is there once in a tenant. Unless it is asked for, versions of one resource are apart by their ids, so that one search does for all.
        var old = await ReadAsync(concerned, apart: groups.Exists(g => g.Query.Contains("_id", StringComparison.Ordinal)), run.Connection, ct);
        await run.Transaction.SaveAsync(Savepoint, ct);
        await InsertAsync(old, run.Connection, ct);
        var questions = groups.SelectMany(g => old.Where(o => CriteriaMatch.Concerns(g, o.Event.Event)).GroupBy(o => o.Place).Select(o => (Group: g, Place: o.Key, Versions: o.ToList())));
        foreach (var some in questions.Chunk(MaxStatements))
        {
            await TryAsync(some, again: false, run, ct);
        }

        await run.Transaction.RollbackAsync(Savepoint, ct);
    }

    // What the database refuses has no match; that it refuses shows, and is told, when the same is asked of current versions. What is too slow would be so again and again.
    private async Task TryAsync((CriteriaGroup Group, Tenant Place, List<OldVersion> Versions)[] questions, bool again, CriteriaRun run, CancellationToken ct)
    {
        await run.Transaction.SaveAsync(Attempt, ct);
        try
        {
            await SearchAsync(questions, run.Matched, run.Connection, ct);
            return;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled || !Failures.IsAway(e))
        {
            await run.Transaction.RollbackAsync(Attempt, ct);
            var slow = e.SqlState == PostgresErrorCodes.QueryCanceled;
            if (slow && again)
            {
                run.TooSlow(questions[0].Group);
            }

            if (questions.Length == 1 && (again || !slow))
            {
                return;
            }
        }

        foreach (var question in questions.Where(q => !run.Broken.ContainsKey(q.Group)))
        {
            await TryAsync([question], again: questions.Length == 1, run, ct);
        }
    }

    private async Task SearchAsync((CriteriaGroup Group, Tenant Place, List<OldVersion> Versions)[] questions, HashSet<(CriteriaGroup, long)> matched, NpgsqlConnection connection, CancellationToken ct)
    {
        // The bound is the database's, for each of them.
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        var asked = new List<(CriteriaGroup Group, bool Linked, List<OldVersion> Versions)>();
        foreach (var (group, place, versions) in questions)
        {
            var search = reader.Search(group.Type, group.Query);
            if (search.Failed(out _))
            {
                continue;
            }

            var linked = search.Value.Criteria.Exists(IsLinked);
            var keys = versions.ConvertAll(v => linked ? v.Event.Key : v.Key);
            var sql = await plan.MatchingAsync(group.Caller, search.Value, [.. keys], ct, linked ? null : place);
            if (!sql.Failed(out _))
            {
                batch.BatchCommands.Add(sql.Value.ToBatchCommand());
                asked.Add((group, linked, versions));
            }
        }

        if (asked.Count == 0)
        {
            return;
        }

        await using var rows = await batch.ExecuteReaderAsync(ct);
        foreach (var (group, linked, versions) in asked)
        {
            var keys = new HashSet<long>();
            while (await rows.ReadAsync(ct))
            {
                keys.Add(rows.GetInt64(0));
            }

            matched.UnionWith(versions.Where(v => keys.Contains(linked ? v.Event.Key : v.Key)).Select(v => (group, v.Event.Event.Position)));
            await rows.NextResultAsync(ct);
        }
    }

    private static bool IsLinked(Criterion criterion) => criterion switch
    {
        LinkedCriterion => true,
        WholeCriterion whole => whole.Alternatives.Any(a => a.Any(IsLinked)),
        _ => criterion.Name is "_list",
    };

    // Of a deletion, the version before it.
    private async Task<List<OldVersion>> ReadAsync(List<KeyedEvent> events, bool apart, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select u.position, l.body from unnest($1, $2, $3) u (position, key, version) join records.log l on l.key = u.key and l.version = u.version where l.body is not null", connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.Event.Position)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.Key)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. events.Select(e => e.Event.Operation == FeedOperation.Delete ? e.Event.Version - 1 : e.Event.Version)] });
        var bodies = new List<(KeyedEvent Event, byte[] Body)>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                bodies.Add((events.First(e => e.Event.Position == rows.GetInt64(0)), rows.GetFieldValue<byte[]>(1)));
            }
        }

        var old = new List<OldVersion>();
        var places = new Dictionary<long, int>();
        foreach (var (change, body) in bodies)
        {
            if (ResourceReader.TryRead(body, definitions, out var document, out _) && await entries.OfAsync(document.Root, ct) is var index && !index.Failed(out _))
            {
                var place = apart ? places[change.Key] = places.GetValueOrDefault(change.Key) + 1 : 0;
                old.Add(new OldVersion(change, new Tenant(int.MinValue + place), apart ? change.Event.Id : FormattableString.Invariant($"{change.Event.Id} {change.Event.Position}"), index.Value));
            }
        }

        return old;
    }

    private async Task InsertAsync(List<OldVersion> old, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into records.current (key, position, tenant, version, type, deleted, id, at, exact, patients, label)
            select u.key, u.position, u.tenant, u.version, u.type, false, u.id, u.at, array_to_tsvector(string_to_array(u.exact, chr(30))), string_to_array(u.patients, chr(30)), u.label
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) u (key, position, tenant, version, type, id, at, exact, patients, label)
            """)
        {
            Parameters =
            {
                IndexColumns.Column(old.ConvertAll(o => o.Key)), IndexColumns.Column(old.ConvertAll(o => o.Event.Event.Position)), IndexColumns.Column(old.ConvertAll(o => o.Place.Number)),
                IndexColumns.Column(old.ConvertAll(o => o.Event.Event.Version)), IndexColumns.Column(old.ConvertAll(o => catalog.Number(o.Event.Event.ResourceType))),
                IndexColumns.Column(old.ConvertAll(o => o.Id)), IndexColumns.Column(old.ConvertAll(o => o.Event.Event.At.UtcDateTime)), IndexColumns.Column(old.ConvertAll(o => o.Index.Exact)),
                IndexColumns.Column(old.ConvertAll(o => o.Index.Belonging.Joined)), IndexColumns.Column(old.ConvertAll(o => (short)o.Index.Belonging.Label)),
            },
        });
        // Their texts came with the versions themselves. To add them here would make commits wait.
        var columns = new IndexColumns(catalog, _ => true);
        old.ForEach(o => columns.Add(o.Place, o.Key, o.Index.Values, o.Index.Strings));
        columns.AddTo(batch);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
