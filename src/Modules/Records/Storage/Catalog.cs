using System.Collections.Concurrent;
using System.Collections.Frozen;
using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Sealing;

namespace Salus.Records.Storage;

/// <summary>The numbers that stand for names in the tables: resource types, search parameters and sets of them, code systems.</summary>
/// <param name="seals">Opens bodies and knows the words of sealed values; null where nothing is sealed.</param>
internal sealed class Catalog(Database database, SearchParameterSet parameters, Seals? seals = null)
{
    // All of them, always: a record uses hundreds, at about 150 bytes each.
    private readonly ConcurrentDictionary<string, int> systems = new(StringComparer.Ordinal);
    private FrozenDictionary<string, short> types = FrozenDictionary<string, short>.Empty;
    private FrozenDictionary<short, string> typeNames = FrozenDictionary<short, string>.Empty;
    private int[][] parameterIds = [.. Enumerable.Range(0, IndexContents.Facets).Select(_ => Array.Empty<int>())];

    /// <summary>Opens bodies, and knows the words of sealed values; null where nothing is sealed.</summary>
    public Seals? Seals => seals;

    public ParameterSets ParameterSets { get; } = new(database);

    public Units Units { get; } = new(database);

    /// <summary>Loads the numbers, adding the names that this version of Salus knows and the database does not.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(connection, ct);
        await AddTypesAsync(connection, ct);
        await ReadAsync(connection, await CatalogParameters.AddAsync(connection, parameters.Current, ct), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Keeps all other processes from adding names until the transaction of this connection ends.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('salus.records.catalog', 0))", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Loads the numbers as this connection sees them, and changes nothing.</summary>
    /// <exception cref="CannotStartException">A name that this version of Salus knows has no number yet.</exception>
    public async Task ReadAsync(NpgsqlConnection connection, CancellationToken ct) => await ReadAsync(connection, await CatalogParameters.ReadAsync(connection, ct), ct);

    private async Task ReadAsync(NpgsqlConnection connection, Dictionary<ParameterName, int> numbers, CancellationToken ct)
    {
        types = (await ReadAsync(connection, "select name, id from records.resource_type", r => (r.GetString(0), r.GetInt16(1)), ct))
            .ToFrozenDictionary(t => t.Item1, t => t.Item2, StringComparer.Ordinal);
        typeNames = types.ToFrozenDictionary(t => t.Value, t => t.Key);
        Learn(parameters.Current, numbers);
        if (parameters.Definitions.ResourceTypes.FirstOrDefault(t => !types.ContainsKey(t.Name)) is { } type)
        {
            throw Unknown($"resource type {type.Name}");
        }

        foreach (var (uri, id) in await ReadAsync(
            connection, "select uri, id from records.code_system", r => (r.GetString(0), r.GetInt32(1)), ct))
        {
            systems[uri] = id;
        }

        await ParameterSets.ReadAsync(connection, ct);
    }

    public short Number(TypeDefinition type) => types[type.Name];

    /// <summary>The number of a resource type, or 0 when there is no such type.</summary>
    public short Number(string type) => types.GetValueOrDefault(type);

    public string TypeName(short number) => typeNames[number];

    /// <summary>The name of a resource type, or null when there is no such number.</summary>
    public string? FindTypeName(short number) => typeNames.GetValueOrDefault(number);

    public int Number(ResourceParameter parameter) => parameterIds[0][parameter.Index];

    /// <summary>The number of one of its facets; 0 for one that it does not have.</summary>
    public int Number(ResourceParameter parameter, Facet facet) => parameterIds[(int)facet][parameter.Index];

    /// <summary>
    /// Takes the numbers of all parameters of a snapshot, before it becomes the current one. Parameters that are gone keep theirs. An added parameter without
    /// a number, which only a record has that nobody serves, gets 0.
    /// </summary>
    public void Learn(SearchParameterSnapshot snapshot, IReadOnlyDictionary<ParameterName, int> numbers)
    {
        var next = parameterIds.Select(old =>
        {
            var copy = new int[Math.Max(snapshot.Places, old.Length)];
            old.CopyTo(copy, 0);
            return copy;
        }).ToArray();
        foreach (var parameter in snapshot.All)
        {
            foreach (var facet in IndexContents.Of(parameter))
            {
                var known = numbers.TryGetValue(ParameterName.Of(snapshot, parameter, facet), out var number);
                next[(int)facet][parameter.Index] = known || snapshot.IsAdded(parameter) ? number : throw Unknown($"search parameter {parameter}");
            }
        }

        Volatile.Write(ref parameterIds, next);
    }

