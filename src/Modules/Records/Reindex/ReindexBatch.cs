using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Reindex;

/// <summary>A resource as a batch found it.</summary>
internal sealed record StoredVersion(long Key, long Position, int Tenant, string Id, byte[] Body);

/// <summary>
/// Indexes some resources of a type again. Their index rows are made without any lock; the rows of <c>records.current</c> are locked for the writing alone,
/// and a resource that changed meanwhile is left as its own commit made it. The lock of the log's head is never taken.
/// </summary>
internal sealed class ReindexBatch(Database database, FhirDefinitions definitions, Catalog catalog, IndexEntries entries, VersionBelongings versions)
{
    private const int Size = 200;

    private const string Resources =
        """
        with recursive tenant (number) as (
            (select min(tenant) from records.current)
            union all
            select (select min(c.tenant) from records.current c where c.tenant > t.number) from tenant t where t.number is not null)
        select c.key, c.position, c.tenant, c.id, l.body
        from (select c.key, c.position, c.tenant, c.id from tenant t
              cross join lateral (
                  select * from records.current i
                  where i.tenant = t.number and i.type = $1 and not i.deleted and i.key > $2 order by i.key limit $3) c
              order by c.key limit $3) c
        join records.log l on l.position = c.position where l.body is not null order by c.key
        """;

    /// <summary>Does the next resources of a job and notes how far it is, in one transaction that the caller commits. Returns how many there were; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">A resource cannot be indexed; the message names it.</exception>
    public async Task<int> RunAsync(ReindexProgress job, NpgsqlConnection connection, CancellationToken ct)
    {
        await LockBodiesAsync(connection, ct);
        var found = await ReadAsync(job, connection, ct);
        if (found.Count == 0)
        {
            return 0;
        }

        var made = new Dictionary<long, IndexEntry>();
        foreach (var resource in found)
        {
            made.Add(resource.Key, await EntryAsync(job, resource, ct));
        }

        await LearnTextsAsync(database, found.Select(r => (new Tenant(r.Tenant), made[r.Key])), ct);
        var positions = await LockAsync([.. found.Select(r => r.Key)], connection, ct);
        // A row that somebody is writing at this moment is waited for by coming again: to wait here, with others locked, would be a deadlock.
        var done = found.TakeWhile(r => positions.ContainsKey(r.Key)).ToList();
        await WriteAsync(job, [.. done.Where(r => positions[r.Key] == r.Position)], made, done.Count > 0 ? done[^1].Key : job.After, done.Count, connection, ct);
        return found.Count;
    }

    private async Task<List<StoredVersion>> ReadAsync(ReindexProgress job, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Resources, connection);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(job.ResourceType) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = job.After });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Size });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<StoredVersion>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(new StoredVersion(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4)));
        }

        return found;
    }

    private async Task<IndexEntry> EntryAsync(ReindexProgress job, StoredVersion resource, CancellationToken ct)
    {
        if (!ResourceReader.TryRead(resource.Body, definitions, out var document, out var issue))
        {
            throw new InvalidDataException($"{job.ResourceType}/{resource.Id} cannot be read: {issue.Message}");
        }

        var entry = await entries.OfAsync(document.Root, ct);
        return entry.Failed(out var failure) ? throw new InvalidDataException($"{job.ResourceType}/{resource.Id}: {failure}") : entry.Value;
    }

    // Each by itself and committed before a row is locked: a text that a commit is just adding is waited for here, where nobody waits for us.
    internal static async Task LearnTextsAsync(Database database, IEnumerable<(Tenant Tenant, IndexEntry Entry)> entries, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        var texts = entries.SelectMany(e => e.Entry.Strings.Select(s => (Tenant: e.Tenant.Number, s.Value))).Distinct().ToList();
        var missing = new List<(int Tenant, string Value)>();
        await using (var look = new NpgsqlCommand(
            "select t.tenant, t.value from unnest($1, $2) t (tenant, value) where not exists (select from records.string_value v where v.tenant = t.tenant and v.value = t.value)", connection))
        {
            look.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. texts.Select(t => t.Tenant)] });
            look.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts.Select(t => t.Value)] });
            await using var reader = await look.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                missing.Add((reader.GetInt32(0), reader.GetString(1)));
            }
        }

        foreach (var (tenant, value) in missing)
        {
            await using var add = new NpgsqlBatch(connection);
            // Whatever bears its number is committed later, and lost with it.
            add.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('synchronous_commit', 'off', true)"));
            add.BatchCommands.Add(new NpgsqlBatchCommand("insert into records.string_value (tenant, value) values ($1, $2) on conflict do nothing")
            {
                Parameters = { new NpgsqlParameter<int> { TypedValue = tenant }, new NpgsqlParameter<string> { TypedValue = value } },
            });
            await add.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>One at a time, of this and of sealing again: each makes index rows of bodies that the other one may be changing.</summary>
    internal static async Task LockBodiesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('salus.records.bodies', 0))", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Locks the current rows of these keys, except those that somebody else is writing, and gives their positions.</summary>
    internal static async Task<Dictionary<long, long>> LockAsync(long[] keys, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select key, position from records.current where key = any($1) order by key for update skip locked", connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = keys });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var positions = new Dictionary<long, long>();
        while (await reader.ReadAsync(ct))
        {
            positions.Add(reader.GetInt64(0), reader.GetInt64(1));
        }

        return positions;
    }

    /// <summary>Puts these index rows in place of those that the resources have. Their current rows are locked.</summary>
    internal static void AddIndex(NpgsqlBatch batch, Catalog catalog, List<(long Key, Tenant Tenant, IndexEntry Entry)> resources)
    {
        var keys = IndexColumns.Column(resources.ConvertAll(r => r.Key));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update records.current c set exact = n.exact, patients = n.patients, label = n.label
            from (select u.key, array_to_tsvector(string_to_array(u.exact, chr(30))) as exact, string_to_array(u.patients, chr(30)) as patients, u.label from unnest($1, $2, $3, $4) u (key, exact, patients, label)) n
            where c.key = n.key and (c.exact <> n.exact or c.patients is distinct from n.patients or c.label is distinct from n.label)
            """)
        {
            Parameters =
            {
                keys, IndexColumns.Column(resources.ConvertAll(r => r.Entry.Exact)), IndexColumns.Column(resources.ConvertAll(r => r.Entry.Belonging.Joined)),
                IndexColumns.Column(resources.ConvertAll(r => (short)r.Entry.Belonging.Label)),
            },
        });
        foreach (var table in CommitColumns.IndexTables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"delete from records.{table} where key = any($1)") { Parameters = { keys.Clone() } });
        }

        var columns = new IndexColumns(catalog, _ => false);
        resources.ForEach(r => columns.Add(r.Tenant, r.Key, r.Entry.Values, r.Entry.Strings));
        columns.AddTo(batch);
    }

    private async Task WriteAsync(
        ReindexProgress job, List<StoredVersion> resources, Dictionary<long, IndexEntry> made, long after, int done, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (resources.Count > 0)
        {
            AddIndex(batch, catalog, [.. resources.Select(r => (r.Key, new Tenant(r.Tenant), made[r.Key]))]);
            batch.BatchCommands.Add(await versions.UpdateAsync(connection, [.. resources.Select(r => r.Key)], ct));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("update records.reindex set after = $2, done = done + $3, updated_at = clock_timestamp(), problem = null where resource_type = $1")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = job.ResourceType }, new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = done },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}
