using System.Globalization;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Sealing;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>
/// <c>_include</c> and <c>_revinclude</c> (http://hl7.org/fhir/R4/search.html#include): one query each, each resource once, none that is a result itself.
/// Those with <c>:iterate</c> are asked again for what came, until nothing new comes.
/// </summary>
internal sealed class Includes(Database database, Catalog catalog, SearchParameterSet parameters, IndexState index, AccessConditions access, IOptions<RecordsOptions> options)
{
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
                var followed = await FollowAsync(caller, inclusion, round, seconds, ct);
                if (followed.Failed(out var failure))
                {
                    return failure;
                }

                foreach (var resource in followed.Value)
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

    private async Task<Outcome<List<FoundResource>>> FollowAsync(Caller caller, Inclusion inclusion, List<FoundResource> from, int seconds, CancellationToken ct)
    {
        var start = from.Where(r => inclusion.Reverse ? inclusion.Target is null || inclusion.Target == r.Type : inclusion.Source is null || inclusion.Source == r.Type).ToList();
        var found = new List<FoundResource>();
        if (start.Count == 0)
        {
            return found;
        }

        // What the caller may not search by itself is not included; nothing says that it is there.
        var seen = await access.AcrossAsync(caller, Types(inclusion), Interactions.Search, ct);
        if (seen.Failed(out var failure))
        {
            return failure.Kind == FailureKind.Forbidden ? found : failure;
        }

        var sql = inclusion.Reverse ? await BackwardAsync(caller, inclusion, start, seen.Value, ct) : await ForwardAsync(caller, inclusion, start, seen.Value, ct);
        await using var command = sql.Append($" order by t.key limit {sql.Add(options.Value.MaxIncluded + from.Count + 1)}").ToCommand(database.For(caller.Tenant));
        command.CommandTimeout = seconds;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(new FoundResource(reader.GetInt64(0), catalog.TypeName(reader.GetInt16(1)), reader.GetString(2), reader.Body(3, catalog, caller.Tenant, catalog.TypeName(reader.GetInt16(1)), reader.GetString(2)), FoundResource.PatientsOf(reader, 4)));
        }

        return found;
    }

    // The types that an inclusion can bring; null for all.
    private static IEnumerable<string>? Types(Inclusion inclusion) =>
        inclusion.Reverse ? (inclusion.Source is { } source ? [source] : null)
        : inclusion.Target is { } target ? [target]
        : inclusion.Parameter is { Definition.Targets: { Count: > 0 } targets } ? targets : null;

    // Reference words are number || ':' || id || U+001F || negative number of the target's type: see Lexeme. "offset 0" as in ExactWords.Any. Most results of a page refer to
    // the same few: each is looked up once.
    private async ValueTask<SqlText> ForwardAsync(Caller caller, Inclusion inclusion, List<FoundResource> start, AccessOfTypes seen, CancellationToken ct)
    {
        var sql = new SqlText { Selective = true };
        var numbers = start.Select(r => r.Type).Distinct().SelectMany(t => References(inclusion, t)).Select(p => catalog.Number(p).ToString(CultureInfo.InvariantCulture)).Distinct();
        var tenant = sql.Add(caller.Tenant.Number);
        var target = sql.Add<int>(inclusion.Target is null ? 0 : catalog.Number(inclusion.Target));
        return sql.Append(
            $"""
            select distinct on (t.key) t.key, t.type, t.id, l.body, l.patients
            from (select distinct w.word from records.current s cross join lateral unnest(tsvector_to_array(s.exact)) w (word)
                where s.key = any({sql.Add(start.Select(r => r.Key).ToArray())}) and s.tenant = {tenant} and split_part(w.word, ':', 1) = any({sql.Add(numbers.ToArray())})) w
            cross join lateral (select c.key, c.type, c.id, c.position from records.current c where c.tenant = {tenant} and not c.deleted
                and c.type = case when split_part(w.word, chr(31), 2) like '-%' then -split_part(w.word, chr(31), 2)::int end
                and c.id = split_part(substr(w.word, strpos(w.word, ':') + 1), chr(31), 1){await seen.OfCurrentAsync(sql, "c", ct)} offset 0) t
            join records.log l on l.position = t.position
            where {target} = 0 or t.type = {target}
            """);
    }

    private async ValueTask<SqlText> BackwardAsync(Caller caller, Inclusion inclusion, List<FoundResource> start, AccessOfTypes seen, CancellationToken ct)
    {
        var sql = new SqlText { Selective = true };
        var words = References(inclusion, inclusion.Source!).SelectMany(p => start.Select(r => ExactWords.Is(Lexeme.Of(catalog.Number(p), r.Id, -catalog.Number(r.Type)))));
        return sql.Append(
            $"""
            select distinct on (t.key) t.key, t.type, t.id, l.body, l.patients
            from unnest({sql.Add(words.ToArray())}) q (query)
            cross join lateral (select c.key, c.type, c.id, c.position from records.current c
                where c.exact @@ q.query::tsquery and c.tenant = {sql.Add(caller.Tenant.Number)} and not c.deleted{await seen.OfCurrentAsync(sql, "c", ct)} offset 0) t
            join records.log l on l.position = t.position
            """);
    }

    // What is not indexed completely, or was removed and not yet cleaned up, is not followed.
    private IEnumerable<ResourceParameter> References(Inclusion inclusion, string type) =>
        inclusion.Parameter is { } one ? [one] : parameters.For(type).Values.Where(p => p.Type == SearchType.Reference && CriterionParser.IsIndexed(p) && index.IsComplete(p));
}
