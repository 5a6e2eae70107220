using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// Numbers for sets of search parameters that find the same text: <c>name</c>, <c>family</c> and <c>phonetic</c> share one index row. A set has a negative
/// number; one parameter alone has its own. Statements read from the database which sets hold a parameter, so what this process knows is for writing alone.
/// </summary>
internal sealed class ParameterSets(Database database)
{
    // All of them, always: tens in real data.
    private readonly ConcurrentDictionary<int[], int> numbers = new(new SameParameters());

    /// <summary>An expression for the number of a parameter and of all sets that hold it. Evaluated once, by the snapshot of the statement that it stands in.</summary>
    /// <param name="parameter">The placeholder of the parameter's number.</param>
    // A process that kept the sets in memory would miss rows of a set that another one has just made.
    public static string Holding(string parameter) =>
        $"any(array(select {parameter} union all select s.id from records.parameter_set s where s.parameter = {parameter}))";

    /// <summary>Loads the sets as this connection sees them.</summary>
    public async Task ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select id, array_agg(parameter order by parameter) from records.parameter_set group by id", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            numbers[reader.GetFieldValue<int[]>(1)] = reader.GetInt32(0);
        }
    }

    /// <summary>The number of a set in ascending order that is certain to be known: see <see cref="LearnAsync"/>.</summary>
    public int Number(int[] parameters) => parameters is [var alone] ? alone : numbers[parameters];

    public bool Knows(int[] parameters) => parameters.Length == 1 || numbers.ContainsKey(parameters);

    /// <summary>All sets, by number.</summary>
    public Dictionary<int, int[]> ByNumber() => numbers.ToDictionary(s => s.Value, s => s.Key);

    /// <summary>Makes sure that these sets, each in ascending order, have a number: committed before any row that bears it.</summary>
    public async ValueTask LearnAsync(IEnumerable<int[]> sets, CancellationToken ct)
    {
        var missing = sets.Where(s => !Knows(s)).Distinct(new SameParameters()).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await AddAsync(connection, missing, ct);
        await ReadAsync(connection, ct);
    }

    // One process at a time, so that a set has one number: the insert sees what was committed before it had the lock.
    private static async Task AddAsync(NpgsqlConnection connection, List<int[]> sets, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock(hashtextextended('salus.records.catalog', 0))"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            with wanted as (
                     select array_agg(w.parameter order by w.parameter) as parameters from unnest($1, $2) w (place, parameter) group by w.place),
                 known as (select s.id, array_agg(s.parameter order by s.parameter) as parameters from records.parameter_set s group by s.id),
                 added as (
                     select coalesce((select min(id) from known), 0) - row_number() over () as id, w.parameters
                     from wanted w where not exists (select from known k where k.parameters = w.parameters))
            insert into records.parameter_set (id, parameter) select a.id, unnest(a.parameters) from added a
            """)
        {
            Parameters =
            {
                Column(sets.SelectMany((s, place) => s.Select(_ => place))),
                Column(sets.SelectMany(s => s)),
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<int[]> Column(IEnumerable<int> values) => new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    private sealed class SameParameters : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = default(HashCode);
            foreach (var parameter in obj)
            {
                hash.Add(parameter);
            }

            return hash.ToHashCode();
        }
    }
}
