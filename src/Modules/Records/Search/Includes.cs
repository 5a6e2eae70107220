using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary><c>_include</c> and <c>_revinclude</c> (http://hl7.org/fhir/R4/search.html#include): one query each, each resource once, none that is a result itself.</summary>
internal sealed class Includes(Database database, Catalog catalog, IOptions<RecordsOptions> options)
{
    // Reference words are start || id || U+001F || negative number of the target's type: see Lexeme.
    private const string Forward =
        """
        select distinct on (t.key) t.key, t.type, t.id, l.body
        from records.current s
        cross join lateral unnest(tsvector_to_array(s.exact)) w (word)
        join records.current t on t.tenant = s.tenant and not t.deleted
            and t.type = -nullif(split_part(w.word, chr(31), 2), '')::int and t.id = split_part(substr(w.word, length($3) + 1), chr(31), 1)
        join records.log l on l.position = t.position
        where s.key = any($1) and s.tenant = $2 and starts_with(w.word, $3) and ($4 = 0 or t.type = $4)
        order by t.key limit $5
        """;

    private const string Backward =
        """
        select distinct on (t.key) t.key, t.type, t.id, l.body
        from unnest($1) q (query)
        cross join lateral (select c.key, c.type, c.id, c.position from records.current c where c.exact @@ q.query::tsquery and c.tenant = $2 and not c.deleted) t
        join records.log l on l.position = t.position
        order by t.key limit $3
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
        var parameter = catalog.Number(inclusion.Parameter);
        var limit = new NpgsqlParameter<int> { TypedValue = options.Value.MaxIncluded + page.Count + 1 };
        if (inclusion.Reverse)
        {
            var target = catalog.Number(type);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. page.Select(r => ExactWords.Is(Lexeme.Of(parameter, r.Id, -target)))] });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
            command.Parameters.Add(limit);
            return command;
        }

        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. page.Select(r => r.Key)] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Lexeme.Start(parameter) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = inclusion.Target is null ? 0 : catalog.Number(inclusion.Target) });
        command.Parameters.Add(limit);
        return command;
    }
}
