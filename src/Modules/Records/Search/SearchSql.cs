using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Compartment;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>Step 2: a request becomes SQL over <c>records.current c</c>. The tenant is part of every condition, and so is what the caller may see.</summary>
internal sealed class SearchSql(Catalog catalog, Conditions conditions, CompartmentSet compartments, AccessConditions access)
{
    /// <summary>Counts the matches: exact, at the time of the statement.</summary>
    public async ValueTask<Outcome<SqlText>> CountAsync(Caller caller, SearchRequest request, CancellationToken ct)
    {
        var sql = new SqlText().Append("select count(*) ");
        var failure = await WhereAsync(sql, caller, request, ct);
        return failure is null ? sql : failure;
    }

    /// <summary>Counts the matches, but no farther than a number.</summary>
    public async ValueTask<Outcome<SqlText>> CountAsync(Caller caller, SearchRequest request, int most, CancellationToken ct)
    {
        var sql = new SqlText().Append("select count(*) from (select 1 ");
        return await WhereAsync(sql, caller, request, ct) is { } failure ? failure : sql.Append($" limit {sql.Add(most)}) p");
    }

    /// <summary>The statement whose plan tells how many PostgreSQL expects to match.</summary>
    public async ValueTask<Outcome<SqlText>> ExpectationAsync(Caller caller, SearchRequest request, CancellationToken ct)
    {
        var sql = new SqlText { Expects = true }.Append("select 1 ");
        return await WhereAsync(sql, caller, request, ct) is { } failure ? failure : sql;
    }

    /// <summary>One page: key, type-independent version data, body, then the sort values. One row more than the page tells whether there is a next.</summary>
    public async ValueTask<Outcome<SqlText>> PageAsync(Caller caller, SearchRequest request, CancellationToken ct)
    {
        if (request is { Sort.Count: 0, Compartment: null, Criteria: [{ Parameter.Type: SearchType.String } only] } && Selectivity.IsSure(only))
        {
            return await PageByNameAsync(caller, request, only, ct);
        }

        var sql = new SqlText().Append("select l.key, l.id, l.version, l.at, l.body, l.patients");
        for (var i = 0; i < request.Sort.Count; i++)
        {
            sql.Append($", q.s{i}::text");
        }

        sql.Append(" from (select * from (select c.key, c.position");
        for (var i = 0; i < request.Sort.Count; i++)
        {
            sql.Append(", ").Append(SortExpression(sql, request.Sort[i], isLast: i == request.Sort.Count - 1)).Append($" as s{i}");
        }

        sql.Append(" ");
        if (await WhereAsync(sql, caller, request, ct) is { } failure)
        {
            return failure;
        }

        sql.Append(") p");
        if (request.After is { } after)
        {
            if (AddCursor(sql, request, after) is { } wrong)
            {
                return wrong;
            }
        }

        // A plan for all values must not walk the newest resources until enough of them match: the sum keeps it from the index by key.
        var newest = sql.Selective || sql.Few ? "p.key + 0" : "p.key";
        var limit = sql.Add(request.Count + 1);
        sql.Append($" order by {Order(request, "p")}{newest} {KeyOrder(request)} limit {limit}) q join records.log l on l.position = q.position order by {Order(request, "q")}q.key {KeyOrder(request)}");
        return sql;
    }

    // A page that ends at its cursor is read from there backwards.
    private static string Order(SearchRequest request, string alias)
    {
        var backward = request.After is { Backward: true };
        return string.Concat(request.Sort.Select((key, i) => $"{alias}.s{i} {(key.Descending == backward ? "asc" : "desc")} nulls {(backward ? "first" : "last")}, "));
    }

    private static string KeyOrder(SearchRequest request) => request.After is { Backward: true } ? "asc" : "desc";

    /// <summary>Of these keys, those whose current version matches.</summary>
    /// <param name="place">The tenant whose rows these are, where it is not the caller's: copies of versions that are not current.</param>
    public async ValueTask<Outcome<SqlText>> MatchingAsync(Caller caller, SearchRequest request, long[] keys, CancellationToken ct, Tenant? place = null)
    {
        var sql = new SqlText().Append("select c.key ");
        return await WhereAsync(sql, caller, request, ct, place) is { } failure ? failure : sql.Append($" and c.key = any({sql.Add(keys)})");
    }

