using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Compartment;

/// <summary>The statements for a page of one compartment, or of all: rows of key, type, id and body, newest first, one more than the page; of what the caller may see.</summary>
internal sealed class CompartmentSql(CompartmentSet compartments, Catalog catalog)
{
    // Who took part, where, and with what: not of the patient alone, and needed to read the rest.
    private static readonly string[] Shared = ["Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Medication", "Substance", "Device"];

    /// <summary>One compartment: its resource in front, then all that is in it and, if asked for, what these refer to, each once.</summary>
    public async ValueTask<SqlText> OneAsync(Caller caller, CompartmentScope scope, AccessOfTypes seen, CancellationToken ct)
    {
        var sql = new SqlText();
        // What may not be seen is taken out at once: what it refers to would tell of it.
        var (tenant, id) = (sql.Add(caller.Tenant.Number), sql.Add(scope.Id!));
        sql.Append(
            $"""
            with focus as materialized (
                select c.key, c.exact from records.current c where c.tenant = {tenant} and c.type = {sql.Add(catalog.Number(scope.Of))} and c.id = {id} and not c.deleted{await seen.OfCurrentAsync(sql, "c", ct)}),
            members as materialized (
                select c.key, c.exact from records.current c
                where {ExactWords.Any(sql, "c", compartments.Terms(scope.Of, scope.Id!, null))} and c.tenant = {tenant} and not c.deleted{Dates(sql, scope)}{await seen.OfCurrentAsync(sql, "c", ct)}),
            everything as (
                select key from focus union select key from members
            """);
        if (scope.Referred)
        {
            sql.Append($" union {await TargetsAsync(sql, tenant, scope, "(select exact from focus union all select exact from members)", seen, ct)}");
        }

        // The resource itself stands in front of the first page; a cursor is behind it.
        var first = "(k.key = coalesce((select key from focus), 0))";
        sql.Append(
            $"""
            )
            select l.key, c.type, c.id, l.body, l.patients
            from (select k.key, {first} as first from everything k join records.current c on c.key = k.key
                  where {(scope.After is { } after ? $"not {first} and k.key < {sql.Add(after.Key)}" : "true")}{Filter(sql, scope)}
                  order by {first} desc, k.key desc limit {sql.Add(scope.Count + 1)}) q
            join records.current c on c.key = q.key join records.log l on l.position = c.position order by q.first desc, q.key desc
            """);
        return sql;
    }

    /// <summary>The compartments of all, as one walk through the record from its newest resource.</summary>
    public async ValueTask<SqlText> AllAsync(Caller caller, CompartmentScope scope, AccessOfTypes seen, CancellationToken ct)
    {
        var sql = new SqlText();
        var of = catalog.Number(scope.Of);
        return sql.Append(
            $"""
            select l.key, q.type, q.id, l.body, l.patients
            from (select c.key, c.type, c.id, c.position from records.current c
                  where c.tenant = {sql.Add(caller.Tenant.Number)} and not c.deleted and c.type = any({sql.Add(compartments.Types(scope.Of))}) and c.key < {sql.Add(scope.After?.Key ?? long.MaxValue)}
                  and (c.type = {sql.Add(of)} or exists (
                      select 1 from unnest(tsvector_to_array(c.exact)) w (word)
                      where split_part(w.word, chr(31), 2) = {sql.Add($"-{of}")} and split_part(w.word, ':', 1)::int = any({sql.Add(compartments.Numbers(scope.Of))}))){Filter(sql, scope)}{Dates(sql, scope)}{await seen.OfCurrentAsync(sql, "c", ct)}
                  order by c.key desc limit {sql.Add(scope.Count + 1)}) q
            join records.log l on l.position = q.position order by q.key desc
            """);
    }

    /// <summary>What the resources of a page refer to.</summary>
    public async ValueTask<SqlText> ReferredByAsync(Caller caller, CompartmentScope scope, IEnumerable<long> page, AccessOfTypes seen, CancellationToken ct)
    {
        var sql = new SqlText();
        var tenant = sql.Add(caller.Tenant.Number);
        var source = $"(select s.exact from records.current s where s.key = any({sql.Add(page.ToArray())}))";
        return sql.Append($"select l.key, c.type, c.id, l.body, l.patients from ({await TargetsAsync(sql, tenant, scope, source, seen, ct)}) k join records.current c on c.key = k.key join records.log l on l.position = c.position")
            .Append($" where true{Filter(sql, scope)} order by c.key desc");
    }

    // Reference words are parameter ':' id U+001F negative number of the target's type: see Lexeme.
    private async ValueTask<string> TargetsAsync(SqlText sql, string tenant, CompartmentScope scope, string source, AccessOfTypes seen, CancellationToken ct)
    {
        var types = Shared.Concat(scope.Of.Name == "Encounter" ? ["Patient"] : []).Select(catalog.Number).ToArray();
        return $"""
            select t.key from (
                select distinct -split_part(w.word, chr(31), 2)::int as type, split_part(substr(w.word, position(':' in w.word) + 1), chr(31), 1) as id
                from {source} s cross join lateral unnest(tsvector_to_array(s.exact)) w (word) where w.word like '%' || chr(31) || '-%') r
            join records.current t on t.tenant = {tenant} and t.type = r.type and t.id = r.id and not t.deleted and t.type = any({sql.Add(types)}){await seen.OfCurrentAsync(sql, "t", ct)}
            """;
    }

    private string Filter(SqlText sql, CompartmentScope scope) =>
        (scope.Types.Count == 0 ? "" : $" and c.type = any({sql.Add(scope.Types.Select(catalog.Number).ToArray())})") + (scope.Since is { } since ? $" and c.at >= {sql.Add(since)}" : "");

    // What has no date of care is not left out for it.
    private string Dates(SqlText sql, CompartmentScope scope)
    {
        if (scope.Start is null && scope.End is null)
        {
            return "";
        }

        var dated = $"select 1 from records.index_date x where x.key = c.key and x.parameter = any({sql.Add(compartments.CareDates(scope.Of))})";
        var within = (scope.Start is { } start ? $" and x.high > {sql.Add(start)}" : "") + (scope.End is { } end ? $" and x.low < {sql.Add(end)}" : "");
        return $" and (not exists ({dated}) or exists ({dated}{within}))";
    }
}
