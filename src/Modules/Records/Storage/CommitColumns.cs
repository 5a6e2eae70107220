using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>All rows of one commit, as columns: the log, the current versions, the index. Fails sets whose expected versions do not hold.</summary>
internal sealed class CommitColumns(Catalog catalog, KnownValues known, LogHead head, Dictionary<ResourceName, CurrentRow> current)
{
    private readonly IndexColumns index = new(catalog, known.Contains);
    private readonly List<long> positions = [];
    private readonly List<long> keys = [];
    private readonly List<int> tenants = [];
    private readonly List<int> versions = [];
    private readonly List<short> types = [];
    private readonly List<short> operations = [];
    private readonly List<string> ids = [];
    private readonly List<string> actors = [];
    private readonly List<string?> delegations = [];
    private readonly List<byte[]?> bodies = [];
    private readonly List<string> exacts = [];
    private readonly List<short> policies = [];
    private readonly List<string> patients = [];
    private readonly List<short> labels = [];
    private readonly List<long> changed = [];

    public int Count => positions.Count;

    /// <summary>What this commit makes known.</summary>
    public IReadOnlyCollection<(int Tenant, string Value)> FreshValues => index.FreshValues;

    /// <summary>The last position of this commit.</summary>
    public long Position { get; private set; } = head.Position;

    /// <summary>The position of the last write of a SearchParameter: from now on, index rows are made with what it says.</summary>
    public long Definitions { get; private set; } = head.Definitions;

    /// <summary>Takes a set in, or says why it does not hold; then nothing of it is taken.</summary>
    public Outcome<Committed[]> Add(WriteSet set)
    {
        foreach (var write in set.Writes)
        {
            var found = Current(set, write);
            if (found.Version != write.Expected)
            {
                return new Failure(
                    FailureKind.Conflict, "conflict",
                    $"{write.Type.Name}/{write.Id} is at version {found.Version} and was expected at {write.Expected}: somebody changed it meanwhile. Read it again, then repeat the change.");
            }
        }

        var committed = new Committed[set.Writes.Count];
        for (var i = 0; i < committed.Length; i++)
        {
            committed[i] = Add(set, set.Writes[i]);
        }

        return committed;
    }

    /// <summary>Adds the statements of the commit, one per table.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        // The new tops of the log: a resource is inserted or moved on. Deletions stay as rows, so that versions go on after them, and belong to whom the resource belonged to.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            with written as (
                insert into records.log (position, key, tenant, version, type, operation, id, actor, body, checked, patients, label, delegation, at)
                select u.position, u.key, u.tenant, u.version, u.type, u.operation, u.id, u.actor, u.body, u.checked,
                    case when u.operation = 2 then (select c.patients from records.current c where c.key = u.key) else string_to_array(u.patients, chr(30)) end,
                    case when u.operation = 2 then (select c.label from records.current c where c.key = u.key) else u.label end, u.delegation, $10
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $12, $13, $14, $15) u (position, key, tenant, version, type, operation, id, actor, body, checked, patients, label, delegation))
            insert into records.current (key, position, tenant, version, type, deleted, id, at, exact, patients, label)
            select u.key, u.position, u.tenant, u.version, u.type, u.operation = 2, u.id, $10, array_to_tsvector(string_to_array(u.exact, chr(30))), string_to_array(u.patients, chr(30)), u.label
            from unnest($1, $2, $3, $4, $5, $6, $7, $11, $13, $14) u (position, key, tenant, version, type, operation, id, exact, patients, label)
            on conflict (key) do update set
                position = excluded.position, version = excluded.version, deleted = excluded.deleted, at = excluded.at, exact = excluded.exact,
                patients = case when excluded.deleted then current.patients else excluded.patients end, label = case when excluded.deleted then current.label else excluded.label end
            """)
        {
            Parameters =
            {
                IndexColumns.Column(positions), IndexColumns.Column(keys), IndexColumns.Column(tenants), IndexColumns.Column(versions),
                IndexColumns.Column(types), IndexColumns.Column(operations), IndexColumns.Column(ids), IndexColumns.Column(actors),
                new NpgsqlParameter<byte[]?[]> { TypedValue = [.. bodies], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new NpgsqlParameter<DateTime> { TypedValue = head.At },
                IndexColumns.Column(exacts), IndexColumns.Column(policies), IndexColumns.Column(patients), IndexColumns.Column(labels),
                new NpgsqlParameter<string?[]> { TypedValue = [.. delegations], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        });
        if (changed.Count > 0)
        {
            foreach (var table in IndexTables)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand($"delete from records.{table} where key = any($1)") { Parameters = { IndexColumns.Column(changed) } });
            }
        }

        index.AddTo(batch);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update records.head set position = $1, at = $2, definitions = $3")
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = Position }, new NpgsqlParameter<DateTime> { TypedValue = head.At }, new NpgsqlParameter<long> { TypedValue = Definitions },
            },
        });
    }

    internal static readonly string[] IndexTables = ["index_string", "index_date", "index_amount", "index_composite", "index_text"];

    private CurrentRow Current(WriteSet set, PendingWrite write) =>
        write.Fresh ? default : current.GetValueOrDefault(new ResourceName(set.Caller.Tenant, catalog.Number(write.Type), write.Id));

    private Committed Add(WriteSet set, PendingWrite write)
    {
        var before = Current(set, write);
        var type = catalog.Number(write.Type);
        var position = ++Position;
        var key = before.Version == 0 ? position : before.Key;
        var deleted = write.Operation == FeedOperation.Delete;
        if (write.Type.Name == "SearchParameter")
        {
            Definitions = position;
        }

        positions.Add(position);
        keys.Add(key);
        tenants.Add(set.Caller.Tenant.Number);
        versions.Add(write.Version);
        types.Add(type);
        operations.Add((short)write.Operation);
        ids.Add(write.Id);
        actors.Add(set.Caller.Actor);
        delegations.Add(set.Caller.Delegation);
        bodies.Add(deleted ? null : Stamped(write));
        exacts.Add(write.Index.Exact);
        policies.Add((short)write.Checked);
        patients.Add(write.Index.Belonging.Joined);
        labels.Add((short)write.Index.Belonging.Label);
        if (before.Version > 0 && !before.Deleted)
        {
            changed.Add(key);
        }

        if (!deleted)
        {
            index.Add(set.Caller.Tenant, key, write.Values, write.Strings);
        }

        if (!write.Fresh)
        {
            current[new ResourceName(set.Caller.Tenant, type, write.Id)] = new CurrentRow(key, write.Version, deleted)
            {
                Patients = before.Patients is { Count: > 0 } was ? [.. was.Union(write.Index.Belonging.Patients)] : write.Index.Belonging.Patients,
            };
        }

        return new Committed(position, write.Version, new DateTimeOffset(head.At, TimeSpan.Zero));
    }

    private byte[] Stamped(PendingWrite write)
    {
        ResourceRewriter.Stamp(write.Body.Span, write.StampOffset, new DateTimeOffset(head.At, TimeSpan.Zero));
        var stored = write.Stored.ToArray();
        if (write.Sealed is { } form)
        {
            ResourceRewriter.Stamp(stored, form.StampOffset, new DateTimeOffset(head.At, TimeSpan.Zero));
        }

        return stored;
    }
}
