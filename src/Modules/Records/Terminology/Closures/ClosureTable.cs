using Npgsql;
using Salus.Kernel;
using Salus.Records.Terminology.Calls;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Closures;

/// <summary>What is new in a closure table.</summary>
/// <param name="Version">The version it has now.</param>
/// <param name="Links">The concepts that stand below another, with it.</param>
internal sealed record ClosureDelta(int Version, IReadOnlyList<ClosureLink> Links);

/// <summary>A concept that another one subsumes.</summary>
internal readonly record struct ClosureLink(string System, string Code, string Ancestor);

/// <summary>The closure tables of clients, in <c>records.closure*</c>. Each call that adds concepts makes a new version.</summary>
internal sealed class ClosureTable(Database database)
{
    /// <summary>Begins a table, or begins it again.</summary>
    public async Task<Outcome<ClosureDelta>> BeginAsync(Tenant tenant, string name, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, "delete from records.closure where tenant = $1 and name = $2", tenant, name);
        Add(batch, "insert into records.closure (tenant, name, version) values ($1, $2, 1)", tenant, name);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return new ClosureDelta(1, []);
    }

    /// <summary>What came after a version. Fails with NotFound.</summary>
    public async Task<Outcome<ClosureDelta>> SinceAsync(Tenant tenant, string name, int version, CancellationToken ct)
    {
        await using var batch = database.For(tenant).Source.CreateBatch();
        Add(batch, "select version from records.closure where tenant = $1 and name = $2", tenant, name);
        Add(batch, "select system, code, ancestor from records.closure_link where tenant = $1 and name = $2 and version > $3 order by version, system, code, ancestor", tenant, name)
            .Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return Unknown(name);
        }

        var current = reader.GetInt32(0);
        await reader.NextResultAsync(ct);
        var links = new List<ClosureLink>();
        while (await reader.ReadAsync(ct))
        {
            links.Add(new ClosureLink(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return new ClosureDelta(current, links);
    }

    /// <summary>Adds concepts; returns what follows from them and those before. Fails where a code system is not here or has no such code, and adds nothing.</summary>
    public async Task<Outcome<ClosureDelta>> AddAsync(TerminologyView view, string name, IReadOnlyList<GivenCode> concepts, CancellationToken ct)
    {
        // Before a connection is held: whoever waits for the row of the table holds one too, and all of them together are the pool.
        var systems = await SystemsAsync(view, concepts, ct);
        if (systems.Failed(out var failure))
        {
            return failure;
        }

        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var look = new NpgsqlCommand("select version from records.closure where tenant = $1 and name = $2 for update", connection, transaction);
        Name(look.Parameters, view.Tenant, name);
        if (await look.ExecuteScalarAsync(ct) is not int version)
        {
            return Unknown(name);
        }

        var members = await MembersAsync(connection, view.Tenant, name, ct);
        var fresh = concepts.Where(c => !members.Exists(m => m.System == c.System && m.Code == c.Code)).DistinctBy(c => (c.System, c.Code)).ToList();
        var all = members.Concat(fresh).ToList();
        var links = fresh.GroupBy(c => (c.System, c.Version))
            .SelectMany(g => Links(systems.Value[(g.Key.System!, g.Key.Version)], [.. g.Select(c => c.Code)], [.. all.Where(m => m.System == g.Key.System).Select(m => m.Code)])).Distinct().ToList();
        if (fresh.Count > 0)
        {
            await SaveAsync(connection, transaction, view.Tenant, name, ++version, fresh, links, ct);
        }

        await transaction.CommitAsync(ct);
        return new ClosureDelta(version, links);
    }

    private static async Task<Outcome<Dictionary<(string Url, string? Version), CodeSystem>>> SystemsAsync(TerminologyView view, IReadOnlyList<GivenCode> concepts, CancellationToken ct)
    {
        var systems = new Dictionary<(string, string?), CodeSystem>();
        foreach (var group in concepts.GroupBy(c => (c.System, c.Version)))
        {
            var found = await view.SystemAsync(group.Key.System!, group.Key.Version, ct);
            if (found.Failed(out var failure) || Missing(found.Value, group) is { } missing && (failure = missing) is not null)
            {
                return failure;
            }

            systems.Add((group.Key.System!, group.Key.Version), found.Value);
        }

        return systems;
    }

    private static Failure? Missing(CodeSystem system, IEnumerable<GivenCode> codes) => codes.FirstOrDefault(c => system.Find(c.Code) < 0) is { } missing
        ? new Failure(FailureKind.NotFound, "not-found", $"There is no code '{missing.Code}' in {system.Header.Canonical}. Nothing was added to the closure table.", "concept")
        : null;

    private static IEnumerable<ClosureLink> Links(CodeSystem system, HashSet<string> fresh, HashSet<string> all)
    {
        var places = all.Select(system.Find).Where(p => p >= 0).ToList();
        foreach (var code in fresh)
        {
            var place = system.Find(code);
            var above = system.Above(place);
            foreach (var other in places.Where(p => p != place))
            {
                if (above[other])
                {
                    yield return new ClosureLink(system.Url, code, system.Code(other));
                }
                else if (system.IsBelow(other, place))
                {
                    yield return new ClosureLink(system.Url, system.Code(other), code);
                }
            }
        }
    }

    private static async Task<List<GivenCode>> MembersAsync(NpgsqlConnection connection, Tenant tenant, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select system, code, system_version from records.closure_concept where tenant = $1 and name = $2", connection);
        Name(command.Parameters, tenant, name);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var members = new List<GivenCode>();
        while (await reader.ReadAsync(ct))
        {
            members.Add(new GivenCode(reader.GetString(0), reader.GetString(2), reader.GetString(1), null));
        }

        return members;
    }

    private static async Task SaveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant tenant, string name, int version, List<GivenCode> fresh, List<ClosureLink> links, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, "update records.closure set version = $3 where tenant = $1 and name = $2", tenant, name).Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
        var concepts = Add(batch, "insert into records.closure_concept (tenant, name, system, code, system_version) select $1, $2, * from unnest($3, $4, $5)", tenant, name).Parameters;
        concepts.Add(Texts(fresh.Select(c => c.System!)));
        concepts.Add(Texts(fresh.Select(c => c.Code)));
        concepts.Add(Texts(fresh.Select(c => c.Version ?? "")));
        var added = Add(
            batch, "insert into records.closure_link (tenant, name, system, code, ancestor, version) select $1, $2, u.*, $6 from unnest($3, $4, $5) u on conflict do nothing", tenant, name).Parameters;
        added.Add(Texts(links.Select(l => l.System)));
        added.Add(Texts(links.Select(l => l.Code)));
        added.Add(Texts(links.Select(l => l.Ancestor)));
        added.Add(new NpgsqlParameter<int> { TypedValue = version });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<string[]> Texts(IEnumerable<string> texts) => new() { TypedValue = [.. texts] };

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, Tenant tenant, string name)
    {
#pragma warning disable CA2100 // Texts of this file.
        var command = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        Name(command.Parameters, tenant, name);
        batch.BatchCommands.Add(command);
        return command;
    }

    private static void Name(NpgsqlParameterCollection parameters, Tenant tenant, string name)
    {
        parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
    }

    private static Failure Unknown(string name) => new(
        FailureKind.NotFound, "not-found", $"There is no closure table '{name}'. Begin it by calling $closure with its name alone.", "name");
}
