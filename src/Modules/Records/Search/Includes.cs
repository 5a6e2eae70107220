using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary><c>_include</c> and <c>_revinclude</c> (http://hl7.org/fhir/R4/search.html#include): one query each, each resource once, none that is a result itself.</summary>
internal sealed class Includes(Database database, Catalog catalog, IOptions<RecordsOptions> options)
{
    // Reference rows have the target's type as negative system and its id as code.
    private const string Forward =
        """
        select distinct on (t.key) t.key, t.type, t.id, l.body
        from records.index_exact x join records.current t on t.tenant = x.tenant and t.type = -x.system and t.id = x.code and not t.deleted
        join records.log l on l.position = t.position
        where x.key = any($1) and x.tenant = $2 and x.parameter = $3 and x.system < 0 and ($4 = 0 or x.system = -$4)
        order by t.key limit $5
        """;

    private const string Backward =
        """
        select distinct on (t.key) t.key, t.type, t.id, l.body
        from records.index_exact x join records.current t on t.key = x.key and not t.deleted
        join records.log l on l.position = t.position
        where x.code = any($1) and x.tenant = $2 and x.parameter = $3 and x.system = -$4
        order by t.key limit $5
        """;

    /// <param name="seconds">How long each query may take.</param>
    public async Task<Outcome<IReadOnlyList<FoundResource>>> FetchAsync(Caller caller, SearchRequest request, List<FoundResource> page, int seconds, CancellationToken ct)
    {
        var found = new Dictionary<long, FoundResource>();
        var results = page.Select(r => r.Key).ToHashSet();
        foreach (var inclusion in request.Includes)
        {
            if (page.Count == 0 || !Applies(inclusion, request.Type))
            {
                continue;
            }

            await using var command = Command(caller, inclusion, request.Type, page, seconds);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var key = reader.GetInt64(0);
                if (!results.Contains(key))
                {
                    found.TryAdd(key, new FoundResource(key, catalog.TypeName(reader.GetInt16(1)), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
                }
            }

            if (found.Count > options.Value.MaxIncluded)
            {
                return new Failure(
                    FailureKind.TooCostly, "too-costly", $"The page would include more than {options.Value.MaxIncluded} resources. Ask for a smaller _count, or search them by themselves.");
            }
        }

        return found.Values.ToList();
    }

    private static bool Applies(Inclusion inclusion, string type) => inclusion.Reverse
        ? inclusion.Target is null || inclusion.Target == type
        : inclusion.Parameter.ResourceType.Name == type;

    private NpgsqlCommand Command(Caller caller, Inclusion inclusion, string type, List<FoundResource> page, int seconds)
    {
        var command = database.Source.CreateCommand(inclusion.Reverse ? Backward : Forward);
        command.CommandTimeout = seconds;
        var target = inclusion.Reverse ? type : inclusion.Target;
        command.Parameters.Add(inclusion.Reverse
            ? new NpgsqlParameter<string[]> { TypedValue = [.. page.Select(r => r.Id)] }
            : new NpgsqlParameter<long[]> { TypedValue = [.. page.Select(r => r.Key)] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = catalog.Number(inclusion.Parameter) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = target is null ? 0 : catalog.Number(target) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.MaxIncluded + page.Count + 1 });
        return command;
    }
}
