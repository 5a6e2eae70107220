using System.Collections.Concurrent;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Views;
using Salus.Kernel;

namespace Salus.Records.Views;

/// <summary>The stored ViewDefinitions and the state of their tables.</summary>
internal sealed class ViewStore(Database database, FhirDefinitions definitions, ViewSignal signal)
{
    private readonly ConcurrentDictionary<(int Number, int Version), View> compiled = new();

    public async Task<StoredView?> FindAsync(Tenant tenant, string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand($"select {StoredView.Columns} from records.view where tenant = $1 and id = $2");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return (await StoredView.ReadAsync(command, ct)).SingleOrDefault();
    }

    /// <summary>The views of a tenant by id; with an address or a name, those that have it.</summary>
    public async Task<List<StoredView>> ListAsync(Tenant tenant, string? url, string? name, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"select {StoredView.Columns} from records.view where tenant = $1 and ($2::text is null or url = $2) and ($3::text is null or name = $3) order by id");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = url });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = name });
        return await StoredView.ReadAsync(command, ct);
    }

    /// <summary>Stores a view. What its table was goes with its old definition, and an active one gets a new table that is built in the background.</summary>
    /// <returns>The stored view, and whether it was created. Fails when its name is another view's, or when something in the database depends on its table.</returns>
    public async Task<Outcome<(StoredView View, bool Created)>> PutAsync(Tenant tenant, string id, View view, byte[] body, CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var old = await LockAsync(connection, "tenant = $1 and id = $2", [new NpgsqlParameter<int> { TypedValue = tenant.Number }, new NpgsqlParameter<string> { TypedValue = id }], ct);
        if (old is [{ State: not ViewState.Failed } same] && same.Body.AsSpan().SequenceEqual(body))
        {
            return (same, false);
        }

        try
        {
            await DropAsync(connection, old, ct);
            var stored = await WriteAsync(connection, tenant, id, view, body, ct);
            if (stored.State == ViewState.Building)
            {
                await ExecuteAsync(connection, new ViewTable(stored, view).CreateSql, ct);
            }

            await transaction.CommitAsync(ct);
            signal.Set();
            return (stored, old.Count == 0);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Failure(FailureKind.Conflict, "duplicate", $"Another active view is named '{view.Name}'. Choose another name, or set the status of one of them to draft.", "ViewDefinition.name");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
        {
            return Depends(view.Name);
        }
    }

    /// <summary>Removes a view and its table. False when there is none.</summary>
    public async Task<Outcome<bool>> DeleteAsync(Tenant tenant, string id, CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var old = await LockAsync(connection, "tenant = $1 and id = $2", [new NpgsqlParameter<int> { TypedValue = tenant.Number }, new NpgsqlParameter<string> { TypedValue = id }], ct);
        if (old is not [var view])
        {
            return false;
        }

        try
        {
            await DropAsync(connection, old, ct);
            await using var delete = new NpgsqlCommand("delete from records.view where number = $1", connection);
            delete.Parameters.Add(new NpgsqlParameter<int> { TypedValue = view.Number });
            await delete.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
        {
            return Depends(view.Name);
        }
    }

    /// <summary>Views that match, locked until the end of the connection's transaction, in the order of their numbers.</summary>
    /// <param name="condition">SQL of this program.</param>
    public static async Task<List<StoredView>> LockAsync(NpgsqlConnection connection, string condition, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken ct)
    {
#pragma warning disable CA2100 // Conditions are constants.
        await using var command = new NpgsqlCommand($"select {StoredView.Columns} from records.view where {condition}", connection);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        command.CommandText += " order by number for update";
        return await StoredView.ReadAsync(command, ct);
    }

    /// <summary>The compiled view, with its table; null when this version of Salus does not understand it.</summary>
    public View? Compiled(StoredView stored)
    {
        if (compiled.TryGetValue((stored.Number, stored.Version), out var known))
        {
            return known;
        }

        if (!View.TryCompile(stored.Body, definitions, out var view, out _))
        {
            return null;
        }

        // A version that is no longer current is not asked for again.
        foreach (var key in compiled.Keys.Where(k => k.Number == stored.Number))
        {
            compiled.TryRemove(key, out _);
        }

        return compiled[(stored.Number, stored.Version)] = view;
    }

    /// <summary>Makes a complete table readable by its name.</summary>
    public static async Task PublishAsync(NpgsqlConnection connection, StoredView stored, View view, CancellationToken ct)
    {
        await ExecuteAsync(connection, new ViewTable(stored, view).PublishSql, ct);
        await SetAsync(connection, stored, "state = 'ready'", ct);
    }

    /// <summary>Notes why a view cannot be kept, and takes its table away, so that nobody reads what is not kept up to date.</summary>
    public static async Task FailAsync(NpgsqlConnection connection, StoredView stored, string reason, CancellationToken ct)
    {
        await ExecuteAsync(connection, ViewTable.AbandonSql(stored), ct);
        await using var command = new NpgsqlCommand("update records.view set state = 'failed', error = $2 where number = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = stored.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason.Replace("\0", "", StringComparison.Ordinal) });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <param name="set">SQL of this program.</param>
    public static async Task SetAsync(NpgsqlConnection connection, StoredView stored, string set, CancellationToken ct) =>
        await ExecuteAsync(connection, $"update records.view set {set} where number = {stored.Number}", ct);

    /// <summary>Makes the tables of all views of these resource types anew, in the transaction of this connection, because what they may show has changed. A view that something is built on fails, and says so.</summary>
    public async Task RebuildAsync(IReadOnlyCollection<string> types, NpgsqlConnection connection, CancellationToken ct)
    {
        foreach (var stored in await LockAsync(connection, "state in ('building', 'following', 'ready')", [], ct))
        {
            if (Compiled(stored) is not { } view || !types.Contains(view.ResourceType.Name))
            {
                continue;
            }

            await ExecuteAsync(connection, "savepoint rebuild", ct);
            try
            {
                await ExecuteAsync(connection, ViewTable.DropSql(stored), ct);
                await SetAsync(connection, stored, "generation = generation + 1, state = 'building', filled = 0, done = 0, target = 0, error = null", ct);
                await ExecuteAsync(connection, new ViewTable(stored with { Generation = stored.Generation + 1 }, view).CreateSql, ct);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
            {
                await ExecuteAsync(connection, "rollback to savepoint rebuild", ct);
                await FailAsync(connection, stored, "What is sealed has changed, and the table cannot be made anew because something in the database is built on it. Drop that, then store the view again.", ct);
            }

            await ExecuteAsync(connection, "release savepoint rebuild", ct);
        }

        signal.Set();
    }

    private static async Task DropAsync(NpgsqlConnection connection, List<StoredView> old, CancellationToken ct)
    {
        // The name of an inactive one may be another's by now.
        foreach (var view in old.Where(v => v.State != ViewState.Inactive))
        {
            await ExecuteAsync(connection, ViewTable.DropSql(view), ct);
        }
    }

    private static async Task<StoredView> WriteAsync(NpgsqlConnection connection, Tenant tenant, string id, View view, byte[] body, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into records.view (tenant, id, version, at, url, name, status, body, generation, state, total)
            values ($1, $2, 1, now(), $3, $4, $5, $6, 1, $7, (select coalesce(sum(c.count), 0) from records.type_count c join records.resource_type t on t.id = c.type where c.tenant = $1 and t.name = $8))
            on conflict (tenant, id) do update set version = records.view.version + 1, at = excluded.at, url = excluded.url, name = excluded.name, status = excluded.status, body = excluded.body,
                generation = records.view.generation + 1, state = excluded.state, total = excluded.total, filled = 0, done = 0, target = 0, error = null
            returning {StoredView.Columns}
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = view.Url });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = view.Name });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = view.Status });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Status == "active" ? "building" : "inactive" });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.ResourceType.Name });
        return (await StoredView.ReadAsync(command, ct)).Single();
    }

    private static Failure Depends(string? name) => new(
        FailureKind.Conflict, "conflict", $"Something in the database, such as a view of somebody's own, is built on views.\"{name}\". Drop it there first; nothing was changed.");

    internal static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // Names are made of numbers and of what ViewTable checks.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