    /// <summary>The number of a code system that is certain to be known: see <see cref="LearnSystemsAsync"/>. No system is 0.</summary>
    public int System(string? uri) => uri is null ? 0 : systems[FoldedText.Code(uri)];

    /// <summary>The number of a code system for a query; -1, which no row has, when no resource uses it.</summary>
    public async ValueTask<int> FindSystemAsync(string uri, CancellationToken ct)
    {
        uri = FoldedText.Code(uri);
        if (systems.TryGetValue(uri, out var known))
        {
            return known;
        }

        await using var command = database.Source.CreateCommand("select id from records.code_system where uri = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = uri });
        return await command.ExecuteScalarAsync(ct) is int id ? Remember(uri, id) : -1;
    }

    /// <summary>Makes sure that every code system of these values has a number, and every unit is known.</summary>
    public async ValueTask LearnAsync(SearchValues values, CancellationToken ct)
    {
        await LearnSystemsAsync(values, ct);
        await Units.LearnAsync(values, ct);
    }

    /// <summary>Makes sure that every code system of these values has a number.</summary>
    public ValueTask LearnSystemsAsync(SearchValues values, CancellationToken ct) =>
        UnknownSystems(values) is { } missing ? LearnAsync(missing, ct) : ValueTask.CompletedTask;

    /// <summary>The code systems of these values that have no number yet, or null.</summary>
    public HashSet<string>? UnknownSystems(SearchValues values)
    {
        HashSet<string>? missing = null;
        foreach (var token in values.Tokens)
        {
            Need(token.System, ref missing);
        }

        foreach (var quantity in values.Quantities)
        {
            Need(quantity.System, ref missing);
        }

        foreach (var identifier in values.TypedIdentifiers)
        {
            Need(identifier.TypeSystem, ref missing);
        }

        foreach (var reference in values.References)
        {
            Need(reference.IdentifierSystem, ref missing);
        }

        foreach (var composite in values.Composites)
        {
            foreach (var part in composite.Parts)
            {
                if (UnknownSystems(part) is { } more)
                {
                    (missing ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(more);
                }
            }
        }

        return missing;
    }

    private void Need(string? uri, ref HashSet<string>? missing)
    {
        if (uri is not null && FoldedText.Code(uri) is var name && !systems.ContainsKey(name))
        {
            (missing ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
        }
    }

    private async ValueTask LearnAsync(HashSet<string> uris, CancellationToken ct)
    {
        // A second round finds what another process inserted between this statement's snapshot and its insert.
        while (uris.Count > 0)
        {
            await LookUpAsync(uris, ct);
        }
    }

    private async Task LookUpAsync(HashSet<string> uris, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            with wanted as (select distinct unnest($1) as uri),
                 added as (insert into records.code_system (uri) select uri from wanted order by uri on conflict (uri) do nothing returning uri, id)
            select uri, id from added
            union all
            select s.uri, s.id from records.code_system s join wanted using (uri)
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. uris], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            Remember(reader.GetString(0), reader.GetInt32(1));
            uris.Remove(reader.GetString(0));
        }
    }

    private int Remember(string uri, int id)
    {
        systems[uri] = id;
        return id;
    }

    private static CannotStartException Unknown(string name) =>
        new($"The record has no {name} yet: an earlier version of Salus served it last. Start this one on it once.");

    private async Task AddTypesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into records.resource_type (id, name)
            select (select coalesce(max(id), 0) from records.resource_type) + row_number() over (order by n.name), n.name
            from unnest($1) n (name) where not exists (select from records.resource_type t where t.name = n.name)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. parameters.Definitions.ResourceTypes.Select(t => t.Name)] });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
