using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>
/// <c>_include</c> and <c>_revinclude</c> (http://hl7.org/fhir/R4/search.html#include): one query each, each resource once, none that is a result itself.
/// Those with <c>:iterate</c> are asked again for what came, until nothing new comes.
/// </summary>
internal sealed class Includes(Database database, Catalog catalog, SearchParameterSet parameters, IndexState index, IOptions<RecordsOptions> options)
{
    // Reference words are number || ':' || id || U+001F || negative number of the target's type: see Lexeme.
    private const string Forward =
        """
        select distinct on (t.key) t.key, t.type, t.id, l.body
        from records.current s
        cross join lateral unnest(tsvector_to_array(s.exact)) w (word)
        join records.current t on t.tenant = s.tenant and not t.deleted
            and t.type = case when split_part(w.word, chr(31), 2) like '-%' then -split_part(w.word, chr(31), 2)::int end
            and t.id = split_part(substr(w.word, strpos(w.word, ':') + 1), chr(31), 1)
        join records.log l on l.position = t.position
        where s.key = any($1) and s.tenant = $2 and split_part(w.word, ':', 1) = any($3) and ($4 = 0 or t.type = $4)
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
        var round = page;
        for (var first = true; round.Count > 0; first = false)
        {
            var fresh = new List<FoundResource>();
            foreach (var inclusion in request.Includes.Where(i => first || i.Iterate))
            {
                foreach (var resource in await FollowAsync(caller, inclusion, round, seconds, ct))
                {
                    if (!results.Contains(resource.Key) && found.TryAdd(resource.Key, resource))
                    {
                        fresh.Add(resource);
                    }
                }

                if (found.Count > options.Value.MaxIncluded)
                {
                    return new Failure(
                        FailureKind.TooCostly, "too-costly", $"The page would include more than {options.Value.MaxIncluded} resources. Ask for a smaller _count, or search them by themselves.");
                }
            }

            // An iterating inclusion sees the results as well as what others brought.
            round = fresh;
        }

        return found.Values.ToList();
    }

    private async Task<List<FoundResource>> FollowAsync(Caller caller, Inclusion inclusion, List<FoundResource> from, int seconds, CancellationToken ct)
    {
        var start = from.Where(r => inclusion.Reverse ? inclusion.Target is null || inclusion.Target == r.Type : inclusion.Source is null || inclusion.Source == r.Type).ToList();
        var found = new List<FoundResource>();
        if (start.Count == 0)
        {
            return found;
        }

        await using var command = database.Source.CreateCommand(inclusion.Reverse ? Backward : Forward);
        command.CommandTimeout = seconds;
        if (inclusion.Reverse)
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. References(inclusion, inclusion.Source!).SelectMany(p => start.Select(r => ExactWords.Is(Lexeme.Of(catalog.Number(p), r.Id, -catalog.Number(r.Type)))))] });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        }
        else
        {
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. start.Select(r => r.Key)] });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. start.Select(r => r.Type).Distinct().SelectMany(t => References(inclusion, t)).Select(p => catalog.Number(p).ToString(CultureInfo.InvariantCulture)).Distinct()] });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = inclusion.Target is null ? 0 : catalog.Number(inclusion.Target) });
        }

        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.MaxIncluded + from.Count + 1 });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(new FoundResource(reader.GetInt64(0), catalog.TypeName(reader.GetInt16(1)), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
        }

        return found;
    }

    // What is not indexed completely, or was removed and not yet cleaned up, is not followed.
    private IEnumerable<ResourceParameter> References(Inclusion inclusion, string type) =>
        inclusion.Parameter is { } one ? [one] : parameters.For(type).Values.Where(p => p.Type == SearchType.Reference && CriterionParser.IsIndexed(p) && index.IsComplete(p));
}