    /// <summary>The newest of each group (<see cref="NewestOf"/>), group by group; one row more than the page tells that there are too many.</summary>
    public async ValueTask<Outcome<SqlText>> NewestAsync(Caller caller, SearchRequest request, CancellationToken ct)
    {
        var (group, order) = (catalog.Number(request.Newest!.Group), catalog.Number(request.Newest.Order));
        var sql = new SqlText();
        sql.Append("select l.key, l.id, l.version, l.at, l.body, l.patients from (select p.*, row_number() over (partition by p.codes order by p.time desc nulls last, p.key desc) n from (select c.key, c.position, ");
        sql.Append($"(select string_agg(w.word, chr(30) order by w.word) from {ExactWords.Of(sql, "c", group)}) as codes, ");
        sql.Append($"(select max(x.low) from records.index_date x where x.key = c.key and x.parameter = {sql.Add(order)}) as time ");
        return await WhereAsync(sql, caller, request, ct) is { } failure
            ? failure
            : sql.Append($") p) q join records.log l on l.position = q.position where q.n <= {sql.Add(request.Newest.Most)} order by q.codes, q.n limit {sql.Add(request.Count + 1)}");
    }

    /// <summary>
    /// The first page for each owner (<see cref="OwnersOf"/>), one row more than a page where there is a next; each row with the word of its owner and how many that one has. One statement,
    /// however many owners.
    /// </summary>
    /// <param name="most">How many rows it gives at most.</param>
    public async ValueTask<Outcome<SqlText>> OwnedAsync(Caller caller, SearchRequest request, int most, CancellationToken ct)
    {
        var sql = new SqlText().Append("select l.key, l.id, q.owner, q.total, l.body, l.patients");
        var sorts = Enumerable.Range(0, request.Sort.Count).ToList();
        sorts.ForEach(i => sql.Append($", q.s{i}::text"));
        sql.Append($" from (select p.*, row_number() over (partition by p.owner order by {Order(request, "p")}p.key desc) n, count(*) over (partition by p.owner) total from (select m.*, w.word as owner from (select c.key, c.position, c.exact");
        sorts.ForEach(i => sql.Append(", ").Append(SortExpression(sql, request.Sort[i], isLast: i == request.Sort.Count - 1)).Append($" as s{i}"));
        sql.Append(" ");
        if (await WhereAsync(sql, caller, request, ct) is { } failure)
        {
            return failure;
        }

        var words = OwnedPages.Words(request.Owners!, catalog);
        return sql.Append($") m cross join lateral (select u.word from unnest(tsvector_to_array(m.exact)) u (word) where u.word = any({sql.Add(words.Keys.ToArray())})) w) p) q ")
            .Append($"join records.log l on l.position = q.position where q.n <= {sql.Add(request.Count + 1)} order by q.owner, q.n limit {sql.Add(most)}");
    }

    // A name alone: its index rows know the keys, so only the page's resources are visited instead of all that bear it. Deleted ones have no rows.
    private async ValueTask<Outcome<SqlText>> PageByNameAsync(Caller caller, SearchRequest request, Criterion criterion, CancellationToken ct)
    {
        var seen = await access.OfAsync(caller, request.Type, Interactions.Search, ct);
        if (seen.Failed(out var forbidden))
        {
            return forbidden;
        }

        var sql = new SqlText { Selective = true };
        var condition = StringParameter.Condition(sql, caller.Tenant, criterion);
        if (condition.Failed(out var failure))
        {
            return failure;
        }

        var found = $"x.tenant = {sql.Add(caller.Tenant.Number)} and {conditions.Parameter(sql, criterion.Parameter!)} and ({condition.Value})";
        var after = request.After is { } cursor ? $" and x.key {KeyBeyond(cursor)} {sql.Add(cursor.Key)}" : "";
        var page = $"where {found}{after} order by x.key{(seen.Value.Always ? "" : " + 0")} {KeyOrder(request)} limit {sql.Add(request.Count + 1)}) q";
        // Who may see what stands in the current rows: each that bears the name is looked at, and need not be again.
        // The sum keeps a plan for all values from walking the newest names of all until enough of them match.
        return sql.Append("select l.key, l.id, l.version, l.at, l.body, l.patients ").Append(seen.Value.Always
            ? $"from (select distinct x.key from records.index_string x {page} join records.current c on c.key = q.key join records.log l on l.position = c.position"
            : $"from (select distinct on (x.key + 0) x.key, c.position from records.index_string x cross join lateral (select c.position from records.current c where c.key = x.key{await seen.Value.OfCurrentAsync(sql, "c", ct)} offset 0) c {page} join records.log l on l.position = q.position")
            .Append($" order by q.key {KeyOrder(request)}");
    }

    private async ValueTask<Failure?> WhereAsync(SqlText sql, Caller caller, SearchRequest request, CancellationToken ct, Tenant? place = null)
    {
        var allowed = await access.OfAsync(caller, request.Type, Interactions.Search, ct);
        if (allowed.Failed(out var forbidden))
        {
            return forbidden;
        }

        var reader = place is { } elsewhere ? caller with { Tenant = elsewhere } : caller;
        var row = new Row(sql, reader, request.Address, All: request.Total || request.Sort.Count > 0 || request.Thorough);
        var (tenant, type) = (sql.Add(reader.Tenant.Number), sql.Add(catalog.Number(request.Type)));
        var all = new List<string>();
        if (request.Compartment is { } compartment)
        {
            sql.Selective = true;
            all.Add($"({ExactWords.Any(row, compartments.Terms(compartment.Of, compartment.Id, request.Type))})");
        }

        foreach (var criterion in request.Criteria)
        {
            var condition = await conditions.OfAsync(row, criterion, ct);
            if (condition.Failed(out var failure))
            {
                return failure;
            }

            all.Add(condition.Value);
        }

        // Where nothing else leads to few rows, the patients of the caller may.
        var narrow = sql.Selective || sql.Few || request.Criteria.Any(Selectivity.IsSureByWords) || sql.Expects;
        var mine = request.Criteria.Select(compartments.PatientOf).FirstOrDefault(p => p is not null) is { } patient ? allowed.Value.Of(patient) : allowed.Value;
        sql.Forced = request.Criteria.Count > 0 && request.Newest is null && request.Criteria.All(c => c is LinkedCriterion) && request.Sort.Count == 0;
        var seen = await mine.ConditionAsync(sql, "c", ct, leads: !narrow, planned: !sql.OnePlan);
        all.AddRange(allowed.Value.Always ? [] : [seen]);
        // Where words or links lead to a few rows, the index of the type must not take part: a plan for all values would read all of it, to leave out nothing.
        var fenced = !sql.Expects && (sql.Few || request.Compartment is not null || request.Criteria.Any(Selectivity.IsSureByWords)) && request.Criteria.All(c => c.Name != "_id");
        sql.Append(fenced
            ? $"from records.current c where c.tenant + 0 = {tenant} and c.type + 0 = {type} and not c.deleted"
            : $"from records.current c where c.tenant = {tenant} and c.type = {type} and not c.deleted");
        all.ForEach(condition => sql.Append(" and ").Append(condition));
        return null;
    }

    // http://hl7.org/fhir/R4/search.html#sort: of several values, ascending takes the least and descending the greatest.
    private string SortExpression(SqlText sql, SortKey key, bool isLast)
    {
        if (key.Parameter is not { } parameter)
        {
            // What one commit wrote has one time: positions within it must not keep the next key from its say.
            return key.Name == "_id" ? "c.id" : isLast ? "c.position" : "(extract(epoch from c.at) * 1000000)::bigint";
        }

        var choice = key.Descending ? "max" : "min";
        var number = catalog.Number(parameter);
        var column = parameter.Type switch
        {
            SearchType.String => "value",
            SearchType.Date or SearchType.Number or SearchType.Quantity => key.Descending ? "high" : "low",
            _ => null,
        };
        return column is null
            ? $"(select {choice}({ExactWords.CodeOf("w.word", number)}) from {ExactWords.Of(sql, "c", number)})"
            : $"(select {choice}(x.{column}) from records.{Conditions.Table(parameter)} x where x.key = c.key and {conditions.Parameter(sql, parameter)})";
    }

    private static string KeyBeyond(Cursor cursor) => cursor.Backward ? ">=" : "<";

    // The rows after (v0, v1, ..., key), where each sort value has its own direction and nulls come last; or all others.
    private static Failure? AddCursor(SqlText sql, SearchRequest request, Cursor after)
    {
        var alternatives = new List<string>();
        var equal = "";
        for (var i = 0; i < request.Sort.Count; i++)
        {
            var placeholder = after.Values[i] is { } text ? Typed(sql, request.Sort[i], text) : "null";
            if (placeholder is null)
            {
                return new Failure(FailureKind.Invalid, "value", "The _cursor does not fit this _sort. Follow the next link as it is.", Cursor.Parameter);
            }

            if (placeholder != "null")
            {
                var beyond = $"s{i} {(request.Sort[i].Descending == after.Backward ? ">" : "<")} {placeholder}";
                alternatives.Add(after.Backward ? $"({equal}{beyond})" : $"({equal}({beyond} or s{i} is null))");
                equal += $"s{i} = {placeholder} and ";
            }
            else
            {
                if (after.Backward)
                {
                    alternatives.Add($"({equal}s{i} is not null)");
                }

                equal += $"s{i} is null and ";
            }
        }

        alternatives.Add($"({equal}key {KeyBeyond(after)} {sql.Add(after.Key)})");
        sql.Append(" where ").Append(string.Join(" or ", alternatives));
        return null;
    }

    private static string? Typed(SqlText sql, SortKey key, string text)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return key.Parameter?.Type switch
        {
            SearchType.Date => long.TryParse(text, culture, out var ticks) ? sql.Add(ticks) : null,
            SearchType.Number or SearchType.Quantity => decimal.TryParse(text, culture, out var amount) ? sql.Add(amount) : null,
            null when key.Name == "_lastUpdated" => long.TryParse(text, culture, out var position) ? sql.Add(position) : null,
            _ => sql.Add(text),
        };
    }
}
